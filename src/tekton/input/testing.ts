import type { InputObject, InputProblem, InputReader, InputSink } from "./contract.ts";

/** A sink for tests that remembers what it was given. */
export interface Collected extends InputSink {
  objects: InputObject[];
  problems: InputProblem[];
}

export function collect(): Collected {
  const objects: InputObject[] = [];
  const problems: InputProblem[] = [];
  return {
    objects,
    problems,
    onObject: (object) => objects.push(object),
    onProblem: (problem) => problems.push(problem),
  };
}

/** Gives a reader a text in chunks that end at the given positions, each in a buffer that is overwritten afterwards. */
export function feed(reader: InputReader, text: string | Buffer, cuts: readonly number[] = []): void {
  const bytes = Buffer.from(text);
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    const chunk = Buffer.from(bytes.subarray(from, to));
    reader.write(chunk);
    chunk.fill(0);
    from = to;
  }
  reader.end();
}

/** What was read, without the places. */
export function values({ objects }: Collected): Record<string, unknown>[] {
  return objects.map(({ value }) => value);
}

/** A PipelineRun with what makes recovery hard: text that looks like JSON, and references that look like objects. */
export function pipelineRun(name: string): Record<string, unknown> {
  const reference = {
    apiVersion: "tekton.dev/v1",
    kind: "TaskRun",
    name: "t",
    whenExpressions: [{ input: "a" }],
  };
  return {
    apiVersion: "tekton.dev/v1",
    kind: "PipelineRun",
    metadata: {
      annotations: { applied: '{"x":[1,{"y":"\\\\"}]}\n' },
      name,
      namespace: "demo",
      ownerReferences: [
        { apiVersion: "v1", kind: "A", name: "x" },
        { apiVersion: "v1", kind: "B", name: "y" },
      ],
    },
    spec: { params: [], timeout: null, retries: -1.5e3 },
    status: { childReferences: [reference, reference], message: "é 😀 \u2028" },
  };
}
