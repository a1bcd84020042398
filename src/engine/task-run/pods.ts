/** The Pod of a TaskRun's current attempt: there is one at most, whatever happens to the passes that make it. */
import { CoreKind, isApiError, type ObjectKey, type Pod, type Stored } from "../../kube/index.ts";
import { isRefusal } from "../api-faults.ts";
import { controllerOf } from "../ownership.ts";
import { childName } from "../spec/index.ts";
import { traced } from "../tracing/index.ts";
import { type Failed, retriesSoFar, type TaskRunPass } from "./pass.ts";

export type CreatedPod = { kind: "there"; pod: Stored<Pod> } | Failed;

/** The name follows from the attempt, so that a second one cannot be made for it. */
export function podKey(pass: TaskRunPass): ObjectKey {
  const { name, namespace = "" } = pass.object.metadata;
  const retries = retriesSoFar(pass);
  return { namespace, name: childName(name, retries === 0 ? "-pod" : `-pod-retry${retries}`) };
}

/** As far as the cache knows. */
export function ownPod(pass: TaskRunPass): Stored<Pod> | undefined {
  const pod = pass.engine.caches.pods.get(podKey(pass));
  return pod !== undefined && isOwn(pass, pod) ? pod : undefined;
}

function isOwn({ object }: TaskRunPass, pod: Stored<Pod>): boolean {
  return controllerOf(pod)?.uid === object.metadata.uid;
}

/** All that is ever done to a Pod, but for its sidecars. */
export const podding = traced({
  async createPod(pass: TaskRunPass, pod: Pod): Promise<CreatedPod> {
    try {
      const created = await pass.engine.api.create(CoreKind.pod, pod);
      pass.span.decided(`created Pod ${pod.metadata.name}`);
      return { kind: "there", pod: created };
    } catch (fault) {
      if (isApiError(fault, 409)) return adopt(pass, pod);
      if (!isRefusal(fault)) throw fault;
      return refused(pass, fault.message);
    }
  },

  /** Takes it away, if it is there. */
  async deletePod(pass: TaskRunPass): Promise<void> {
    const key = podKey(pass);
    try {
      const pod = await pass.engine.api.get(CoreKind.pod, key);
      if (!isOwn(pass, pod)) return;
      await pass.engine.api.delete(CoreKind.pod, key, { uid: pod.metadata.uid });
      pass.span.decided(`deleted Pod ${key.name}`);
    } catch (fault) {
      if (!isApiError(fault, 404)) throw fault;
    }
  },
});

/** An earlier pass made it, of which the cache does not know yet. */
async function adopt(pass: TaskRunPass, wanted: Pod): Promise<CreatedPod> {
  const pod = await pass.engine.api.get(CoreKind.pod, podKey(pass));
  if (isOwn(pass, pod)) return { kind: "there", pod };
  const { name } = wanted.metadata;
  const isLeftOver =
    pod.metadata.deletionTimestamp !== undefined ||
    pod.metadata.labels?.["tekton.dev/taskRun"] === pass.object.metadata.name;
  if (isLeftOver) throw new Error(`Pod ${name} of an earlier TaskRun of the same name is not gone yet`);
  return refused(pass, `pods "${name}" already exists`);
}

function refused({ object }: TaskRunPass, why: string): CreatedPod {
  const { namespace = "", name } = object.metadata;
  const task = object.spec.taskRef?.name;
  const hint = task ? `Maybe missing or invalid Task ${namespace}/${task}` : "Maybe invalid TaskSpec";
  const message = `failed to create task run pod "${name}": ${why}. ${hint}`;
  return { kind: "failed", failure: { reason: "PodCreationFailed", message } };
}
