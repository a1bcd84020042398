/** The specs of Tekton's kinds (docs/pipeline-api.md). */
import {
  CONTAINER_FIELDS,
  ENV,
  POD_TEMPLATE,
  SIDECAR_FIELDS,
  VOLUME_MOUNTS,
  VOLUME_SOURCES,
  VOLUMES,
} from "./pod-shapes.ts";
import type { Fields, Shape } from "./shape.ts";

const TEXTS: Shape = { list: "text" };
const PROPERTIES: Shape = { map: { fields: { type: "text" } } };
const PARAMS: Shape = { list: { fields: { name: "name", value: "given value" } } };

const PARAM_SPECS: Shape = {
  list: {
    fields: {
      name: "name",
      type: "text",
      description: "text",
      properties: PROPERTIES,
      default: "value",
      enum: TEXTS,
    },
  },
};

const RESULT_FIELDS: Fields = {
  name: "name",
  type: "text",
  description: "text",
  properties: PROPERTIES,
};

const TASK_RESULTS: Shape = { list: { fields: { ...RESULT_FIELDS, value: "value" } } };
const STEP_RESULTS: Shape = { list: { fields: RESULT_FIELDS } };

const REFERENCE_FIELDS: Fields = { name: "text", resolver: "text", params: PARAMS };
const TASK_REF: Shape = { fields: { ...REFERENCE_FIELDS, kind: "text", apiVersion: "text" } };
const PIPELINE_REF: Shape = { fields: { ...REFERENCE_FIELDS, apiVersion: "text" } };

const WHEN: Shape = {
  list: { fields: { input: "text", operator: "text", values: TEXTS, cel: "text" } },
};

const LABELS_AND_ANNOTATIONS: Shape = {
  fields: { labels: { map: "text" }, annotations: { map: "text" } },
};

const WORKSPACE_USAGES: Shape = { list: { fields: { name: "name", mountPath: "text" } } };
const OUTPUT: Shape = { fields: { path: "text" } };

const STEP: Shape = {
  fields: {
    ...CONTAINER_FIELDS,
    name: "text",
    displayName: "text",
    script: "text",
    timeout: "duration",
    workspaces: WORKSPACE_USAGES,
    onError: "text",
    stdoutConfig: OUTPUT,
    stderrConfig: OUTPUT,
    ref: { fields: REFERENCE_FIELDS },
    params: PARAMS,
    results: STEP_RESULTS,
    when: WHEN,
  },
};

const TASK_SPEC_FIELDS: Fields = {
  params: PARAM_SPECS,
  displayName: "text",
  description: "text",
  steps: { list: STEP },
  volumes: VOLUMES,
  stepTemplate: { fields: CONTAINER_FIELDS },
  sidecars: {
    list: { fields: { ...SIDECAR_FIELDS, name: "text", script: "text", workspaces: WORKSPACE_USAGES } },
  },
  workspaces: {
    list: {
      fields: {
        name: "name",
        description: "text",
        mountPath: "text",
        readOnly: "boolean",
        optional: "boolean",
      },
    },
  },
  results: TASK_RESULTS,
};

const EMBEDDED_TASK: Shape = {
  fields: {
    ...TASK_SPEC_FIELDS,
    apiVersion: "text",
    kind: "text",
    metadata: LABELS_AND_ANNOTATIONS,
    spec: "any",
  },
};

const MATRIX: Shape = {
  fields: { params: PARAMS, include: { list: { fields: { name: "text", params: PARAMS } } } },
};

const PIPELINE_TASKS: Shape = {
  list: {
    fields: {
      name: "text",
      displayName: "text",
      description: "text",
      taskRef: TASK_REF,
      taskSpec: EMBEDDED_TASK,
      pipelineRef: PIPELINE_REF,
      pipelineSpec: () => PIPELINE_SPEC,
      when: WHEN,
      retries: "integer",
      runAfter: TEXTS,
      params: PARAMS,
      matrix: MATRIX,
      workspaces: { list: { fields: { name: "name", workspace: "text", subPath: "text" } } },
      timeout: "duration",
      onError: "text",
    },
  },
};

const PIPELINE_SPEC: Shape = {
  fields: {
    displayName: "text",
    description: "text",
    tasks: PIPELINE_TASKS,
    params: PARAM_SPECS,
    workspaces: { list: { fields: { name: "name", description: "text", optional: "boolean" } } },
    results: { list: { fields: { name: "name", type: "text", description: "text", value: "value" } } },
    finally: PIPELINE_TASKS,
  },
};

const BINDINGS: Shape = {
  list: { fields: { name: "name", subPath: "text", volumeClaimTemplate: "any", ...VOLUME_SOURCES } },
};

const OVERRIDES: Shape = { list: { fields: { name: "text", computeResources: "any" } } };

const PIPELINE_RUN_SPEC: Shape = {
  fields: {
    pipelineRef: PIPELINE_REF,
    pipelineSpec: PIPELINE_SPEC,
    params: PARAMS,
    status: "text",
    timeouts: { fields: { pipeline: "duration", tasks: "duration", finally: "duration" } },
    taskRunTemplate: { fields: { podTemplate: POD_TEMPLATE, serviceAccountName: "text" } },
    workspaces: BINDINGS,
    taskRunSpecs: {
      list: {
        fields: {
          pipelineTaskName: "text",
          serviceAccountName: "text",
          podTemplate: POD_TEMPLATE,
          stepSpecs: OVERRIDES,
          sidecarSpecs: OVERRIDES,
          metadata: LABELS_AND_ANNOTATIONS,
          computeResources: "any",
          timeout: "duration",
        },
      },
    },
    managedBy: "text",
  },
};

const TASK_RUN_SPEC: Shape = {
  fields: {
    debug: { fields: { breakpoints: { fields: { onFailure: "text", beforeSteps: TEXTS } } } },
    params: PARAMS,
    serviceAccountName: "text",
    taskRef: TASK_REF,
    taskSpec: { fields: TASK_SPEC_FIELDS },
    status: "text",
    statusMessage: "text",
    retries: "integer",
    timeout: "duration",
    podTemplate: POD_TEMPLATE,
    workspaces: BINDINGS,
    stepSpecs: OVERRIDES,
    sidecarSpecs: OVERRIDES,
    computeResources: "any",
    managedBy: "text",
  },
};

const STEP_ACTION_SPEC: Shape = {
  fields: {
    description: "text",
    image: "text",
    command: TEXTS,
    args: TEXTS,
    env: ENV,
    script: "text",
    workingDir: "text",
    params: PARAM_SPECS,
    results: STEP_RESULTS,
    securityContext: "any",
    volumeMounts: VOLUME_MOUNTS,
  },
};

const CUSTOM_RUN_SPEC: Shape = {
  fields: {
    customRef: TASK_REF,
    customSpec: {
      fields: { apiVersion: "text", kind: "text", metadata: LABELS_AND_ANNOTATIONS, spec: "any" },
    },
    params: PARAMS,
    status: "text",
    statusMessage: "text",
    retries: "integer",
    serviceAccountName: "text",
    timeout: "duration",
    workspaces: BINDINGS,
  },
};

/** The shape of `spec`, by kind. */
export const SPEC_SHAPES: ReadonlyMap<string, Shape> = new Map([
  ["Task", { fields: TASK_SPEC_FIELDS }],
  ["Pipeline", PIPELINE_SPEC],
  ["PipelineRun", PIPELINE_RUN_SPEC],
  ["TaskRun", TASK_RUN_SPEC],
  ["StepAction", STEP_ACTION_SPEC],
  ["CustomRun", CUSTOM_RUN_SPEC],
]);
