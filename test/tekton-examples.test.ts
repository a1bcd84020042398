/**
 * Upstream's own examples, run as a user runs them: each file as a whole, by the built program. What must come out is said in the
 * INDEX.md beside them; the table repeats what can be checked.
 */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { bubblewrap } from "./bubblewrap.ts";
import { root, throughline } from "./program.ts";

const EXAMPLES = join(root, "../shared/conformance/tekton");

interface Task {
  name: string;
  taskRun?: string;
  pipelineRun?: string;
  status: string;
  reason: string;
  results: Record<string, unknown>;
  steps: { name: string; exitCode: number; reason: string }[];
}

interface Run {
  kind: string;
  status: string;
  reason: string;
  message: string;
  results: Record<string, unknown>;
  tasks: Task[];
  skippedTasks: { name: string; reason: string }[];
}

interface Expected {
  /** TaskRuns of each run of the file; one where it is not said. */
  taskRuns?: number | number[];
  childRuns?: number;
  reason?: string;
  results?: Record<string, unknown>;
  /** By task. */
  taskResults?: Record<string, Record<string, unknown>>;
  skipped?: string[];
  /** Exit codes of the steps, by task; of a TaskRun of its own under "". */
  exitCodes?: Record<string, number[]>;
  steps?: number;
  /** Somewhere in what the steps print. */
  prints?: (string | RegExp)[];
}

const WHEN = "When Expressions evaluated to false";

