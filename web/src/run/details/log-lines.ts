import type { SpanAnswer } from "../../../../src/insight/answers/index.ts";

export interface LogLine {
  time: string;
  text: string;
  isFailing: boolean;
  isStderr: boolean;
}

const FAILING =
  /\b(error|fail(ed|ure|ing)?|fatal|panic|exception|traceback|denied|cannot|undefined reference)\b|^E\d{4} |✗|✘/i;
/** `0 errors`, `no failures`, `errors: 0`: lines that say all is well. */
const FINE = /\b(0|no|without) (error|fail|fatal|exception)\w*|\b(error|fail)\w*[:=] *0\b/i;
const FAILING_SEVERITY = /^(error|fatal|critical|alert|emergency)/i;

/** The lines of log records, oldest first. A line fails by its severity or by what it says. */
export function logLines(logs: SpanAnswer["logs"]): LogLine[] {
  return logs.flatMap(({ time, severity, body, stream }) =>
    body
      .replace(/\r?\n$/, "")
      .split(/\r?\n/)
      .map(readable)
      .map((text) => ({
        time,
        text,
        isFailing: FAILING_SEVERITY.test(severity) || saysFailure(text),
        isStderr: stream === "stderr",
      })),
  );
}

function saysFailure(text: string): boolean {
  return FAILING.test(text) && !FINE.test(text);
}

/**
 * Escape sequences of terminals (ECMA-48 §5.3 to §5.6): those with parameters, such as colours; strings, such as titles and links,
 * with their end; and short ones.
 */
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** A line as a terminal would leave it standing: without colours, and of a progress bar the last state. */
function readable(line: string): string {
  const plain = line.replace(ESCAPES, "");
  const last = plain.split("\r").findLast((part) => part !== "") ?? "";
  return last.replace(CONTROLS, "");
}
