import type { KubernetesEvent, ObjectMeta } from "../tekton/index.ts";
import { append } from "./groups.ts";
import { compareText, keyOf } from "./keys.ts";
import { latestOfEach } from "./latest.ts";

/** Events by what they are about. */
export class EventIndex {
  readonly #byUid = new Map<string, KubernetesEvent[]>();
  readonly #byName = new Map<string, KubernetesEvent[]>();

  constructor(events: readonly KubernetesEvent[]) {
    const ordered = [...latestOfEach(events, [])].sort(
      (a, b) => Number((a.firstNs ?? 0n) - (b.firstNs ?? 0n)) || compareText(a.meta.name, b.meta.name),
    );
    for (const event of ordered) {
      const { kind, namespace, name, uid } = event.regarding;
      if (uid) append(this.#byUid, uid, event);
      append(this.#byName, `${kind} ${keyOf(namespace, name)}`, event);
    }
  }

  /** Events about this very object; by its name where a trimmed dump has no UID for one of the two. */
  about({ kind, namespace, name, uid, hasUid }: ObjectMeta): readonly KubernetesEvent[] {
    const byUid = this.#byUid.get(uid);
    if (byUid !== undefined) return byUid;
    return this.aboutName(kind, namespace, name).filter(({ regarding }) => !hasUid || regarding.uid === "");
  }

  /** Events about any object of this name, also one that was deleted and made again. */
  aboutName(kind: string, namespace: string, name: string): readonly KubernetesEvent[] {
    return this.#byName.get(`${kind} ${keyOf(namespace, name)}`) ?? [];
  }
}
