/** A TaskRun in an API in memory, and hands that stand in for a kubelet's. */
import {
  type Condition,
  type ContainerState,
  type ContainerStatus,
  CoreKind,
  keyOf,
  type Pod,
  type PodStatus,
  type Stored,
} from "../../kube/index.ts";
import { ReconcilerStage } from "../stage.testing.ts";
import type { TestApiOptions } from "../testing.ts";
import {
  type TaskRun,
  type TaskRunSpec,
  type TaskRunStatus,
  type TaskSpec,
  TektonKind,
} from "../types/index.ts";
import { reconcileTaskRun } from "./index.ts";

const KEY = { namespace: "demo", name: "build" };
/** A TaskRun and the API it is in. */
export class Stage extends ReconcilerStage {
  constructor(options: Pick<TestApiOptions, "beforeCall"> = {}) {
    super(reconcileTaskRun, KEY, options);
  }

  async create(spec: TaskRunSpec, metadata: Partial<TaskRun["metadata"]> = {}): Promise<void> {
    await this.api.create(TektonKind.taskRun, {
      apiVersion: "tekton.dev/v1",
      kind: "TaskRun",
      metadata: { ...KEY, ...metadata },
      spec,
    });
  }

  get run(): Stored<TaskRun> {
    const [run] = this.api.all(TektonKind.taskRun);
    if (run === undefined) throw new Error("no TaskRun");
    return run;
  }

  get status(): TaskRunStatus {
    return this.run.status ?? {};
  }

  get condition(): Condition | undefined {
    return this.status.conditions?.[0];
  }

  get pods(): Stored<Pod>[] {
    return this.api.all(CoreKind.pod);
  }

  /** What becomes of the youngest Pod. */
  async podBecomes(status: PodStatus): Promise<void> {
    const pod = this.pods.at(-1);
    if (pod === undefined) throw new Error("no Pod");
    await this.api.updateStatus(CoreKind.pod, { ...pod, status });
  }

  /** Its only step ends. */
  async stepEnds(exitCode: number, entries: readonly unknown[] = []): Promise<void> {
    const phase = exitCode === 0 ? "Succeeded" : "Failed";
    await this.podBecomes({ phase, containerStatuses: [endedStep(exitCode, entries)] });
  }

  /** What a user, or the PipelineRun, writes into the spec. */
  async demand(spec: Partial<TaskRunSpec>): Promise<void> {
    await this.api.patch(TektonKind.taskRun, keyOf(this.run), { spec });
  }
}

export function endedStep(exitCode: number, entries: readonly unknown[] = []): ContainerStatus {
  const reason = exitCode === 0 ? "Completed" : "Error";
  return { name: "step-main", state: { terminated: { exitCode, reason, message: JSON.stringify(entries) } } };
}

export function container(name: string, state: ContainerState, ready = true): ContainerStatus {
  return { name, state, ready };
}

export const TASK: TaskSpec = { steps: [{ name: "main", image: "busybox", script: "true" }] };

/** A TaskRun whose first pass is over. */
export async function staged(task: TaskSpec = TASK, run: TaskRunSpec = {}): Promise<Stage> {
  const stage = new Stage();
  await stage.create({ taskSpec: task, ...run });
  await stage.pass();
  return stage;
}
