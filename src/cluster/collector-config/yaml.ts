/** YAML as it is printed: without anchors and folded lines, which are hard to read and to edit. */
import { stringify } from "yaml";
import type { CollectorConfig } from "./config.ts";
import { COLLECTOR_VERSION } from "./plan.ts";

/** Says what a printed file is for. */
export const HEAD = `# For the OpenTelemetry Collector ${COLLECTOR_VERSION}, contrib distribution. Written by: throughline collector-config\n`;

/** A collector's configuration. */
export function configYaml(config: CollectorConfig): string {
  return HEAD + yamlOf(config);
}

/** Any object. */
export function yamlOf(value: object): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
