/** The same shapes of pipelines for us and for gitlab-ci-local: tasks with a command and what they come after. */

export interface ShapeTask {
  name: string;
  command: string;
  after: readonly string[];
}

export type Shape = readonly ShapeTask[];

/** One task after the other. */
export function chain(length: number, command: string): Shape {
  return Array.from({ length }, (_, index) => ({
    name: `t${index}`,
    command,
    after: index === 0 ? [] : [`t${index - 1}`],
  }));
}

/** All at the same time. */
export function parallel(width: number, command: string): Shape {
  return Array.from({ length: width }, (_, index) => ({ name: `t${index}`, command, after: [] }));
}

/** A chain of four seconds beside one task of four: whoever waits for a whole batch needs seven. */
export function mixed(): Shape {
  return [...chain(4, "sleep 1"), { name: "long", command: "sleep 4", after: [] }];
}

/** As a PipelineRun. */
export function tektonRun(shape: Shape): object {
  return {
    apiVersion: "tekton.dev/v1",
    kind: "PipelineRun",
    metadata: { name: "bench" },
    spec: {
      pipelineSpec: {
        tasks: shape.map(({ name, command, after }) => ({
          name,
          ...(after.length > 0 && { runAfter: after }),
          taskSpec: { steps: [{ name: "run", image: "alpine", command: command.split(" ") }] },
        })),
      },
    },
  };
}

/** As a `.gitlab-ci.yml`, which JSON is too. */
export function gitlabPipeline(shape: Shape): object {
  const jobs = shape.map(({ name, command, after }) => [
    name,
    { stage: "all", needs: after, script: [command] },
  ]);
  return { stages: ["all"], ...Object.fromEntries(jobs) };
}
