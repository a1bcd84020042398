import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ApiError, type KubeObject } from "../../kube/index.ts";
import { admit, validatePipelineSpec, validateTaskSpec } from "./index.ts";

const DENIED =
  'admission webhook "validation.webhook.pipeline.tekton.dev" denied the request: validation failed: ';

function objectOf(kind: string, spec: unknown): KubeObject {
  const version = kind === "StepAction" || kind === "CustomRun" ? "v1beta1" : "v1";
  return { apiVersion: `tekton.dev/${version}`, kind, metadata: { name: "demo" }, spec } as KubeObject;
}

function admitNew(kind: string, yaml: string) {
  return admit({ operation: "create", object: objectOf(kind, parse(yaml)) });
}

/** What is said against it; "admitted" when nothing is. */
function denialOf(work: () => unknown): string {
  try {
    work();
    return "admitted";
  } catch (fault) {
    expect(fault).toBeInstanceOf(ApiError);
    expect(fault).toMatchObject({ status: 400, reason: "BadRequest" });
    return (fault as ApiError).message.replace(DENIED, "");
  }
}

type Case = [title: string, kind: string, yaml: string, message: string];

const STEP = "{ image: alpine, script: echo }";

const TASKS: Case[] = [
  ["steps", "Task", "params: []", "missing field(s): spec.steps"],
  ["an image", "Task", "steps: [{ script: echo }]", "missing field(s): spec.steps[0].Image"],
  [
    "script or command",
    "Task",
    "steps: [{ image: alpine, script: echo, command: [sh] }]",
    "script cannot be used with command: spec.steps[0].script",
  ],
  [
    "step names that are labels",
    "Task",
    "steps: [{ name: No_Label, image: alpine }]",
    `invalid value "No_Label": spec.steps[0].name
Task step name must be a valid DNS Label, For more info refer to https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names`,
  ],
  [
    "step names once",
    "Task",
    "steps: [{ name: a, image: alpine }, { name: a, image: alpine }]",
    "expected exactly one, got both: spec.steps[1].name",
  ],
  [
    "params it knows",
    "Task",
    "steps: [{ image: alpine, args: ['$(params.who)'] }]",
    'non-existent variable in "$(params.who)": spec.steps[0].args[0]',
  ],
  [
    "arrays alone in their element",
    "Task",
    "{ params: [{ name: list, type: array }], steps: [{ image: alpine, args: ['-v $(params.list[*])'] }] }",
    'variable is not properly isolated in "-v $(params.list[*])": spec.steps[0].args[0]',
  ],
  [
    "no arrays in scripts",
    "Task",
    "{ params: [{ name: list, type: array }], steps: [{ image: alpine, script: 'echo $(params.list[*])' }] }",
    'variable type invalid in "echo $(params.list[*])": spec.steps[0].script',
  ],
  [
    "keys an object has",
    "Task",
    "{ params: [{ name: o, properties: { a: {} } }], steps: [{ image: alpine, script: 'echo $(params.o.b)' }] }",
    'non-existent variable in "echo $(params.o.b)": spec.steps[0].script',
  ],
  [
    "properties of objects",
    "Task",
    "{ params: [{ name: o, type: object }], steps: [{ image: alpine }] }",
    "missing field(s): spec.o.properties",
  ],
  [
    "defaults of the type",
    "Task",
    "{ params: [{ name: p, type: array, default: text }], steps: [{ image: alpine }] }",
    '"array" type does not match default value\'s type: "string": spec.params.p.default.type, spec.params.p.type',
  ],
  [
    "types there are",
    "Task",
    "{ params: [{ name: p, type: number }], steps: [{ image: alpine }] }",
    "invalid value: number: spec.params.p.type",
  ],
  [
    "params once",
    "Task",
    "{ params: [{ name: p }, { name: p }], steps: [{ image: alpine }] }",
    "parameter appears more than once: spec.params[p]",
  ],
  [
    "param names of letters",
    "Task",
    "{ params: [{ name: 1p }], steps: [{ image: alpine }] }",
    `The format of following array and string variable names is invalid: [1p]: spec.params
String/Array Names: 
Must only contain alphanumeric characters, hyphens (-), underscores (_), and dots (.)
Must begin with a letter or an underscore (_)`,
  ],
  [
    "enums that have the default",
    "Task",
    "{ params: [{ name: p, enum: [a, b, a], default: c }], steps: [{ image: alpine }] }",
    `param default value c not in the enum list: spec.params[p]
parameter enum value a appears more than once: spec.params[p]`,
  ],
  [
    "/tekton for itself",
    "Task",
    "steps: [{ image: alpine, volumeMounts: [{ name: tekton-internal-x, mountPath: /tekton/bin }] }]",
    `volumeMount cannot be mounted under /tekton/ (volumeMount "tekton-internal-x" mounted at "/tekton/bin"): spec.steps[0].volumeMounts[0].mountPath
volumeMount name "tekton-internal-x" cannot start with "tekton-internal-": spec.steps[0].volumeMounts[0].name`,
  ],
  [
    "volumes once",
    "Task",
    "{ volumes: [{ name: v, emptyDir: {} }, { name: v, emptyDir: {} }], steps: [{ image: alpine }] }",
    'multiple volumes with same name "v": spec.volumes[1].name',
  ],
  [
    "an onError it knows",
    "Task",
    "steps: [{ image: alpine, onError: ignore }]",
    `invalid value: "ignore": spec.steps[0].onError
Task step onError must be either "continue" or "stopAndFail"`,
  ],
  [
    "timeouts forward",
    "Task",
    "steps: [{ image: alpine, timeout: -1m }]",
    "invalid value: -1m0s: spec.steps[0].negative timeout",
  ],
  [
    "results with names",
    "Task",
    "{ results: [{ name: _r }], steps: [{ image: alpine }] }",
    `invalid key name "_r": spec.results[0].name
Name must consist of alphanumeric characters, '-', '_', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my-name',  or 'my_name', regex used for validation is '^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$')`,
  ],
  [
    "results it declares",
    "Task",
    "steps: [{ image: alpine, script: 'echo > $(results.r.path)' }]",
    'non-existent variable in "echo > $(results.r.path)": spec.steps[0].script',
  ],
  [
    "results of steps that are expressions",
    "Task",
    "{ results: [{ name: r, value: text }], steps: [{ image: alpine }] }",
    'Could not extract step name and result name. Expected value to look like $(steps.<stepName>.results.<resultName>) but got "text": spec.results[0].r.value',
  ],
  [
    "results of steps only where they are known in time",
    "Task",
    "steps: [{ image: '$(steps.a.results.image)' }]",
    "stepResult substitutions are only allowed in env, command and args. Found usage in: spec.steps[0].image",
  ],
  [
    "workspaces once, on free paths",
    "Task",
    `{ workspaces: [{ name: w }, { name: w }], steps: [${STEP}] }`,
    `workspace mount path "/workspace/w" must be unique: spec.workspaces[1].mountpath
workspace name "w" must be unique: spec.workspaces[1].name`,
  ],
  [
    "workspaces it declares",
    "Task",
    "steps: [{ image: alpine, workspaces: [{ name: w }] }]",
    'undefined workspace "w": spec.steps[0].workspaces[0].name',
  ],
  [
    "a StepAction's program or its own",
    "Task",
    "steps: [{ ref: { name: a }, image: alpine, env: [{ name: A, value: b }] }]",
    `env cannot be used with Ref: spec.steps[0].env
image cannot be used with Ref: spec.steps[0].image`,
  ],
  [
    "params for StepActions only",
    "Task",
    "steps: [{ image: alpine, params: [{ name: a, value: b }] }]",
    "params cannot be used without Ref: spec.steps[0].params",
  ],
  [
    "sidecars of other names",
    "Task",
    `{ sidecars: [{ name: sidecar-tekton-log-results }], steps: [${STEP}] }`,
    `Invalid: cannot use reserved sidecar name sidecar-tekton-log-results : spec.sidecars[0].name
missing field(s): spec.sidecars[0].image`,
  ],
  [
    "an image in StepActions",
    "StepAction",
    "script: 'echo $(params.p)'",
    `missing field(s): spec.Image
non-existent variable in "echo $(params.p)": spec.script
param substitution in scripts is not allowed.: spec.script`,
  ],
];

