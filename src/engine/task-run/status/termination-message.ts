/** What the entrypoint leaves in a step's termination message: `[{"key", "value", "type"}]` (tektoncd/pipeline pkg/result). */

/** One entry of a message. */
export interface RunResult {
  key: string;
  value: string;
  /** One of {@link ResultType}. */
  type: number;
}

/** What an entry is about. */
export const ResultType = {
  taskResult: 1,
  /** Of the entrypoint itself: StartedAt, Reason, ExitCode. */
  internal: 3,
  stepResult: 4,
  stepArtifacts: 5,
  taskArtifacts: 6,
} as const;

/** The results in a message; undefined when it is any other text, which a container may leave there as it likes. */
export function parseTerminationMessage(message: string): RunResult[] | undefined {
  if (!message.startsWith("[")) return undefined;
  try {
    const entries: unknown = JSON.parse(message);
    return Array.isArray(entries) && entries.every(isRunResult) ? entries : undefined;
  } catch {
    return undefined;
  }
}

function isRunResult(entry: unknown): entry is RunResult {
  if (typeof entry !== "object" || entry === null) return false;
  const { key, value, type } = entry as Record<string, unknown>;
  return typeof key === "string" && typeof value === "string" && typeof type === "number";
}

/** What the entrypoint says of a step, as far as it does. */
export interface EntrypointReport {
  startedAt?: string;
  /** Skipped, TimeoutExceeded, Cancelled. */
  reason?: string;
  /** Of a command whose failure is ignored; the container itself then exits with 0. */
  exitCode?: number;
}

/** Picks out the entries of the entrypoint itself. */
export function reportOf(results: readonly RunResult[]): EntrypointReport {
  const find = (wanted: string) =>
    results.find(({ key, type }) => type === ResultType.internal && key === wanted)?.value;
  const exitCode = find("ExitCode");
  return {
    startedAt: find("StartedAt"),
    reason: find("Reason"),
    ...(exitCode !== undefined && { exitCode: Number(exitCode) }),
  };
}
