/** An embedded API for the tests of a file; closed when they are over. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import {
  CoreKind,
  type Kind,
  type KubeApi,
  type KubeObject,
  type Pod,
  type Secret,
} from "../../kube/index.ts";
import { type EmbeddedApi, type EmbeddedApiOptions, openEmbeddedApi } from "./index.ts";

export interface Run extends KubeObject {
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

/** As `src/engine` has it, with what tests read. */
export const PIPELINE_RUNS: Kind<Run> = {
  group: "tekton.dev",
  version: "v1",
  kind: "PipelineRun",
  plural: "pipelineruns",
  isNamespaced: true,
};

/** Steps by a microsecond whenever it is looked at, from 2026-01-01 on. */
export function steppingClock(): { now(): bigint } {
  let now = 1_767_225_600_000_000_000n;
  return {
    now: () => {
      now += 1_000n;
      return now;
    },
  };
}

/** What is to be undone after the tests of a file, last first. A hook of its own cannot be had from within a test. */
const endings: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of endings.reverse()) await end();
});

/** A directory of its own, removed after the tests. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "throughline-api-"));
  endings.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export async function openTestApi(options: Partial<EmbeddedApiOptions> = {}): Promise<EmbeddedApi> {
  const api = await openEmbeddedApi({ clock: steppingClock(), ...options });
  endings.push(() => api.close());
  return api;
}

interface Named {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
}

export function pod(metadata: Named): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata,
    spec: { containers: [{ name: "main", image: "busybox", command: ["true"] }] },
  };
}

export function run(metadata: Named | { generateName: string }, spec: Record<string, unknown> = {}): Run {
  const named = { name: "", ...metadata };
  return { apiVersion: "tekton.dev/v1", kind: "PipelineRun", metadata: named, spec };
}

export function secret(metadata: Named, stringData: Record<string, string>): Secret {
  return { apiVersion: "v1", kind: "Secret", metadata, stringData };
}

/** Settles once the object is gone. */
export async function untilGone(api: KubeApi, kind: Kind, name: string): Promise<void> {
  const fieldSelector = `metadata.name=${name}`;
  const { items, resourceVersion } = await api.list(kind, { fieldSelector });
  if (items.length === 0) return;
  for await (const { type } of api.watch(kind, { fieldSelector, resourceVersion }))
    if (type === "DELETED") return;
}

/** The Pod as its kubelet has it while it runs. */
export async function startPod(api: KubeApi, name: string): Promise<void> {
  const found = await api.get(CoreKind.pod, { namespace: "default", name });
  const status = { phase: "Running" as const, startTime: "2026-01-01T00:00:00Z" };
  await api.updateStatus(CoreKind.pod, { ...found, status });
}
