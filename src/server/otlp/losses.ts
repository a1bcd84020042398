import type { SignalItems } from "./signals.ts";

/** Told of what was not taken, so that somebody can see it. */
export interface Losses {
  /** A request got this answer: an HTTP status from 400 on, or a gRPC status. */
  refused(transport: "http" | "grpc", code: number): void;
  /** So many items of a request that was taken were left out, because something is wrong with them. */
  rejected(items: SignalItems, count: number): void;
}
