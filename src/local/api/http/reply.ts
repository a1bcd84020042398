/** What requests are answered with. */
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { ApiError } from "../../../kube/index.ts";

export type Reply =
  | { kind: "json"; status: number; body: object; warnings?: readonly string[] }
  | { kind: "text"; text: string }
  /** Somebody else writes it, as long as there is something to write. */
  | { kind: "streamed" };

export function json(body: object, status = 200, warnings: readonly string[] = []): Reply {
  return { kind: "json", status, body, warnings };
}

export function sendReply(response: ServerResponse, reply: Reply): void {
  if (reply.kind === "streamed") return;
  if (reply.kind === "text") {
    response.writeHead(200, { "content-type": "text/plain; charset=utf-8" }).end(reply.text);
    return;
  }
  const headers: OutgoingHttpHeaders = {
    "content-type": "application/json",
    ...warningHeader(reply.warnings),
  };
  const text = `${JSON.stringify(reply.body)}\n`;
  response.writeHead(reply.status, headers).end(text);
}

/** Agent "-" as the API server writes it (RFC 7234, 5.5; Kubernetes API concepts, "Warnings"). */
function warningHeader(warnings: readonly string[] = []): Record<string, string[]> {
  const texts = [...new Set(warnings)].map((text) => text.replaceAll(/[^\x20-\x7e]+/g, " "));
  if (texts.length === 0) return {};
  return { warning: texts.map((text) => `299 - "${text.replaceAll(/["\\]/g, "\\$&")}"`) };
}

/** `meta/v1` Status of a failure. What is no refusal is a fault of ours. */
export function statusOf(fault: unknown): { status: number; body: object } {
  const { status, reason, message } = fault instanceof ApiError ? fault : refusalFor(fault);
  const body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason };
  return { status, body: { ...body, code: status } };
}

function refusalFor(fault: unknown): ApiError {
  const message = fault instanceof Error ? fault.message : String(fault);
  // What copying and comparing run into when a body is nested many thousand levels deep.
  if (fault instanceof RangeError)
    return new ApiError({
      status: 400,
      reason: "BadRequest",
      message: `the object is nested too deeply: ${message}`,
    });
  return new ApiError({
    status: 500,
    reason: "InternalError",
    message: `Internal error occurred: ${message}`,
  });
}
