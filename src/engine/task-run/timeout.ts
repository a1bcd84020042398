import { parseTime } from "../../tekton/index.ts";
import { goDurationMillis } from "../spec/index.ts";
import type { TaskRunPass } from "./pass.ts";

const NANOS_PER_MILLI = 1_000_000n;

/** How long an attempt may take; 0 is as long as it likes. */
export function timeoutMillis({ object, engine }: Pick<TaskRunPass, "object" | "engine">): number {
  const { timeout } = object.spec;
  const own = timeout === undefined ? undefined : goDurationMillis(timeout);
  return own ?? engine.config.defaultTimeoutMillis;
}

/** What is left of it, in whole milliseconds: negative when it is over; undefined when nothing is running, or without limit. */
export function millisLeft(pass: TaskRunPass): number | undefined {
  const limit = timeoutMillis(pass);
  const startNs = parseTime(pass.draft.status.startTime ?? "");
  if (limit === 0 || startNs === undefined) return undefined;
  const endNs = startNs + BigInt(Math.ceil(limit)) * NANOS_PER_MILLI;
  return Number((endNs - pass.engine.clock.now()) / NANOS_PER_MILLI);
}