const TASK = `taskSpec: { steps: [${STEP}] }`;

const PIPELINES: Case[] = [
  [
    "something",
    "Pipeline",
    "{}",
    "expected at least one, got none: spec.description, spec.params, spec.resources, spec.tasks, spec.workspaces",
  ],
  [
    "a definition for each task",
    "Pipeline",
    "tasks: [{ name: a }]",
    "expected exactly one, got neither: spec.tasks[0].pipelineRef, spec.tasks[0].pipelineSpec, spec.tasks[0].taskRef, spec.tasks[0].taskSpec",
  ],
  [
    "one definition for each task",
    "Pipeline",
    `tasks: [{ name: a, taskRef: { name: b }, ${TASK} }]`,
    "expected exactly one, got multiple: spec.tasks[0].taskRef, spec.tasks[0].taskSpec",
  ],
  [
    "task names that are labels",
    "Pipeline",
    "tasks: [{ name: A.b, taskRef: { name: b } }]",
    `invalid value "A.b": spec.tasks[0].name
Pipeline Task name must be a valid DNS Label.For more info refer to https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names`,
  ],
  [
    "task names once",
    "Pipeline",
    "{ tasks: [{ name: a, taskRef: { name: b } }], finally: [{ name: a, taskRef: { name: b } }] }",
    "expected exactly one, got both: spec.finally[0].name",
  ],
  [
    "tasks before final ones",
    "Pipeline",
    "finally: [{ name: a, taskRef: { name: b } }]",
    "invalid value: spec.tasks is empty but spec.finally has 1 tasks: spec.finally",
  ],
  [
    "no order among final tasks",
    "Pipeline",
    "{ tasks: [{ name: a, taskRef: { name: b } }], finally: [{ name: z, runAfter: [a], taskRef: { name: b } }] }",
    "invalid value: no runAfter allowed under spec.finally, final task z has runAfter specified: spec.finally[0]",
  ],
  [
    "no results among final tasks",
    "Pipeline",
    `tasks: [{ name: a, taskRef: { name: b } }]
finally:
  - { name: y, taskRef: { name: b } }
  - { name: z, taskRef: { name: b }, params: [{ name: p, value: $(tasks.y.results.r) }] }`,
    "invalid value: invalid task result reference, final task has task result reference from a final task y: spec.finally[1].params[p].value",
  ],
  [
    "status for final tasks only",
    "Pipeline",
    "tasks: [{ name: a, taskRef: { name: b }, when: [{ input: $(tasks.z.status), operator: in, values: [x] }] }]",
    "invalid value: pipeline tasks can not refer to execution status of any other pipeline task or aggregate status of tasks: spec.tasks[0].when[0]",
  ],
  [
    "status of tasks there are",
    "Pipeline",
    "{ tasks: [{ name: a, taskRef: { name: b } }], finally: [{ name: z, taskRef: { name: b }, params: [{ name: p, value: $(tasks.q.status) }] }] }",
    "invalid value: pipeline task q is not defined in the pipeline: spec.finally[0].params[p].value",
  ],
  [
    "variables of its own",
    "Pipeline",
    "tasks: [{ name: a, taskRef: { name: b }, params: [{ name: p, value: $(HOME) }] }]",
    `invalid value: invalid variable reference "$(HOME)", must start with a valid prefix: params, tasks, finally, context, workspaces, or results; if you meant a shell variable, use \${VAR} instead: spec.tasks[0].params[p].value`,
  ],
  [
    "params it declares",
    "Pipeline",
    "tasks: [{ name: a, taskRef: { name: b }, params: [{ name: p, value: $(params.q) }] }]",
    'non-existent variable in "$(params.q)": spec.tasks[0].params[p]',
  ],
  [
    "contexts there are",
    "Pipeline",
    "tasks: [{ name: a, taskRef: { name: b }, params: [{ name: p, value: $(context.pipelineRun.id) }] }]",
    'non-existent variable in "$(context.pipelineRun.id)": spec.tasks[0].params[p].value',
  ],
  [
    "workspaces it declares",
    "Pipeline",
    "tasks: [{ name: a, taskRef: { name: b }, workspaces: [{ name: w, workspace: v }] }]",
    'invalid value: pipeline task "a" expects workspace with name "v" but none exists in pipeline spec: spec.tasks[0].workspaces[0]',
  ],
  [
    "guards with operators",
    "Pipeline",
    "tasks: [{ name: a, taskRef: { name: b }, when: [{ input: x, operator: is, values: [x] }, { input: x, operator: in }] }]",
    `invalid value: expecting non-empty values field: spec.tasks[0].when[1]
invalid value: operator "is" is not recognized. valid operators: in,notin: spec.tasks[0].when[0]`,
  ],
  [
    "a matrix or a param",
    "Pipeline",
    "tasks: [{ name: a, taskRef: { name: b }, params: [{ name: p, value: x }], matrix: { params: [{ name: p, value: [x] }] } }]",
    "expected exactly one, got both: spec.tasks[0].matrix[p], spec.tasks[0].params[p]",
  ],
  [
    "results that refer to tasks",
    "Pipeline",
    "{ tasks: [{ name: a, taskRef: { name: b } }], results: [{ name: r, value: $(tasks.z.results.r) }] }",
    "invalid value: referencing a nonexistent task: spec.results[0].value",
  ],
  [
    "onError without retries",
    "Pipeline",
    "tasks: [{ name: a, taskRef: { name: b }, onError: continue, retries: 1 }]",
    'PipelineTask OnError cannot be set to "continue" when Retries is greater than 0: spec.tasks[0]',
  ],
  [
    "types of custom tasks",
    "Pipeline",
    "tasks: [{ name: a, taskSpec: { apiVersion: example.dev/v1 } }, { name: c, taskRef: { name: b, kind: Wait, apiVersion: v1 } }]",
    `invalid value: custom task spec must specify kind: spec.tasks[0].taskSpec.kind
invalid value: invalid apiVersion format "v1", must be in the format "group/version": spec.tasks[1].taskRef.apiVersion`,
  ],
];

