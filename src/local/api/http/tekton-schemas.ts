/** What `kubectl explain` says of Tekton's kinds, and which fields they have (tektoncd/pipeline docs/pipeline-api.md). */
import { anything, fields, flag, listOf, type Schema, someFields, text, texts, whole } from "./schema.ts";

const NAME = text("Name.");
const DESCRIPTION = text("What it is for, for people.");
const DISPLAY_NAME = text("Name to show to people.");
const TIMEOUT = text("Longest time it may take, e.g. 1h30m. 0 is no limit.");

const PARAMS = listOf(
  fields({ name: NAME, value: anything("Text, list of texts, or texts by key.") }, "A param's value."),
  "Values of params.",
);

const PARAM_SPECS = listOf(
  fields(
    {
      name: NAME,
      type: text("string (the default), array or object."),
      description: DESCRIPTION,
      default: anything("The value where none is given."),
      properties: anything("Keys of an object."),
      enum: texts("The only values allowed."),
    },
    "A param.",
  ),
  "Params it takes.",
);

const RESULTS = listOf(
  fields(
    {
      name: NAME,
      type: text("string (the default), array or object."),
      description: DESCRIPTION,
      properties: anything("Keys of an object."),
      value: anything("Where it is taken from."),
    },
    "A result.",
  ),
  "Results it yields.",
);

const WHEN = listOf(
  fields(
    {
      input: text("What is compared."),
      operator: text("in or notin."),
      values: anything("What it is compared with."),
      cel: text("An expression in CEL, in place of the others."),
    },
    "A condition.",
  ),
  "Runs only when all of these hold.",
);

const REFERENCE = fields(
  {
    name: text("Name of the object in the same namespace."),
    kind: text("Kind of the object."),
    apiVersion: text("Version of the object's API."),
    resolver: text("Who finds it elsewhere: cluster, git, http, hub, bundles."),
    params: PARAMS,
    bundle: text("No longer supported."),
  },
  "A reference, by name or through a resolver.",
);

const WORKSPACE_USES = listOf(
  fields({ name: NAME, mountPath: text("Where it is mounted.") }, "A workspace."),
  "Workspaces only this container sees.",
);

const STEPS = listOf(
  someFields(
    {
      name: NAME,
      image: text("Image the step runs in."),
      script: text("What to run, in place of a command."),
      command: texts("What to run."),
      args: texts("Arguments of the command."),
      workingDir: text("Directory it runs in."),
      env: anything("Environment variables."),
      ref: REFERENCE,
      params: PARAMS,
      when: WHEN,
      timeout: TIMEOUT,
      onError: text("continue or stopAndFail."),
      results: RESULTS,
      workspaces: WORKSPACE_USES,
    },
    "A step: one container.",
  ),
  "Steps, which run one after the other.",
);

const TASK_FIELDS = {
  displayName: DISPLAY_NAME,
  description: DESCRIPTION,
  params: PARAM_SPECS,
  steps: STEPS,
  stepTemplate: anything("What all steps have in common."),
  sidecars: listOf(
    someFields({ name: NAME, image: text("Image."), script: text("What to run.") }, "A sidecar."),
    "Containers that run beside the steps.",
  ),
  volumes: anything("Volumes of the Pod."),
  workspaces: listOf(
    fields(
      {
        name: NAME,
        description: DESCRIPTION,
        mountPath: text("Where it is mounted; /workspace/NAME by default."),
        readOnly: flag("Whether it cannot be written to."),
        optional: flag("Whether it may be left out."),
      },
      "A workspace.",
    ),
    "Workspaces it uses.",
  ),
  results: RESULTS,
};

const EMBEDDED_TASK = fields(
  {
    ...TASK_FIELDS,
    metadata: anything("Labels and annotations of its TaskRun."),
    apiVersion: text("Of a custom task."),
    kind: text("Of a custom task."),
    spec: anything("Of a custom task."),
  },
  "A task written out.",
);

const PIPELINE_TASKS = listOf(
  fields(
    {
      name: NAME,
      displayName: DISPLAY_NAME,
      description: DESCRIPTION,
      taskRef: REFERENCE,
      taskSpec: EMBEDDED_TASK,
      pipelineRef: REFERENCE,
      pipelineSpec: anything("A pipeline written out."),
      when: WHEN,
      retries: whole("How often it is tried again when it fails."),
      runAfter: texts("Tasks that come before it."),
      params: PARAMS,
      matrix: anything("Lists of values; it runs once for each combination."),
      workspaces: listOf(
        fields(
          { name: NAME, workspace: text("The pipeline's workspace."), subPath: text("Directory in it.") },
          "A workspace.",
        ),
        "Workspaces of the pipeline it gets.",
      ),
      timeout: TIMEOUT,
      onError: text("continue or stopAndFail."),
      resources: anything("No longer supported."),
    },
    "A task of a pipeline.",
  ),
  "Tasks.",
);

