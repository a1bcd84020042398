import type { Container, EnvFromSource, EnvVar, Pod, Stored } from "../../kube/index.ts";
import { expandVariables } from "./expansion.ts";
import { type Node, readFieldReference } from "./field-reference.ts";
import type { SourceKind, Sources } from "./sources.ts";

export type Environment =
  | { kind: "resolved"; variables: Readonly<Record<string, string>> }
  /** Names what is not there, as Kubernetes words it in a waiting container's message. */
  | { kind: "missing"; message: string };

export interface EnvironmentRequest {
  container: Container;
  pod: Stored<Pod>;
  sources: Sources;
  node: Node;
}

/** All variables of a container: `envFrom` first, then `env`, where a later one wins and may refer to those before it. */
export function resolveEnvironment(request: EnvironmentRequest): Environment {
  const variables: Record<string, string> = {};
  for (const from of request.container.envFrom ?? []) {
    const message = addAll(from, request, variables);
    if (message !== undefined) return { kind: "missing", message };
  }
  for (const variable of request.container.env ?? []) {
    const value = variableValue(variable, request, variables);
    if (value.kind === "missing") return value;
    if (value.kind === "value") variables[variable.name] = value.text;
  }
  return { kind: "resolved", variables };
}

/** Answers what is missing. */
function addAll(
  { prefix = "", configMapRef, secretRef }: EnvFromSource,
  { sources }: EnvironmentRequest,
  variables: Record<string, string>,
): string | undefined {
  const kind: SourceKind = configMapRef === undefined ? "secret" : "configmap";
  const reference = configMapRef ?? secretRef;
  if (reference === undefined) return undefined;
  const entries = sources.entries(kind, reference.name);
  if (entries === undefined) return reference.optional ? undefined : notFound(kind, reference.name);
  for (const [key, value] of entries) variables[prefix + key] = value.toString();
  return undefined;
}

type Value = { kind: "value"; text: string } | { kind: "none" } | { kind: "missing"; message: string };

function variableValue(
  { value = "", valueFrom }: EnvVar,
  request: EnvironmentRequest,
  before: Readonly<Record<string, string>>,
): Value {
  const { fieldRef, configMapKeyRef, secretKeyRef } = valueFrom ?? {};
  if (fieldRef !== undefined) return fieldValue(fieldRef.fieldPath, request);
  if (configMapKeyRef !== undefined) return keyValue("configmap", configMapKeyRef, request);
  if (secretKeyRef !== undefined) return keyValue("secret", secretKeyRef, request);
  return { kind: "value", text: expandVariables(value, before) };
}

function fieldValue(fieldPath: string, { pod, node }: EnvironmentRequest): Value {
  const text = readFieldReference(fieldPath, pod, node);
  if (text === undefined) return { kind: "missing", message: `unsupported fieldPath: ${fieldPath}` };
  return { kind: "value", text };
}

function keyValue(
  kind: SourceKind,
  { name, key, optional }: { name: string; key: string; optional?: boolean },
  { pod, sources }: EnvironmentRequest,
): Value {
  const entries = sources.entries(kind, name);
  const value = entries?.get(key);
  if (value !== undefined) return { kind: "value", text: value.toString() };
  if (optional) return { kind: "none" };
  if (entries === undefined) return { kind: "missing", message: notFound(kind, name) };
  const title = kind === "secret" ? "Secret" : "ConfigMap";
  return {
    kind: "missing",
    message: `couldn't find key ${key} in ${title} ${pod.metadata.namespace ?? ""}/${name}`,
  };
}

/** As the API server says it, which the kubelet passes on. */
export function notFound(kind: SourceKind, name: string): string {
  return `${kind === "secret" ? "secret" : "configmap"} "${name}" not found`;
}