const RUNS: Case[] = [
  [
    "a pipeline",
    "PipelineRun",
    "{}",
    "expected exactly one, got neither: spec.pipelineRef, spec.pipelineSpec",
  ],
  ["a task", "TaskRun", "{}", "expected exactly one, got neither: spec.taskRef, spec.taskSpec"],
  [
    "one task",
    "TaskRun",
    `{ taskRef: { name: a }, ${TASK} }`,
    "expected exactly one, got both: spec.taskRef, spec.taskSpec",
  ],
  ["a name to refer to", "TaskRun", "taskRef: { kind: Task }", "missing field(s): spec.taskRef.name"],
  [
    "params once",
    "TaskRun",
    "{ taskRef: { name: a }, params: [{ name: p, value: a }, { name: P, value: b }] }",
    "expected exactly one, got both: spec.params[P].name",
  ],
  [
    "retries forward",
    "TaskRun",
    "{ taskRef: { name: a }, retries: -1 }",
    "invalid value: -1 should be >= 0: spec.retries",
  ],
  [
    "timeouts forward",
    "TaskRun",
    "{ taskRef: { name: a }, timeout: -1s }",
    "invalid value: -1s should be >= 0: spec.timeout",
  ],
  [
    "a status it knows",
    "PipelineRun",
    "{ pipelineRef: { name: a }, status: Paused }",
    "invalid value: Paused should be Cancelled, CancelledRunFinally, StoppedRunFinally or PipelineRunPending: spec.status",
  ],
  [
    "timeouts that fit",
    "PipelineRun",
    "{ pipelineRef: { name: a }, timeouts: { pipeline: 10m, tasks: 8m, finally: 5m } }",
    "invalid value: 8m0s + 5m0s should be <= pipeline duration: spec.timeouts.finally, spec.timeouts.tasks",
  ],
  [
    "timeouts of tasks that fit",
    "PipelineRun",
    "{ pipelineRef: { name: a }, taskRunSpecs: [{ pipelineTaskName: b, timeout: 2h }] }",
    "invalid value: 2h0m0s should be <= pipeline duration 1h0m0s: spec.taskRunSpecs[0].timeout",
  ],
  [
    "one source for a workspace",
    "PipelineRun",
    "{ pipelineRef: { name: a }, workspaces: [{ name: w, emptyDir: {}, configMap: { name: c } }, { name: w, secret: {} }] }",
    `expected exactly one, got both: spec.workspaces[0].configmap, spec.workspaces[0].emptydir, spec.workspaces[0].persistentvolumeclaim, spec.workspaces[0].secret, spec.workspaces[0].volumeclaimtemplate
missing field(s): spec.workspaces[1].secret.secretName
workspace "w" provided by pipelinerun more than once, at index 0 and 1: spec.workspaces[1].name`,
  ],
  [
    "no results before it began",
    "PipelineRun",
    "{ pipelineRef: { name: a }, params: [{ name: p, value: $(tasks.a.results.r) }] }",
    "invalid value: cannot use result expressions in [tasks.a.results.r] as PipelineRun parameter values: spec.params[p].value",
  ],
  [
    "params somebody gives to inline steps",
    "PipelineRun",
    "{ params: [{ name: p, value: v }], pipelineSpec: { tasks: [{ name: a, taskSpec: { steps: [{ image: alpine, script: 'echo $(params.p) $(params.q)' }] } }] } }",
    'non-existent variable in "echo $(params.p) $(params.q)": spec.pipelineSpec.tasks[0].taskSpec.steps[0].script',
  ],
  [
    "one kind of CustomRun",
    "CustomRun",
    "{ customRef: { apiVersion: example.dev/v1 } }",
    "missing field(s): spec.customRef.kind",
  ],
];

