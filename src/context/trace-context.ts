/**
 * What travels from one part of a delivery to the next: which trace, which parent, and what vendors and users attach.
 *
 * The texts hold what the parsers of this room write, so that they can go into any carrier as they are.
 */
export interface TraceContext {
  /** 32 lower-case hex digits, not all zero. */
  traceId: string;
  /** 16 lower-case hex digits, not all zero: the span that becomes the parent. */
  spanId: string;
  /** Bits of `TraceFlags`. */
  flags: number;
  /** Normalised `tracestate` header; absent when it has no members. */
  tracestate?: string;
  /** Normalised `baggage` header; absent when it has no members. */
  baggage?: string;
}

/**
 * The flag bits that have a meaning (W3C Trace Context Level 2, "trace-flags"). `random` says that the last seven
 * bytes of the trace id are random; it is passed on and never made up.
 */
export const TraceFlags = { sampled: 1, random: 2 } as const;

/** Whether the sender recorded its span; sampling is parent-based, so an unsampled parent means no spans. */
export function isSampled({ flags }: Pick<TraceContext, "flags">): boolean {
  return (flags & TraceFlags.sampled) !== 0;
}
