/** Phases of a pod shorter than this are of no interest to whoever asks where the time went, in milliseconds. */
const BRIEF_MS = 1;

interface KnownOfSpan {
  /** `throughline.type` */
  type: string;
  durationMs: number;
  /** Its time is known to the second only: a length of zero may have been most of a second. */
  isCoarse: boolean;
  isProvisional: boolean;
  isError: boolean;
}

/** Whether a span is a phase of a pod that was over at once and well: on a laptop most are. It may be left out until asked for. */
export function isBriefPhase({ type, durationMs, isCoarse, isProvisional, isError }: KnownOfSpan): boolean {
  return type === "phase" && durationMs < BRIEF_MS && !isCoarse && !isProvisional && !isError;
}
