/** The environment of a program that is measured: an endpoint set on this machine would make it send what it is given. */
export function withoutTelemetry(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("OTEL_")));
}