const PIPELINE_SPEC = fields(
  {
    displayName: DISPLAY_NAME,
    description: DESCRIPTION,
    params: PARAM_SPECS,
    tasks: { ...PIPELINE_TASKS, description: "Tasks, which run as soon as what they depend on is done." },
    finally: { ...PIPELINE_TASKS, description: "Tasks that run in the end, whatever happened." },
    workspaces: listOf(
      fields(
        { name: NAME, description: DESCRIPTION, optional: flag("Whether it may be left out.") },
        "A workspace.",
      ),
      "Workspaces it uses.",
    ),
    results: RESULTS,
    resources: anything("No longer supported."),
  },
  "What the pipeline does.",
);

const TASK_SPEC = fields(
  { ...TASK_FIELDS, resources: anything("No longer supported.") },
  "What the task does.",
);

const WORKSPACES = listOf(
  fields(
    {
      name: NAME,
      subPath: text("Directory in it."),
      emptyDir: anything("An empty directory, gone with the Pod."),
      persistentVolumeClaim: anything("A claim that is there."),
      volumeClaimTemplate: anything("A claim that is made for this run."),
      configMap: anything("The entries of a ConfigMap as files."),
      secret: anything("The entries of a Secret as files."),
      projected: anything("Files from several of these."),
      csi: anything("A volume of a CSI driver."),
    },
    "A workspace.",
  ),
  "What the workspaces are.",
);

const STATUS = anything("What became of it.");
const POD_TEMPLATE = anything("Fields of the Pod.");
const SERVICE_ACCOUNT = text("ServiceAccount of the Pods.");
const COMPUTE_RESOURCES = anything("Requests and limits.");
const MANAGED_BY = text("Controller that runs it; tekton.dev/pipeline by default.");

const PIPELINE_RUN_SPEC = fields(
  {
    pipelineRef: REFERENCE,
    pipelineSpec: PIPELINE_SPEC,
    params: PARAMS,
    status: text("Cancelled, CancelledRunFinally, StoppedRunFinally or PipelineRunPending, to have it so."),
    timeouts: fields(
      { pipeline: TIMEOUT, tasks: TIMEOUT, finally: TIMEOUT },
      "Longest times parts of it may take.",
    ),
    taskRunTemplate: fields(
      { serviceAccountName: SERVICE_ACCOUNT, podTemplate: POD_TEMPLATE },
      "What all TaskRuns have in common.",
    ),
    taskRunSpecs: anything("What single TaskRuns have."),
    workspaces: WORKSPACES,
    managedBy: MANAGED_BY,
  },
  "What is to run.",
);

const TASK_RUN_SPEC = fields(
  {
    taskRef: REFERENCE,
    taskSpec: EMBEDDED_TASK,
    params: PARAMS,
    serviceAccountName: SERVICE_ACCOUNT,
    status: text("TaskRunCancelled or TaskRunPending, to have it so."),
    statusMessage: text("Why, for people."),
    timeout: TIMEOUT,
    retries: whole("How often it is tried again when it fails."),
    podTemplate: POD_TEMPLATE,
    workspaces: WORKSPACES,
    stepSpecs: anything("Requests and limits of single steps."),
    sidecarSpecs: anything("Requests and limits of single sidecars."),
    computeResources: COMPUTE_RESOURCES,
    debug: anything("Where to stop."),
    managedBy: MANAGED_BY,
  },
  "What is to run.",
);

interface KindSchema {
  description: string;
  properties: Readonly<Record<string, Schema>>;
}

/** Fields of Tekton's kinds in the stored version, besides apiVersion, kind and metadata. */
export const TEKTON_SCHEMAS: Readonly<Record<string, KindSchema>> = {
  PipelineRun: {
    description: "A run of a pipeline: the tasks it consists of, and how they ended.",
    properties: { spec: PIPELINE_RUN_SPEC, status: STATUS },
  },
  TaskRun: {
    description: "A run of a task: one Pod with a container for each step.",
    properties: { spec: TASK_RUN_SPEC, status: STATUS },
  },
  Pipeline: { description: "Tasks and what they depend on.", properties: { spec: PIPELINE_SPEC } },
  Task: { description: "Steps that run one after the other in one Pod.", properties: { spec: TASK_SPEC } },
  CustomRun: {
    description: "A run of something another controller knows how to run.",
    properties: { spec: anything("What is to run."), status: STATUS },
  },
  StepAction: {
    description: "A step for many tasks to use.",
    properties: { spec: anything("What the step does.") },
  },
};
