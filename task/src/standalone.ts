/** Everything in one file, the OpenTelemetry API included: for a step whose image has nothing but Node. */

/** The API that is inside, for spans and metrics beyond what this package offers. */
export { context, metrics, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
export * from "./index.ts";
