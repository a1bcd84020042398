/** Which subject each span's id is derived from (design: id derivation, version 1). Attempts count from 1. */
import { deriveSpanId } from "../context/index.ts";

export const spanIds = {
  run: (uid: string) => deriveSpanId({ uid, role: "pipelinerun" }),
  wait: (uid: string) => deriveSpanId({ uid, role: "wait" }),
  execute: (uid: string) => deriveSpanId({ uid, role: "execute" }),
  skipped: (runUid: string, task: string) => deriveSpanId({ uid: runUid, role: "skipped", name: task }),
  task: (uid: string, type: "taskrun" | "customrun") => deriveSpanId({ uid, role: type }),
  attempt: (uid: string, attempt: number) => deriveSpanId({ uid, role: "attempt", attempt }),
  step: (uid: string, attempt: number, name: string) => deriveSpanId({ uid, role: "step", name, attempt }),
  phase: (uid: string, attempt: number, kind: string, container?: string) =>
    deriveSpanId({ uid, role: "phase", name: container ? `${kind} ${container}` : kind, attempt }),
};