const SHAPES: Case[] = [
  ["a list for a list", "Task", "steps: text", "spec.steps: expected a list, got text"],
  [
    "text for text",
    "Task",
    "steps: [{ image: alpine, env: [{ name: A, value: 5 }] }]",
    "spec.steps[0].env[0].value: expected text, got the number 5",
  ],
  [
    "a duration for a timeout",
    "TaskRun",
    "{ taskRef: { name: a }, timeout: 1 hour }",
    'spec.timeout: expected a duration such as 90s or 1h30m, got "1 hour"',
  ],
  [
    "an integer for retries",
    "TaskRun",
    "{ taskRef: { name: a }, retries: '3' }",
    "spec.retries: expected an integer, got text",
  ],
  [
    "a mapping for a mapping",
    "PipelineRun",
    "pipelineRef: build",
    "spec.pipelineRef: expected a mapping, got text",
  ],
  ["a spec", "TaskRun", "null", "missing field(s): spec"],
];

describe("validation", () => {
  describe.each([
    ["tasks", TASKS],
    ["pipelines", PIPELINES],
    ["runs", RUNS],
    ["the types of fields", SHAPES],
  ])("of %s", (_, cases) => {
    it.each(cases)("asks for %s (%s)", (_title, kind, yaml, message) => {
      expect(denialOf(() => admitNew(kind, yaml))).toBe(message);
    });
  });

  it("names a cycle", () => {
    const yaml =
      "tasks: [{ name: a, runAfter: [b], taskRef: { name: t } }, { name: b, runAfter: [a], taskRef: { name: t } }]";
    expect(denialOf(() => admitNew("Pipeline", yaml))).toContain("cycle detected");
  });

  it("counts a matrix", () => {
    const values = Array.from({ length: 17 }, (_, index) => `v${index}`);
    const matrix = { params: ["a", "b"].map((name) => ({ name, value: values })) };
    const object = objectOf("Pipeline", { tasks: [{ name: "t", taskRef: { name: "b" }, matrix }] });
    const denial = denialOf(() => admit({ operation: "create", object }));
    expect(denial).toBe("expected 0 <= 289 <= 256: spec.tasks[0].matrix");
  });

  it("takes results of a matrix all together only", () => {
    const yaml = `
      tasks:
        - { name: fan, taskRef: { name: t }, matrix: { params: [{ name: p, value: [a, b] }] } }
        - { name: use, taskRef: { name: t }, params: [{ name: p, value: $(tasks.fan.results.r) }] }`;
    expect(denialOf(() => admitNew("Pipeline", yaml))).toBe(
      "A matrixed pipelineTask can only be consumed in aggregate using [*] notation, but is currently set to tasks.fan.results.r: spec.tasks[1].params[p].value",
    );
  });

  it("reads the grammar of CEL", () => {
    const pipeline = (cel: string) => `tasks: [{ name: a, taskRef: { name: t }, when: [{ cel: "${cel}" }] }]`;
    expect(denialOf(() => admitNew("Pipeline", pipeline("'$(params.p)' == 'x' &&")))).toContain(
      "invalid cel expression: '$(params.p)' == 'x' && with err:",
    );
    expect(denialOf(() => admitNew("Pipeline", pipeline("'a' in ['a', 'b']")))).toBe("admitted");
  });

  it("lets step templates complete steps", () => {
    const yaml = "{ stepTemplate: { image: alpine }, steps: [{ script: echo }, { ref: { name: a } }] }";
    expect(denialOf(() => admitNew("Task", yaml))).toBe("admitted");
  });

  it("knows names", () => {
    const object = { ...objectOf("TaskRun", { taskRef: { name: "a" } }), metadata: { name: "Not_A_Name" } };
    expect(denialOf(() => admit({ operation: "create", object }))).toBe(
      'invalid resource name "Not_A_Name": must be a valid DNS label: metadata.name',
    );
  });

  it("says of a spec that somebody fetched what is wrong with it", () => {
    expect(validateTaskSpec({ steps: [] }, "spec.taskSpec")).toBe("missing field(s): spec.taskSpec.steps");
    expect(validateTaskSpec({ steps: [{ image: "alpine" }] })).toBeUndefined();
    expect(validatePipelineSpec({ tasks: [{ name: "a", taskRef: { name: "b" } }] })).toBeUndefined();
    expect(validatePipelineSpec({ tasks: [{ name: "a" }] })).toContain("expected exactly one, got neither");
  });
});

