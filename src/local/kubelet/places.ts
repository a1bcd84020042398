import { join } from "node:path";
import type { ObjectKey } from "../../kube/index.ts";

/** Where the kubelet keeps what, under its directory. */
export interface Places {
  /** Of all Pods, one directory for each UID. */
  readonly pods: string;
  readonly logs: string;
  /** Nothing is ever in it. */
  readonly empty: string;
  /** What a Pod has until it ends. */
  pod(uid: string): string;
  /** The content of a PersistentVolumeClaim. */
  claim(key: ObjectKey): string;
  /** What the containers of a Pod printed. */
  podLogs(pod: ObjectKey & { uid: string }): string;
}

export function placesIn(directory: string): Places {
  const pods = join(directory, "pods");
  const logs = join(directory, "logs");
  return {
    pods,
    logs,
    empty: join(directory, "empty"),
    pod: (uid) => join(pods, uid),
    claim: ({ namespace, name }) => join(directory, "claims", namespace, name),
    podLogs: ({ namespace, name, uid }) => join(logs, `${namespace}_${name}_${uid}`),
  };
}
