/** `meta.k8s.io/v1` Table: objects as rows, for people (Kubernetes API concepts, "Receiving resources as Tables"). */
import type { StoredObject } from "../objects.ts";
import { type Column, columnsOf } from "./columns.ts";

export interface TableOptions {
  kind: string;
  /** Of the list, for a watch that follows it. */
  metadata?: object;
  nowMillis: number;
  /** `None`, `Metadata` or `Object`: what of each object goes along. */
  includeObject: string;
}

/** Whether the client would rather have a Table. */
export function wantsTable(accept: string | undefined): boolean {
  return /;\s*as=Table\b/.test(accept ?? "") && /;\s*g=meta\.k8s\.io\b/.test(accept ?? "");
}

export function tableOf(
  objects: readonly StoredObject[],
  { kind, metadata = {}, nowMillis, includeObject }: TableOptions,
) {
  const columns = [NAME, ...columnsOf(kind)];
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: columns.map(definitionOf),
    rows: objects.map((object) => ({
      cells: columns.map(({ value }) => value(object, nowMillis) ?? null),
      ...objectPart(object, includeObject),
    })),
  };
}

const NAME: Column = { name: "Name", priority: 0, value: ({ metadata }) => metadata.name };

function definitionOf({ name, priority }: Column) {
  const isName = name === "Name";
  return { name, type: "string", format: isName ? "name" : "", description: name, priority };
}

function objectPart(object: StoredObject, includeObject: string): { object?: object } {
  if (includeObject === "None") return {};
  if (includeObject === "Object") return { object };
  const { metadata } = object;
  return { object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata } };
}
