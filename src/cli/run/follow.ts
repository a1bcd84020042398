/** Waits for runs to end, and tells how far they are. */
import { type PipelineRun, type TaskRun, TektonKind } from "../../engine/index.ts";
import { type Informer, type KubeApi, keyOf, type Stored, startInformer } from "../../kube/index.ts";
import { succeededOf } from "./result.ts";

type Run = Stored<PipelineRun> | Stored<TaskRun>;

export interface Following {
  /** Settles with the runs as they are at their end. */
  readonly over: Promise<Run[]>;
  /** One line on what is going on now. */
  describe(): string;
  /** PipelineRuns and TaskRuns that a run owns, and those they own in turn, the first created first. */
  childrenOf(uid: string): Run[];
  stop(): void;
}

const BY_OWNER = "owner";

export async function follow(api: KubeApi, runs: readonly Run[]): Promise<Following> {
  const pipelineRuns = startInformer({ api, kind: TektonKind.pipelineRun, indexes: { [BY_OWNER]: ownerOf } });
  const taskRuns = startInformer({ api, kind: TektonKind.taskRun, indexes: { [BY_OWNER]: ownerOf } });
  await Promise.all([pipelineRuns.ready, taskRuns.ready]);
  const current = ({ kind, ...run }: Run): Run | undefined => {
    const informer: Informer<PipelineRun> | Informer<TaskRun> = kind === "TaskRun" ? taskRuns : pipelineRuns;
    return informer.get(keyOf({ kind, ...run }));
  };
  const over = new Promise<Run[]>((resolve) => {
    const check = () => {
      const now = runs.map(current);
      if (now.every(isOver)) resolve(now.filter((run) => run !== undefined));
    };
    pipelineRuns.onChange(check);
    taskRuns.onChange(check);
  });
  const childrenOf = (uid: string): Run[] => {
    const own = [...taskRuns.by(BY_OWNER, uid), ...pipelineRuns.by(BY_OWNER, uid)].sort(byCreation);
    return own.flatMap((child) => [child, ...childrenOf(child.metadata.uid)]);
  };
  return {
    over,
    childrenOf,
    describe: () => describe(taskRuns.list()),
    stop: () => {
      pipelineRuns.stop();
      taskRuns.stop();
    },
  };
}

/** One that somebody deleted is over too. */
function isOver(run: Run | undefined): boolean {
  const status = run === undefined ? "False" : succeededOf(run)?.status;
  return status === "True" || status === "False";
}

function ownerOf({ metadata }: Run): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller)?.uid;
}

function byCreation(a: Run, b: Run): number {
  return a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1;
}

function describe(taskRuns: readonly Stored<TaskRun>[]): string {
  const done = taskRuns.filter((task) => isOver(task)).length;
  const running = taskRuns.filter((task) => !isOver(task)).map(describeTask);
  const what = running.length === 0 ? "" : ` · running: ${running.join(", ")}`;
  return `${done} of ${taskRuns.length} started tasks done${what}`;
}

function describeTask({ metadata, status }: Stored<TaskRun>): string {
  const task = metadata.labels?.["tekton.dev/pipelineTask"] ?? metadata.name;
  const step = status?.steps?.find(({ running }) => running !== undefined);
  return step === undefined ? task : `${task}/${step.name}`;
}
