import type { Container, Nanos, Pod } from "../tekton/index.ts";

/**
 * The Pod, with what its containers were seen waiting for up to now (TEP-0136). A reason counts when it is first seen:
 * a container that falls back into it says nothing new.
 */
export function withSeenWaiting(pod: Pod, previous: Pod | undefined, atNs: Nanos): Pod {
  const before = new Map(previous?.containers.map(({ name, seenWaiting = [] }) => [name, seenWaiting]));
  const containers = pod.containers.map((container): Container => {
    const seen = before.get(container.name) ?? [];
    const { state } = container;
    const isNew =
      state.kind === "waiting" && state.reason !== "" && !seen.some(({ reason }) => reason === state.reason);
    if (!isNew) return seen.length === 0 ? container : { ...container, seenWaiting: seen };
    const { reason, message } = state;
    return { ...container, seenWaiting: [...seen, { reason, message, atNs }] };
  });
  return { ...pod, containers };
}
