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
      else append(this.#byName, `${kind} ${keyOf(namespace, name)}`, event);
    }
  }

  about({ kind, namespace, name, uid }: ObjectMeta): readonly KubernetesEvent[] {
    return this.#byUid.get(uid) ?? this.#byName.get(`${kind} ${keyOf(namespace, name)}`) ?? [];
  }
}
