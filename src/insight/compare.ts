import { type RunFilters, runGroup, type TraceStore, taskGroups } from "../store/index.ts";
import type { CompareAnswer, CompareGroupsAnswer, Difference } from "./answers/index.ts";
import { compareRuns } from "./compare-runs.ts";
import { differenceOf } from "./difference.ts";
import { findRun } from "./find-run.ts";
import { type Given, QuestionError, quote, readTime } from "./parameters.ts";
import { type Asked, question } from "./question.ts";
import { RUN_FILTERS, runFilters } from "./run-filters.ts";

const SIDE = "branch:NAME, pipeline:NAME, period:SINCE..UNTIL or run:ID";
const MOST_TASKS = 500;

/** What differs between two groups of runs, or between two runs. */
export const COMPARE = question<CompareAnswer>({
  name: "compare",
  path: "compare",
  summary:
    "Two branches, periods or pipelines side by side, with what is more than noise; or two runs, task by task",
  answerName: "CompareAnswer",
  parameters: [
    { name: "a", kind: "text", isRequired: true, description: `one side: ${SIDE}` },
    { name: "b", kind: "text", isRequired: true, description: `the other side: ${SIDE}` },
    ...RUN_FILTERS,
  ],
  async answer(asked, given) {
    const a = sideOf("a", given, asked);
    const b = sideOf("b", given, asked);
    if (a.kind === "run" && b.kind === "run") {
      const [runA, runB] = await Promise.all([findRun(a.id, asked.store), findRun(b.id, asked.store)]);
      return compareRuns({ a: runA, b: runB }, asked.store);
    }
    if (a.kind === "run" || b.kind === "run")
      throw new QuestionError("a run can be compared with another run only");
    return compareGroups({ a, b, filters: runFilters(given) }, asked.store);
  },
});

type AskedSide = { kind: "run"; id: string } | AskedGroup;

interface AskedGroup {
  kind: "group";
  label: string;
  filters: RunFilters;
}

function sideOf(name: "a" | "b", given: Given, { nowNs }: Asked): AskedSide {
  const label = given.text(name) ?? "";
  const [, kind, value = ""] = /^(branch|pipeline|period|run):(.+)$/.exec(label) ?? [];
  switch (kind) {
    case "run":
      return { kind: "run", id: value };
    case "branch":
      return { kind: "group", label, filters: { branch: value } };
    case "pipeline":
      return { kind: "group", label, filters: { pipeline: value } };
    case "period":
      return { kind: "group", label, filters: periodOf(name, value, nowNs) };
    default:
      throw new QuestionError(`${name}: ${quote(label)} is no side; write ${SIDE}`);
  }
}

function periodOf(name: string, text: string, nowNs: bigint): RunFilters {
  const [since = "", until = "", ...more] = text.split("..");
  if (since === "" || until === "" || more.length > 0) {
    throw new QuestionError(`${name}: ${quote(text)} is no period; write 14d..7d or 2026-11-01..2026-11-08`);
  }
  const sinceNs = readTime(name, since, nowNs);
  const untilNs = readTime(name, until, nowNs);
  if (untilNs <= sinceNs) throw new QuestionError(`${name}: the period ${quote(text)} ends before it begins`);
  return { sinceNs, untilNs };
}

async function compareGroups(
  { a, b, filters }: { a: AskedGroup; b: AskedGroup; filters: RunFilters },
  store: TraceStore,
): Promise<CompareGroupsAnswer> {
  const ofA = { ...filters, ...a.filters };
  const ofB = { ...filters, ...b.filters };
  const [[runsA], [runsB], tasksA, tasksB] = await Promise.all([
    store.select(runGroup(ofA)),
    store.select(runGroup(ofB)),
    store.select(taskGroups(ofA, MOST_TASKS)),
    store.select(taskGroups(ofB, MOST_TASKS)),
  ]);
  const byName = new Map(
    tasksA.map((each) => [each.task, { a: each, b: tasksB.find(({ task }) => task === each.task) }]),
  );
  const onlyB = tasksB
    .filter(({ task }) => !byName.has(task))
    .map((each) => [each.task, { a: undefined, b: each }] as const);
  const shared = [...byName.values()].filter((each) => each.b !== undefined).length;
  const tasks = [...byName, ...onlyB].map(([task, sides]) => ({
    task,
    ...differenceOf(sides, Math.max(1, shared)),
  }));
  return {
    kind: "groups",
    a: { label: a.label, runs: runsA?.ran ?? 0 },
    b: { label: b.label, runs: runsB?.ran ?? 0 },
    overall: differenceOf({ a: runsA, b: runsB }),
    tasks: tasks.sort(mostTellingFirst),
  };
}

function mostTellingFirst(a: Difference, b: Difference): number {
  return Number(b.isSignificant) - Number(a.isSignificant) || Math.abs(b.changeMs) - Math.abs(a.changeMs);
}
