import type { Clock } from "../../engine/index.ts";
import { formatTime } from "../../tekton/index.ts";

export type { Clock };

/** Now, as it is written into objects: RFC 3339 to the microsecond. */
export function timestamp(clock: Clock): string {
  const now = clock.now();
  return formatTime(now - (now % 1_000n));
}
