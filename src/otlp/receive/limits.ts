/** How much of what others send is taken in. Each limit stands between one odd sender and everybody else's memory. */
export interface DecodeLimits {
  /** Bytes of a body, unpacked. A longer one is malformed. */
  readonly maxBodyBytes: number;
  /** Spans, data points or log records of a request. Those after it are rejected. */
  readonly maxItems: number;
  /** Attributes of one span, event, resource or the like, and entries of one key-value list. The first are kept. */
  readonly maxAttributes: number;
  /** Events of a span. The first are kept. */
  readonly maxEvents: number;
  /** Links of a span. The first are kept. */
  readonly maxLinks: number;
  /** UTF-8 bytes of one text or bytes value. The first are kept. */
  readonly maxValueBytes: number;
  /** UTF-8 bytes of a name, of a unit and of what else is to be short. The first are kept; a longer key is dropped. */
  readonly maxNameBytes: number;
  /** How deep arrays and key-value lists are nested in each other. Deeper ones become null. */
  readonly maxDepth: number;
}

/**
 * - `maxBodyBytes`: the collector's HTTP receiver stops at 20 MiB too, and ours sends at most 4 MiB in one request.
 * - `maxItems`: SDKs send 512 spans in a batch and collectors 8,192, unless told otherwise; ten of the latter. 20 MiB
 *   could hold 650,000 with nothing but their ids.
 * - `maxAttributes`, `maxEvents`, `maxLinks`: SDKs stop at 128 (OpenTelemetry specification, "Span Limits"); eight times
 *   that, for those who raised it.
 * - `maxValueBytes`: the last lines of a log or a stack trace fit; a file does not.
 * - `maxNameBytes`: a path with a query fits. Keys have some twenty bytes.
 * - `maxDepth`: a Kubernetes object, the deepest thing that is logged as a value, rarely passes ten.
 */
export const DEFAULT_LIMITS: DecodeLimits = Object.freeze({
  maxBodyBytes: 20 * 1024 * 1024,
  maxItems: 80_000,
  maxAttributes: 1_024,
  maxEvents: 1_024,
  maxLinks: 1_024,
  maxValueBytes: 64 * 1024,
  maxNameBytes: 1_024,
  maxDepth: 16,
});
