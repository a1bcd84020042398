/** What a collector takes from its environment: what is only known where it runs, and what must not be in a configuration. */

/** Names of environment variables, and of the keys of the Secret they are taken from. */
export const SECRETS = {
  authorization: "OTLP_AUTHORIZATION",
  user: "CLICKHOUSE_USER",
  password: "CLICKHOUSE_PASSWORD",
} as const;

/** A reference that the collector resolves when it starts (https://opentelemetry.io/docs/collector/configuration/#environment-variables). */
export function fromEnvironment(name: string, otherwise?: string): string {
  const fallback = otherwise === undefined ? "" : `:-${otherwise}`;
  return `\${env:${name}${fallback}}`;
}
