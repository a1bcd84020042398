import type { Param } from "./params.ts";

/** `taskRef`, `pipelineRef`, a step's `ref`: by name, or through a resolver. */
export interface Reference {
  name?: string;
  kind?: string;
  apiVersion?: string;
  resolver?: string;
  params?: readonly Param[];
}

export interface EmbeddedMetadata {
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
}
