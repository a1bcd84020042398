/** A store with runs that a test knows everything of. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import {
  generateRun,
  type RunHistory,
  type RunScenario,
  type TaskScenario,
} from "../../test/generate/index.ts";
import { objectsOf } from "../../test/load.ts";
import { received } from "../../test/received.ts";
import { openEmbeddedStore, type TraceStore } from "../store/index.ts";
import { buildTraces, type ResourceSpans, type RunTrace } from "../trace/index.ts";
import type { Parameters } from "./parameters.ts";
import type { Asked, Question } from "./question.ts";
import { askQuestion } from "./questions.ts";

export interface Scene {
  store: TraceStore;
  asked: Asked;
  /** What was told and what is shown of it, in order of creation. */
  runs: { scenario: RunScenario; truth: RunHistory; trace: RunTrace }[];
  ask<Answer>(question: Question<Answer>, parameters?: Parameters): Promise<Answer>;
}

/** Noon of the day after the last run. */
export const NOW = Date.parse("2026-11-20T12:00:00Z");

/** A store with these runs; it goes when the tests of the file are over. */
export async function openScene(scenarios: readonly RunScenario[]): Promise<Scene> {
  const directory = mkdtempSync(join(tmpdir(), "throughline-insight-"));
  const store = await openEmbeddedStore({ directory });
  afterAll(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  const generated = scenarios.map((scenario, seed) => ({ scenario, ...generateRun(scenario, seed) }));
  const { runs } = buildTraces(objectsOf(generated.flatMap((each) => each.all())));
  await keep(
    store,
    runs.map(({ resourceSpans }) => resourceSpans),
  );
  const asked = { store, nowNs: BigInt(NOW) * 1_000_000n, version: "0.0.0" };
  const byUid = new Map(runs.map((run) => [run.uid, run]));
  return {
    store,
    asked,
    runs: generated.flatMap(({ scenario, truth }) => {
      const trace = byUid.get(truth.uid);
      return trace === undefined ? [] : [{ scenario, truth, trace }];
    }),
    ask: (question, parameters = {}) => askQuestion(question, asked, parameters),
  };
}

/** Sends spans to a store as a server would get them. */
export async function keep(store: TraceStore, resourceSpans: readonly ResourceSpans[]): Promise<void> {
  const added = await store.addSpans(received(resourceSpans));
  if (added.kind === "busy") throw new Error(added.reason);
}

/** A task of one step that takes so many seconds. */
export function task(
  name: string,
  seconds: number,
  { exitCodes, ...rest }: Partial<TaskScenario> & { exitCodes?: number[] } = {},
): TaskScenario {
  const step = {
    name: "run",
    image: "alpine:3.22",
    command: ["true"],
    durationMs: seconds * 1000,
    exitCodes,
  };
  return { name, work: { kind: "steps", task: "tool", steps: [step] }, ...rest };
}

export interface Push {
  pipeline?: string;
  branch?: string;
  sha?: string;
  hoursAgo: number;
  tasks: TaskScenario[];
  finally?: TaskScenario[];
}

/** A run that a push to a branch started. */
export function push({
  pipeline = "ship",
  branch = "main",
  sha,
  hoursAgo,
  tasks,
  ...rest
}: Push): RunScenario {
  return {
    pipeline,
    namespace: "shop-ci",
    createdAt: new Date(NOW - hoursAgo * 3_600_000).toISOString(),
    tasks,
    finally: rest.finally,
    pullRequest: {
      organization: "shop",
      repository: "web",
      number: 7,
      sha:
        sha ??
        Math.round(hoursAgo * 1000)
          .toString(16)
          .padStart(40, "0"),
      title: "Change",
      sender: "ada",
      sourceBranch: branch,
      targetBranch: "main",
    },
    images: { "alpine:3.22": { pullMs: 1000, bytes: 3_000_000, cached: true } },
  };
}
