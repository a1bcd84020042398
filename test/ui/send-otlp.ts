/** Sends data to a server's OTLP/HTTP address, as any exporter would. Throws unless all of it was taken. */
export async function sendOtlp(
  otlpHttp: string,
  request: { resourceSpans: readonly object[] } | { resourceMetrics: readonly object[] },
): Promise<void> {
  const signal = "resourceSpans" in request ? "traces" : "metrics";
  const response = await fetch(`${otlpHttp}/v1/${signal}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  const answer = await response.text();
  if (answer !== "{}") throw new Error(`the server did not take all ${signal}: ${response.status} ${answer}`);
}

/** Attributes as OTLP/JSON has them. */
export function attributes(values: Readonly<Record<string, string>>) {
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
