/** Events come with every step of every run, and nobody deletes them: they go after an hour, as on a cluster. */
import type { Clock } from "../../engine/index.ts";
import { CoreKind } from "../../kube/index.ts";
import { parseTime } from "../../tekton/index.ts";
import type { Remover } from "./deletion.ts";
import { keyIn, type Objects } from "./objects.ts";
import { resourceOf } from "./resources.ts";

/** kube-apiserver, `--event-ttl`. */
const KEPT_NANOS = 3_600_000_000_000n;
const LOOK_MILLIS = 300_000;

/** Removes old Events, now and from time to time until `closed` is aborted. */
export function expireEvents(
  objects: Objects,
  { clock, remover, closed }: { clock: Clock; remover: Remover; closed: AbortSignal },
): void {
  const resource = resourceOf(CoreKind.event);
  const look = () => {
    const oldest = clock.now() - KEPT_NANOS;
    for (const event of objects.list(resource)) {
      const created = parseTime(event.metadata.creationTimestamp) ?? 0n;
      if (created < oldest) remover.delete({ resource, key: keyIn(event) });
    }
  };
  look();
  const timer = setInterval(look, LOOK_MILLIS).unref();
  closed.addEventListener("abort", () => clearInterval(timer), { once: true });
}
