/** Of a run or a task. `running` is one that is not over. */
export type ResultWord = "success" | "failure" | "error" | "timeout" | "cancellation" | "skip" | "running";
