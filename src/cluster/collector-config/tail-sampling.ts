/**
 * Which traces are kept, decided when it is known how their runs went.
 *
 * A run's own spans arrive together, when it is over; what its steps send arrives while it goes on, hours before perhaps.
 *
 *     steps' spans      ·  ·  ·    ·
 *     the run's spans                ·····
 *     waits for a reason ├──────────────────────────────┤ longest run
 *     kept as a whole                ▲ failed or slow: all that waited, and all that follows
 *
 * The strategy `span-ingest` looks at spans as they come: the first that gives a reason releases the trace at once, and only
 * traces without a reason wait, to be dropped in the end. The strategy the processor has by default would decide once, after
 * `decision_wait`, and hold back every trace until then.
 */
import type { Component } from "./component.ts";
import type { Sampling } from "./plan.ts";

/** From a run's completion to the arrival of its spans: controllers, queues and retries on the way. */
const ARRIVAL_SECONDS = 300;
/** Trace ids whose later spans are kept too: a month of 3,000 kept runs a day, at 20 to 30 MB. */
const REMEMBERED_TRACES = 100_000;
/** Traces without a reason yet; beyond it the oldest is dropped. What bounds memory is the memory limiter. */
const WAITING_TRACES = 50_000;

/** The processor; the last of the pipeline, since it takes spans out of the requests they came in. */
export function tailSampling(sampling: Sampling): Component {
  return [
    "tail_sampling",
    {
      sampling_strategy: "span-ingest",
      decision_wait: `${sampling.longestRunSeconds + ARRIVAL_SECONDS}s`,
      num_traces: WAITING_TRACES,
      // No cache of dropped traces: a run that goes on for longer than the wait and fails then is a reason again.
      decision_cache: { sampled_cache_size: REMEMBERED_TRACES },
      policies: [...failedRuns(), slowRuns(sampling), someOfTheRest(sampling)],
    },
  ];
}

/** By status: any span that failed, so that a task that passed at the second try is kept too. By result: senders that set no status. */
function failedRuns(): object[] {
  return [
    { name: "failed-spans", type: "status_code", status_code: { status_codes: ["ERROR"] } },
    {
      name: "failed-runs",
      type: "string_attribute",
      string_attribute: { key: "cicd.pipeline.result", values: ["failure", "error", "timeout"] },
    },
  ];
}

/** By the run's own span: a trace may be long without a slow run, when a release waits for someone's approval. */
function slowRuns({ slowSeconds }: Sampling): object {
  const nanoseconds = BigInt(slowSeconds) * 1_000_000_000n;
  const condition =
    'attributes["cicd.pipeline.result"] != nil and ' +
    `end_time_unix_nano - start_time_unix_nano >= ${nanoseconds}`;
  return {
    name: "slow-runs",
    type: "ottl_condition",
    ottl_condition: { error_mode: "ignore", span: [condition] },
  };
}

/** Chosen by trace id, so at the first span. */
function someOfTheRest({ keepPercent }: Sampling): object {
  return {
    name: "some-of-the-rest",
    type: "probabilistic",
    probabilistic: { sampling_percentage: keepPercent },
  };
}
