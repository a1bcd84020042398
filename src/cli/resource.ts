import type { Attributes } from "../trace/index.ts";
import type { Terminal } from "./terminal.ts";

/** Resource attributes of every run: OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME (OpenTelemetry specification, SDK). */
export function resourceOf(env: Terminal["env"]): Attributes {
  const resource: Attributes = { "service.name": "tekton" };
  for (const pair of (env["OTEL_RESOURCE_ATTRIBUTES"] ?? "").split(",")) {
    const at = pair.indexOf("=");
    if (at > 0) resource[pair.slice(0, at).trim()] = decode(pair.slice(at + 1).trim());
  }
  if (env["OTEL_SERVICE_NAME"]) resource["service.name"] = env["OTEL_SERVICE_NAME"];
  return resource;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
