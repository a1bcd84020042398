/** Kinds and states of spans in the words of the OpenTelemetry Collector's ClickHouse exporter. */

const KINDS = ["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"] as const;
const STATUSES = ["Unset", "Ok", "Error"] as const;

/** Of OTLP's `Span.SpanKind`. */
export function kindWord(kind: number): string {
  return KINDS[kind] ?? "Unspecified";
}

/** Of OTLP's `Status.StatusCode`. */
export function statusWord(code: number): string {
  return STATUSES[code] ?? "Unset";
}

/** `Server`, and `SPAN_KIND_SERVER` as older collectors write it, are both `server`. */
export function kindOf(word: string): string {
  return word.replace(/^SPAN_KIND_/, "").toLowerCase();
}

/** `Error`, and `STATUS_CODE_ERROR` as older collectors write it, are both `error`. */
export function statusOf(word: string): "unset" | "ok" | "error" {
  const status = word.replace(/^STATUS_CODE_/, "").toLowerCase();
  return status === "ok" || status === "error" ? status : "unset";
}