const EXPECTED: Record<string, Expected> = {
  "4808-regression": { taskRuns: 2, taskResults: { "generate-result": { RESULT_STRING: ".".repeat(3000) } } },
  "6139-regression": {
    reason: "Completed",
    results: { "result-hello": "RES1" },
    skipped: ["goodbye", "shutdown"],
  },
  "alpha__pipelines-in-pipelines-ref": { childRuns: 1 },
  "alpha__pipelines-in-pipelines": { childRuns: 1 },
  "beta__ignore-task-error": { taskRuns: 5 },
  "beta__pipeline-emitting-results": {
    taskRuns: 2,
    results: {
      "array-results": ["1", "2", "3"],
      "array-results-from-array-indexing-and-object-elements": ["1", "bar"],
      "array-indexing-results": "2",
      "object-results": { foo: "bar", hello: "world" },
      "object-results-from-array-indexing-and-object-elements": { key1: "2", key2: "world" },
      "object-element": "bar",
    },
  },
  "beta__pipelinerun-with-matrix-context-variables": { taskRuns: 5 },
  "beta__pipelinerun-with-matrix-emitting-results": {
    taskRuns: 19,
    results: {
      "pr-result-1": ["chrome", "safari", "firefox"].flatMap((browser) =>
        ["linux", "mac", "windows"].map(
          (platform) => `https://api.example/get-report/${platform}-${browser}`,
        ),
      ),
    },
  },
  "beta__pipelinerun-with-matrix-include-explicit": { taskRuns: 3 },
  "beta__pipelinerun-with-matrix-include": { taskRuns: 7 },
  "pipelineruns/ignore-step-error": { taskRuns: [2, 2] },
  "no-ci__limitrange": { taskRuns: 2, prints: ["hello world"] },
  "no-ci__pipelinerun-taskrunspecs": {
    taskRuns: 2,
    results: { sum: "22", "partial-sum": "12", "all-sum": "22-12" },
  },
  "pipeline-object-results": { taskRuns: 2 },
  "pipeline-with-displayname": { taskRuns: 3 },
  "pipelinerun-array-results-substitution": { taskRuns: 2 },
  "pipelinerun-param-array-indexing": { steps: 3 },
  "pipelinerun-results-with-params": { taskRuns: 2, prints: ["prefix:suffix"] },
  "pipelinerun-task-execution-status": { taskRuns: 3, reason: "Completed", skipped: ["task2"] },
  "pipelinerun-using-different-subpaths-of-workspace": { taskRuns: 3 },
  "pipelinerun-with-extra-params": { prints: ["300"] },
  "pipelinerun-with-parallel-tasks-using-pvc": {
    taskRuns: 5,
    taskResults: {
      starter: { message: "Hello Tekton\n" },
      upper: { message: "HELLO TEKTON\n" },
      lower: { message: "hello tekton\n" },
    },
  },
  "pipelinerun-with-pipelinespec": { taskRuns: 2, prints: ["Good Morning, Bob!", "Good Night, Bob!"] },
  "pipelinerun-with-task-timeout-override": { taskRuns: 2 },
  "pipelinerun-with-when-expressions": {
    taskRuns: 5,
    reason: "Completed",
    skipped: [
      ...[1, 2, 3, 4].map((n) => `task-should-be-skipped-${n}`),
      ...[1, 2, 3, 4, 5].map((n) => `finally-task-should-be-skipped-${n}`),
    ],
    taskResults: { "check-file": { exists: "yes" } },
  },
  "propagating-workspaces-in-pipelines": {},
  propagating_params_implicit_parameters: {
    taskRuns: 2,
    prints: ["Pipeline Hello World!", "And Finally ... Pipeline Hello World!"],
  },
  propagating_params_with_scope_precedence_default_only: {
    taskRuns: 2,
    prints: ["Pipeline Hello World!", "And finally... Pipeline Hello World!"],
  },
  propagating_results_implicit_resultref: { taskRuns: 2, taskResults: { "add-uid": { uid: "1001\n" } } },
  propagating_workspaces_with_referenced_resources: { taskRuns: 2, prints: [/\bhi\b/] },
  "stepaction-params": {
    steps: 1,
    prints: [
      /pipelinerun array param/,
      /pipelinerun stringparam/,
      /step-action default key1/,
      /pipelinerun key2/,
    ],
  },
  task_results_example: { taskRuns: 3 },
  "pipelineruns/using_context_variables": { steps: 3 },
  "workspace-from-volumeclaimtemplate": { taskRuns: 2 },
  "5080-entrypoint-init-regression": { prints: ["init foo bar"] },
  "alpha__param-enum": { prints: ["v1"] },
  "alpha__produce-consume-artifacts": {
    steps: 3,
    prints: ["pkg:github/package-url/purl-spec@244fd47e07d1004f0aed9c"],
  },
  "alpha__task-artifacts": { steps: 1 },
  "beta__emit-array-results": {
    steps: 2,
    taskResults: { "": { "array-results": ["hello", "world"] } },
    prints: ["TRUE"],
  },
  "beta__large-task-result": { steps: 2 },
  "custom-env": {},
  "custom-volume": { steps: 2 },
  default_task_params: { prints: ["No input provided, but that's okay!"] },
  "home-volume": { steps: 3 },
  "taskruns/ignore-step-error": { exitCodes: { "": [1, 0] } },
  "object-param-result": {
    steps: 2,
    taskResults: { "": { "object-results": { IMAGE_URL: "ar.com", IMAGE_DIGEST: "sha234" } } },
  },
  "optional-workspaces": {},
  "readonly-internal-dir": { steps: 3 },
  "step-by-digest": { prints: ["hello"] },
  "stepaction-passing-results": { steps: 2 },
  "stepaction-results": { taskResults: { "": { "step-result": "I am a Step Action!!!\n" } } },
  "steptemplate-env-merge": { steps: 5 },
  "steptemplate-variable-interop": { prints: ["hello from ubuntu"] },
  "unnamed-steps": { steps: 3 },
  "taskruns/using_context_variables": { steps: 2 },
  "workspace-readonly": { steps: 4 },
  "workspace-volume": { steps: 3 },
  "workspace-with-volumeClaimTemplate": {},
  "pipelineruns__propagating-workspaces": { taskRuns: 2, prints: ["success!!!"] },
  "pipelineruns__using-optional-workspaces-in-when-expressions": {
    reason: "Completed",
    skipped: ["print-default-motd"],
  },
  pipelineruns__workspaces: { taskRuns: 2 },
  "taskruns__beta__workspace-in-sidecar": { prints: ["Sidecar responded: good day"] },
  taskruns__configmap: {},
  "taskruns__run-steps-as-non-root": { steps: 2 },
  "taskruns__secret-env-from": {},
  "taskruns__secret-volume-params": {},
  "taskruns__sidecar-interp": {},
  "taskruns__sidecar-ready-script": {},
  "taskruns__step-script": { steps: 12 },
  taskruns__workspace: { steps: 8 },
};

