import type { PipelineRun } from "../../src/engine/index.ts";
import type { KubeApi, KubeObject, Stored } from "../../src/kube/index.ts";
import type { ServerProgram } from "../program.ts";
import { podsOf, succeededOf, taskRunsOf, traceIdOf } from "./cluster.ts";
import { closedTrace, outline, passes, repeatedTransitions } from "./stored-trace.ts";

/** All that came of a run, with the run's own name as RUN: the same for every run of a pipeline that went the same way. */
export async function outcomeOf(api: KubeApi, { ui }: Pick<ServerProgram, "ui">, run: Stored<PipelineRun>) {
  const { name } = run.metadata;
  const spans = await closedTrace(ui, traceIdOf(run));
  const anonymous = (text: string) => text.replaceAll(name, "RUN");
  const namesOf = (objects: readonly Stored<KubeObject>[]) =>
    objects.map(({ metadata }) => anonymous(metadata.name)).sort();
  const { status, reason, message } = succeededOf(run) ?? {};
  return {
    condition: { status, reason, message },
    results: run.status?.results,
    taskRuns: namesOf(await taskRunsOf(api, name)),
    pods: namesOf(await podsOf(api, name)),
    outline: outline(spans).map(anonymous),
    passes: new Set([...passes(spans)].map(anonymous)),
    repeated: repeatedTransitions(spans),
  };
}