describe("defaults", () => {
  it("completes a TaskRun", () => {
    const { object } = admitNew("TaskRun", "taskRef: { name: a }");
    expect(object).toMatchObject({
      metadata: { labels: { "app.kubernetes.io/managed-by": "tekton-pipelines" } },
      spec: { taskRef: { name: "a", kind: "Task" }, timeout: "1h0m0s", serviceAccountName: "default" },
    });
  });

  it("completes a PipelineRun, down to the types of params", () => {
    const yaml = `
      params: [{ name: n, value: 5 }]
      pipelineSpec:
        params: [{ name: n }, { name: list, default: [a] }, { name: o, properties: { k: {} } }]
        tasks: [{ name: a, taskRef: { name: t } }, { name: b, taskRef: { resolver: git } }]`;
    expect(admitNew("PipelineRun", yaml).object).toMatchObject({
      spec: {
        params: [{ name: "n", value: "5" }],
        pipelineSpec: {
          params: [
            { type: "string" },
            { type: "array" },
            { type: "object", properties: { k: { type: "string" } } },
          ],
          tasks: [{ taskRef: { kind: "Task" } }, { taskRef: { resolver: "git" } }],
        },
        timeouts: { pipeline: "1h0m0s" },
        taskRunTemplate: { serviceAccountName: "default" },
      },
    });
  });

  it("takes older versions", () => {
    const spec = { steps: [{ image: "alpine", resources: { limits: { cpu: "1" } } }] };
    const object = { ...objectOf("Task", spec), apiVersion: "tekton.dev/v1beta1" };
    const admission = admit({ operation: "create", object });
    expect(admission.warnings).toEqual([]);
    expect(admission.object).toMatchObject({
      apiVersion: "tekton.dev/v1",
      spec: { steps: [{ computeResources: { limits: { cpu: "1" } } }] },
    });
  });

  it("leaves other kinds alone", () => {
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } };
    expect(admit({ operation: "create", object })).toEqual({ object, warnings: [] });
  });
});