const files = existsSync(EXAMPLES)
  ? ["pipelineruns", "taskruns", "extended"].flatMap((folder) =>
      readdirSync(join(EXAMPLES, folder)).map((file) => join(EXAMPLES, folder, file)),
    )
  : [];

/** Some names are in two folders. */
function expectationOf(file: string): Expected | undefined {
  const name = basename(file, ".yaml");
  const folder = basename(join(file, ".."));
  return EXPECTED[`${folder}/${name}`] ?? EXPECTED[name];
}

async function run(file: string): Promise<{ runs: Run[]; output: string }> {
  const { stdout, stderr } = await throughline(["run", file, "--output", "json", "--no-store"]);
  if (stdout === "") throw new Error(`no answer: ${stderr}`);
  const answer = JSON.parse(stdout) as Run | Run[];
  return { runs: Array.isArray(answer) ? answer : [answer], output: stderr };
}

describe.skipIf(files.length === 0 || bubblewrap === undefined)(
  `Tekton's own examples (skipped without ../shared and bubblewrap)`,
  () => {
    it("are all in the table", () => {
      expect(files.filter((file) => expectationOf(file) === undefined)).toEqual([]);
    });

    it.concurrent.each(files.map((file) => [file.slice(EXAMPLES.length + 1), file] as const))(
      "%s",
      async (_name, file) => {
        const expected = expectationOf(file) ?? {};
        const { runs, output } = await run(file);
        for (const [index, each] of runs.entries()) check(each, index, expected, output);
        for (const text of expected.prints ?? []) expect(output).toMatch(text);
      },
      120_000,
    );
  },
);

function check(run: Run, index: number, expected: Expected, output: string): void {
  const fallback = run.kind === "PipelineRun" ? (expected.reason ?? "Succeeded") : "Succeeded";
  expect(`${run.status} ${run.reason}: ${run.message}`, output).toMatch(
    new RegExp(`^Succeeded ${fallback}: `),
  );
  const taskRuns = run.tasks.filter(({ taskRun }) => taskRun !== undefined);
  const count = Array.isArray(expected.taskRuns) ? expected.taskRuns[index] : expected.taskRuns;
  expect(taskRuns).toHaveLength(count ?? 1);
  expect(run.tasks.length - taskRuns.length).toBe(expected.childRuns ?? 0);
  if (expected.results !== undefined) expect(run.results).toEqual(expected.results);
  expect(run.skippedTasks.map(({ name }) => name).sort()).toEqual([...(expected.skipped ?? [])].sort());
  expect(run.skippedTasks.every(({ reason }) => reason === WHEN)).toBe(true);
  const taskOf = (name: string) => run.tasks.find((task) => name === "" || task.name === name);
  for (const [name, results] of Object.entries(expected.taskResults ?? {}))
    expect(taskOf(name)?.results).toEqual(results);
  for (const [name, codes] of Object.entries(expected.exitCodes ?? {}))
    expect(taskOf(name)?.steps.map(({ exitCode }) => exitCode)).toEqual(codes);
  if (expected.steps !== undefined)
    expect(run.tasks.flatMap(({ steps }) => steps)).toHaveLength(expected.steps);
}
