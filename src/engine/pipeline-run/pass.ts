/** A pass over a PipelineRun, and the ways in which its functions change what is written at the end. */
import type { Outcome } from "../../kube/index.ts";
import { timestamp } from "../clock.ts";
import { type Verdict, withVerdict } from "../condition.ts";
import type { ObjectPass } from "../run-pass.ts";
import type { PipelineRun, PipelineRunStatus } from "../types/index.ts";

export type RunPass = ObjectPass<PipelineRun>;

/** Why a run ends before, or instead of, running: a reason of docs/pipelineruns.md and a text for the user. */
export interface Refusal {
  kind: "refused";
  reason: string;
  message: string;
}

/** Whoever wrote the run or the pipeline has to change something. Tekton marks such messages. */
export function userError(reason: string, message: string): Refusal {
  return { kind: "refused", reason, message: `[User error] ${message}` };
}

export function refused(reason: string, message: string): Refusal {
  return { kind: "refused", reason, message };
}

export function amendStatus({ draft }: RunPass, changes: PipelineRunStatus): void {
  draft.status = { ...draft.status, ...changes };
}

/** Writes the condition with the time of the change, if it is one; one that is not Unknown completes the run. */
export function settleCondition(pass: RunPass, { status, reason, message }: Verdict): void {
  const now = timestamp(pass.engine.clock.now());
  const settled = withVerdict(pass.draft.status, { status, reason, message }, now);
  if (settled === pass.draft.status) return;
  pass.draft.status = { ...settled, ...(status !== "Unknown" && { completionTime: now }) };
}

/** The run is over. Nothing more is to be done about it. */
export function endWith(pass: RunPass, { reason, message }: Pick<Refusal, "reason" | "message">): Outcome {
  pass.span.decided(`ended the run: ${reason}`);
  settleCondition(pass, { status: "False", reason, message });
  return {};
}

/** `namespace/name`, as Tekton's messages name runs. */
export function nameOf({ object: { metadata } }: Pick<RunPass, "object">): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
