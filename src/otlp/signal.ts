/** The kinds of telemetry that OTLP carries; each is the end of its path over HTTP, `/v1/traces` and so on. */
export type Signal = "traces" | "metrics" | "logs";
