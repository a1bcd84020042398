/** A Kubernetes object as it was read; nothing about its shape has been checked yet. */
export interface InputObject {
  value: Record<string, unknown>;
  /** Where it stood: `dump.json: items[12]`, `run.yaml: document 3`, `dump.jsonl: line 17`. */
  where: string;
  /** A watch saw it go: this is its last state. */
  isDeleted?: true;
}

/** A piece of input that could not be used. What surrounds it is read all the same. */
export interface InputProblem {
  where: string;
  /** `PipelineRun demo/ship-7k2mq`, as far as it can be told, even from broken text. */
  object?: string;
  /** What is wrong, what became of the piece, and what to do where something can be done. */
  message: string;
}

/** Takes what a reader finds, in the order it is found. Both functions are called synchronously. */
export interface InputSink {
  onObject(object: InputObject): void;
  onProblem(problem: InputProblem): void;
}

/** Turns the UTF-8 text of one source, given in chunks of any size, into calls of its sink. */
export interface InputReader {
  /** The chunk may be reused by the caller as soon as the call returns. */
  write(chunk: Uint8Array): void;
  /** Says that the text is complete. A value that is not finished by now was cut off. */
  end(): void;
}
