/** A PipelineRun in an API in memory, and hands to move it on: TaskRuns end when a test says so. */
import type { Condition } from "../../kube/index.ts";
import { ReconcilerStage } from "../stage.testing.ts";
import {
  type Artifacts,
  type PipelineRun,
  type PipelineRunSpec,
  type PipelineSpec,
  type PipelineTask,
  type ResultValue,
  type TaskRun,
  TektonKind,
} from "../types/index.ts";
import { reconcilePipelineRun } from "./index.ts";

export const KEY = { namespace: "demo", name: "ship" };
/** A PipelineRun and the API it is in. */
export class Stage extends ReconcilerStage {
  constructor() {
    super(reconcilePipelineRun, KEY);
  }

  async create(spec: PipelineRunSpec, metadata: Partial<PipelineRun["metadata"]> = {}): Promise<void> {
    await this.api.create(TektonKind.pipelineRun, {
      apiVersion: "tekton.dev/v1",
      kind: "PipelineRun",
      metadata: { ...KEY, ...metadata },
      spec,
    });
  }

  run(name = KEY.name): PipelineRun {
    const found = this.api.all(TektonKind.pipelineRun).find(({ metadata }) => metadata.name === name);
    if (found === undefined) throw new Error(`no PipelineRun ${name}`);
    return found;
  }

  get taskRuns(): TaskRun[] {
    return this.api.all(TektonKind.taskRun);
  }

  taskRun(name: string): TaskRun {
    const found = this.taskRuns.find(({ metadata }) => metadata.name === name);
    if (found === undefined) throw new Error(`no TaskRun ${name} among ${this.names}`);
    return found;
  }

  get names(): string[] {
    return this.taskRuns.map(({ metadata }) => metadata.name);
  }

  async end(
    name: string,
    status: "True" | "False",
    {
      reason = "",
      results = [],
      artifacts,
    }: { reason?: string; results?: ResultValue[]; artifacts?: Artifacts } = {},
  ) {
    const ending = {
      type: "Succeeded",
      status,
      reason: reason || (status === "True" ? "Succeeded" : "StepFailed"),
    };
    const object = {
      ...this.taskRun(name),
      status: { conditions: [ending], results, ...(artifacts && { artifacts }) },
    };
    await this.api.updateStatus(TektonKind.taskRun, object);
  }

  /** What a user writes into `spec.status`. */
  async demand(status: NonNullable<PipelineRunSpec["status"]>): Promise<void> {
    await this.api.patch(TektonKind.pipelineRun, KEY, { spec: { status } });
  }

  get condition(): Condition | undefined {
    return conditionOf(this.run());
  }
}

function conditionOf({ status }: PipelineRun): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === "Succeeded");
}

export async function staged(spec: PipelineSpec, run: Partial<PipelineRunSpec> = {}): Promise<Stage> {
  const stage = new Stage();
  await stage.create({ pipelineSpec: spec, ...run });
  await stage.pass();
  return stage;
}

export const STEPS = { steps: [{ name: "main", image: "busybox", script: "true" }] };

/** A pipeline task that is written out where it stands. */
export function task(name: string, more: Partial<PipelineTask> = {}): PipelineTask {
  return { name, taskSpec: STEPS, ...more };
}
