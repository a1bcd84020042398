/** Attribute values are stored as text; of the attributes known by name, this finds the type they were sent with. */

/** A value with its type, in Jaeger's words for types. */
export type TypedValue =
  | { type: "string"; value: string }
  | { type: "bool"; value: boolean }
  | { type: "int64"; value: bigint };

/** Throughline's own are those of docs/trace-model-reference.md, the others of OpenTelemetry's semantic conventions. */
const BOOLEANS = new Set([
  "exception.escaped",
  "tekton.step.never_started",
  "throughline.inferred",
  "throughline.provisional",
]);

const INTEGERS = new Set([
  "client.port",
  "code.line.number",
  "code.lineno",
  "db.response.returned_rows",
  "http.request.body.size",
  "http.request.resend_count",
  "http.response.body.size",
  "http.response.status_code",
  "http.status_code",
  "messaging.batch.message_count",
  "net.host.port",
  "net.peer.port",
  "network.local.port",
  "network.peer.port",
  "process.exit.code",
  "process.parent_pid",
  "process.pid",
  "rpc.grpc.status_code",
  "server.port",
  "tekton.pull.size_bytes",
  "tekton.pull.transfer_ns",
  "tekton.retries",
  "tekton.retry.attempt",
  "thread.id",
  "throughline.critical_path_ns",
  "throughline.task.critical_path_ns",
  "throughline.wait_ns",
]);

/** Text that does not fit the type of its key stays text. */
export function typedValue(key: string, text: string): TypedValue {
  if (INTEGERS.has(key) && isInt64(text)) return { type: "int64", value: BigInt(text) };
  if (BOOLEANS.has(key) && (text === "true" || text === "false"))
    return { type: "bool", value: text === "true" };
  return { type: "string", value: text };
}

function isInt64(text: string): boolean {
  return /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}