describe("unknown fields", () => {
  it("are named in a warning, with the field that may be meant, and left out", () => {
    const yaml = "tasks: [{ name: a, taskRef: { name: t }, runsAfter: [b], retrys: 1, colour: red }]";
    const { object, warnings } = admitNew("Pipeline", yaml);
    expect(warnings).toEqual([
      'unknown field "spec.tasks[0].runsAfter"; did you mean "runAfter"?',
      'unknown field "spec.tasks[0].retrys"; did you mean "retries"?',
      'unknown field "spec.tasks[0].colour"',
    ]);
    expect(object).toMatchObject({ spec: { tasks: [{ name: "a", taskRef: { name: "t", kind: "Task" } }] } });
  });

  it("are not those that are only written in other letters, as Go's JSON takes them", () => {
    const yaml = "steps: [{ image: i, script: x, WorkingDir: /a, env: [{ name: N, Value: v }] }]";
    const { object, warnings } = admitNew("Task", yaml);
    expect(warnings).toEqual([]);
    expect(object).toMatchObject({
      spec: { steps: [{ workingDir: "/a", env: [{ name: "N", value: "v" }] }] },
    });
  });

  it("that are null are as absent", () => {
    const { object } = admitNew("TaskRun", "{ taskRef: { name: a }, params: , podTemplate: null }");
    expect(object).not.toHaveProperty("spec.params");
    expect(object).not.toHaveProperty("spec.podTemplate");
  });
});

