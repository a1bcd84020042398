/** What `--help` prints, by command. */

const SENDING = `Telemetry goes to the file THROUGHLINE_SPOOL, else to OTEL_EXPORTER_OTLP_ENDPOINT as OTLP over HTTP; with
neither, nothing is sent. OTEL_SDK_DISABLED=true switches it off.`;

const ALL = `Usage: throughline COMMAND

For use inside a step of a pipeline.

  exec -- CMD...           run a command as a span
  context save|load|show   hand the trace from task to task by a file
  metric record|add        record one data point

${SENDING}
throughline help COMMAND tells more.
`;

const EXEC = `Usage: throughline exec [OPTIONS] [--] CMD...

Runs a command as a span of the trace that TRACEPARENT names, and ends with the command's exit code: 127 when it
is not found, 126 when it cannot be started, 128+n when signal n ended it. The command sees its own TRACEPARENT.
Without TRACEPARENT the context comes from TEKTON_TASKRUN_SPAN_CONTEXT, else from the context file.

  --name NAME      of the span (default: the name of the program)
  --attr KEY=VALUE an attribute of the span; up to 64 times
  --no-stderr      do not record the last lines of stderr when the command fails
                   (also THROUGHLINE_EXEC_STDERR=0)
  --timeout S      how long to wait for the collector, in seconds
                   (default: THROUGHLINE_EXEC_TIMEOUT, else 1; for its connection at most 0.25)
  -h, --help       this text

${SENDING}
A span that cannot be sent is one line on stderr and nothing else.
`;

const CONTEXT = `Usage: throughline context save|load|show [OPTIONS]

  save    write the context of this step to the file
  load    print the context in the file, for: eval "$(throughline context load)"
          A step that has a context of its own keeps it; its spans link to the saved one.
  show    print what a span of this step would hang under, what it would link to, and what cannot be used

  --file FILE          the context file, in a workspace that tasks share
                       (default: THROUGHLINE_CONTEXT_FILE, else /workspace/trace-ctx/traceparent.json)
  --traceparent VALUE  save this one in place of the step's own
  -o, --output FORMAT  of load: env (default), json, traceparent; of show: text (default), json
  -h, --help           this text

What cannot be saved or loaded is one line on stderr; the exit code stays 0, so that the step goes on. A file saved more than
a day ago is of another run: it is linked to and not loaded.
`;

const METRIC = `Usage: throughline metric record|add NAME VALUE [OPTIONS]

  record   a value as it is now: an artifact's size, a coverage
  add      a count, which only grows

  --histogram      with record: a value among many, in seconds (buckets from 0.1 s to a day)
  --unit UNIT      of the value, in UCUM: s, By, 1, {test}
  --attr KEY=VALUE an attribute of the data point, from a small set of values; up to 64 times
  --timeout S      how long to wait for the collector, in seconds
                   (default: THROUGHLINE_EXEC_TIMEOUT, else 1; for its connection at most 0.25)
  -h, --help       this text

tekton.pipeline.name and tekton.task.name are added; names of runs and pods never are.
${SENDING}
A point that cannot be sent is one line on stderr; the exit code stays 0.
`;

/** The texts, with `throughline ` for the name the program was started by. */
export const HELP: ReadonlyMap<string, string> = new Map([
  ["all", ALL],
  ["exec", EXEC],
  ["context", CONTEXT],
  ["metric", METRIC],
]);
