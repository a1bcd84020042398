import type { RunHistory, TaskRunHistory } from "./history.ts";
import { describeCustomRun } from "./objects/custom-run.ts";
import { describeEvents } from "./objects/events.ts";
import { inKubectlOrder, type JsonObject } from "./objects/json.ts";
import type { Observation, Parent } from "./objects/observation.ts";
import { describePipelineRun, memberOf } from "./objects/pipeline-run.ts";
import { describePod } from "./objects/pod.ts";
import { podHappenings } from "./objects/pod-happenings.ts";
import { runHappenings, taskRunHappenings } from "./objects/run-happenings.ts";
import { describeTaskRun } from "./objects/task-run.ts";
import { seededRandom } from "./random.ts";
import type { PipelineScenario, RunScenario } from "./scenario.ts";
import { openCluster } from "./simulate/cluster.ts";
import { simulateRun } from "./simulate/run.ts";

/** What a cluster holds of a run at the moment the scenario observes it, and what truly happened. */
export interface GeneratedObjects {
  pipelineRun: JsonObject;
  /** PipelineRuns that tasks of the run consist of. */
  childPipelineRuns: JsonObject[];
  taskRuns: JsonObject[];
  customRuns: JsonObject[];
  pods: JsonObject[];
  events: JsonObject[];
  /** The whole run, also where the objects show only its beginning. */
  truth: RunHistory;
  /** Every object, in the order of `kubectl get pipelineruns,taskruns,customruns,pods,events`. */
  all(): JsonObject[];
}

/**
 * Plays a scenario through and writes the objects that Tekton 1.15 and Kubernetes 1.33 would leave behind. The same
 * scenario and seed give the same objects; a scenario that only observes earlier, the same run at an earlier moment.
 * Throws when a scenario is not possible: tasks that wait for each other, a result nobody writes.
 */
export function generateRun(scenario: RunScenario, seed: number): GeneratedObjects {
  const random = seededRandom(seed);
  const createdMs = Date.parse(scenario.createdAt);
  const truth = simulateRun(openCluster(scenario, random), {
    name: `${scenario.pipeline}-${random.nameSuffix()}`,
    pipeline: pipelineOf(scenario),
    params: scenario.params ?? {},
    createdMs,
    circumstances: scenario,
  });
  const atMs = createdMs + (scenario.observedAfterMs ?? Number.POSITIVE_INFINITY);
  const found: Found = { pipelineRuns: [], taskRuns: [], customRuns: [], pods: [], events: [] };
  describeRun(truth, { observation: { scenario, atMs }, found });
  return close(truth, found);
}

function pipelineOf({ pipeline, tasks, finally: finalTasks, results }: RunScenario): PipelineScenario {
  return { pipeline, tasks, finally: finalTasks, results };
}

type Found = Record<"pipelineRuns" | "taskRuns" | "customRuns" | "pods" | "events", JsonObject[]>;

interface Description {
  observation: Observation;
  found: Found;
}

function describeRun(run: RunHistory, { observation, found }: Description, parent?: Parent): void {
  const { object, asParent } = describePipelineRun(run, observation, parent);
  found.pipelineRuns.push(object);
  found.events.push(...describeEvents(asParent, runHappenings(run), observation));
  for (const task of run.tasks.filter(({ createdMs }) => createdMs <= observation.atMs)) {
    const member = memberOf(asParent, task);
    if (task.kind === "PipelineRun") describeRun(task.run, { observation, found }, member);
    else if (task.kind === "CustomRun") found.customRuns.push(describeCustomRun(task, observation, member));
    else describeTask(task, { observation, found }, member);
  }
}

function describeTask(task: TaskRunHistory, { observation, found }: Description, run: Parent): void {
  const { scenario } = observation;
  const { object, asParent } = describeTaskRun(task, observation, run);
  found.taskRuns.push(object);
  found.events.push(...describeEvents(asParent, taskRunHappenings(task), observation));
  for (const attempt of task.attempts) {
    const { pod } = attempt;
    if (pod === undefined) continue;
    const described = describePod(attempt, {
      task,
      pod,
      scenario,
      runUid: run.uid,
      observation,
      parent: asParent,
    });
    if (described !== undefined && scenario.pods !== "none") found.pods.push(described);
    const involved = { apiVersion: "v1", kind: "Pod", name: pod.name, uid: pod.uid };
    found.events.push(
      ...describeEvents(involved, podHappenings(task, attempt, pod, scenario.namespace), observation),
    );
  }
}

function close(truth: RunHistory, found: Found): GeneratedObjects {
  const [pipelineRun = {}, ...childPipelineRuns] = found.pipelineRuns.map(inKubectlOrder);
  const objects = {
    pipelineRun,
    childPipelineRuns,
    taskRuns: byName(found.taskRuns),
    customRuns: byName(found.customRuns),
    pods: byName(found.pods),
    events: byName(found.events),
  };
  const { taskRuns, customRuns, pods, events } = objects;
  const all = () => [pipelineRun, ...childPipelineRuns, ...taskRuns, ...customRuns, ...pods, ...events];
  return { ...objects, truth, all };
}

/** The API server lists by name: children of a run are not in the order in which they ran. */
function byName(objects: JsonObject[]): JsonObject[] {
  return objects.map(inKubectlOrder).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function nameOf({ metadata }: JsonObject): string {
  return typeof metadata === "object" && metadata !== null && "name" in metadata ? String(metadata.name) : "";
}
