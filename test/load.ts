import { type ClusterObjects, noObjects, readInput, readObject } from "../src/tekton/index.ts";

/** Reads files and directories into objects; every problem is a failure of the test that asked. */
export async function loadObjects(...paths: string[]): Promise<ClusterObjects> {
  const objects = noObjects();
  const problems: unknown[] = [];
  await readInput({
    paths,
    onProblem: (problem) => problems.push(problem),
    onObject: ({ value, where }) => {
      const outcome = readObject(value, objects);
      if (outcome.kind === "damaged") problems.push({ where, ...outcome });
    },
  });
  if (problems.length > 0) throw new Error(`unreadable test input: ${JSON.stringify(problems)}`);
  return objects;
}

/** Reads values that are in memory already. */
export function objectsOf(values: Iterable<unknown>): ClusterObjects {
  const objects = noObjects();
  for (const value of values) {
    const outcome = readObject(value, objects);
    if (outcome.kind === "damaged")
      throw new Error(`damaged test object: ${outcome.object}: ${outcome.message}`);
  }
  return objects;
}
