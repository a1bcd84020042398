/** What becomes of a run whose Pipeline, or a Task of it, was not found. */
import { type Refusal, type RunPass, refused, settleCondition } from "./pass.ts";
import { limitsOf, reachedLimits, timePassed } from "./timeouts.ts";

export interface NotFound {
  /** Of the condition when the run ends for it. */
  reason: "CouldntGetPipeline" | "CouldntGetTask";
  /** Of the condition while it is asked for again. */
  meanwhile: "ResolvingPipelineRef" | "ResolvingTaskRef";
  message: string;
  /** It will not help to ask again. */
  permanent: boolean;
}

/** What may be there at the next attempt is asked for again, for as long as the run may take; the queue waits longer each time. */
export function refuseOrWait(pass: RunPass, { reason, meanwhile, message, permanent }: NotFound): Refusal {
  if (permanent || isOutOfTime(pass)) return refused(reason, message);
  settleCondition(pass, { status: "Unknown", reason: meanwhile, message });
  throw new Error(message);
}

function isOutOfTime({ object, draft, engine }: RunPass): boolean {
  const limits = limitsOf(object.spec, engine.config);
  return reachedLimits(timePassed(draft.status, { limits, now: engine.clock.now() })).pipeline;
}
