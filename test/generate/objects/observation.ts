import type { RunScenario } from "../scenario.ts";
import type { JsonObject } from "./json.ts";

/** The moment a dump is taken. Nothing that is written from a history may know what comes later. */
export interface Observation {
  scenario: RunScenario;
  atMs: number;
}

export function hasHappened({ atMs }: Observation, ms: number | undefined): ms is number {
  return ms !== undefined && ms <= atMs;
}

/** What an object hands down to those it creates. */
export interface Parent {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export function ownerReferences(parent: Parent | undefined): JsonObject[] | undefined {
  if (parent === undefined) return undefined;
  const { apiVersion, kind, name, uid } = parent;
  return [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }];
}

/** Opaque to readers; grows with time in a cluster, as here. */
export function resourceVersion({ atMs }: Observation, changedMs: number): string {
  return String(Math.floor(Math.min(atMs, changedMs) / 10) % 1_000_000_000);
}