describe("updates", () => {
  const stored = admitNew("PipelineRun", "pipelineRef: { name: a }").object as KubeObject & { spec: object };
  const update = (spec: object, old: KubeObject = stored) =>
    denialOf(() =>
      admit({
        operation: "update",
        object: { ...old, spec: { ...stored.spec, ...spec } } as KubeObject,
        old,
      }),
    );

  it("may stop a run", () => {
    expect(update({ status: "Cancelled" })).toBe("admitted");
  });

  it("may change nothing else of a run", () => {
    expect(update({ params: [{ name: "p", value: "v" }] })).toBe(
      "invalid value: Once the PipelineRun has started, only status updates are allowed: spec",
    );
    expect(update({ managedBy: "me" })).toBe("invalid value: managedBy is immutable: spec.managedBy");
  });

  it("may change nothing at all of a run that is over", () => {
    const done = { ...stored, status: { conditions: [{ type: "Succeeded", status: "True" }] } };
    expect(update({ status: "Cancelled" }, done)).toBe(
      "invalid value: Once the PipelineRun is complete, no updates are allowed: spec",
    );
  });

  it("cannot hold back a run that has started", () => {
    const started = { ...stored, status: { startTime: "2026-01-01T00:00:00Z" } };
    expect(update({ status: "PipelineRunPending" }, started)).toBe(
      "invalid value: PipelineRun cannot be Pending after it is started: spec.status",
    );
  });
});
