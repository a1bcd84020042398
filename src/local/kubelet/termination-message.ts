/**
 * What a step tells through its container's termination message: a JSON list of `{key, value, type}` (tektoncd/pipeline
 * pkg/result RunResult, pkg/termination).
 */

/** pkg/result ResultType. */
export const EntryType = {
  taskResult: 1,
  internal: 3,
  stepResult: 4,
  stepArtifacts: 5,
  taskArtifacts: 6,
} as const;

export interface Entry {
  key: string;
  value: string;
  type: (typeof EntryType)[keyof typeof EntryType];
}

/** Bytes of a whole message (pkg/termination MaxContainerTerminationMessageLength). */
export const MAX_MESSAGE_BYTES = 4096;

/** As Tekton words it in the log of a step whose results do not fit. */
export const MESSAGE_TOO_LONG =
  "Termination message is above max allowed size 4096, caused by large task result";

export function formatMessage(entries: readonly Entry[]): string {
  return JSON.stringify(entries);
}

/** An entry that the entrypoint itself makes: StartedAt, Reason or ExitCode. */
export function internalEntry(key: "StartedAt" | "Reason" | "ExitCode", value: string): Entry {
  return { key, value, type: EntryType.internal };
}
