/** The fields of a Task in which variables are replaced, and no others (docs/variables.md, "Fields that accept variable substitutions"). */
import type { Container, EnvFromSource, EnvVar, VolumeMount } from "../../kube/index.ts";
import type {
  EmbeddedTask,
  Reference,
  Sidecar,
  Step,
  TaskSpec,
  WorkspaceDeclaration,
  WorkspaceUsage,
} from "../types/index.ts";
import { type Changes, changeEach, changeFields } from "./change.ts";
import { replaceList, replaceParams, replaceText, replaceWhen } from "./replace.ts";
import type { Replacements } from "./replacements.ts";
import { substituteVolumes } from "./substitute-volumes.ts";

/** The Task with the variables of its steps, sidecars, step template, volumes and mount paths replaced. */
export function substituteTaskSpec<T extends TaskSpec | EmbeddedTask>(
  spec: T,
  replacements: Replacements,
): T {
  const text = (value: string) => replaceText(value, replacements);
  const changes: Changes<TaskSpec> = {
    steps: changeEach<Step>(stepChanges(replacements)),
    sidecars: changeEach<Sidecar>({ ...containerChanges(replacements), name: text, script: text }),
    stepTemplate: (template) => changeFields(template, containerChanges(replacements)),
    volumes: (volumes) => substituteVolumes(volumes, replacements),
    workspaces: changeEach<WorkspaceDeclaration>({ mountPath: text }),
  };
  return changeFields<TaskSpec>(spec, changes) as T;
}

/** A step with its variables replaced. */
export function substituteStep(step: Step, replacements: Replacements): Step {
  return changeFields(step, stepChanges(replacements));
}

function stepChanges(replacements: Replacements): Changes<Step> {
  const text = (value: string) => replaceText(value, replacements);
  return {
    ...containerChanges(replacements),
    name: text,
    script: text,
    onError: text,
    when: (when) => replaceWhen(when, replacements),
    ref: (ref) => substituteReference(ref, replacements),
    params: (params) => replaceParams(params, replacements),
    workspaces: changeEach<WorkspaceUsage>({ mountPath: text }),
    stdoutConfig: (config) => changeFields(config, { path: text }),
    stderrConfig: (config) => changeFields(config, { path: text }),
  };
}

type ContainerFields = Pick<
  Container,
  "image" | "command" | "args" | "workingDir" | "env" | "envFrom" | "volumeMounts"
> & { imagePullPolicy?: string };

function containerChanges(replacements: Replacements): Changes<ContainerFields> {
  const text = (value: string) => replaceText(value, replacements);
  const list = (value: readonly string[]) => replaceList(value, replacements);
  return {
    image: text,
    imagePullPolicy: text,
    command: list,
    args: list,
    workingDir: text,
    env: (env) => substituteEnv(env, replacements),
    envFrom: changeEach<EnvFromSource>({
      prefix: text,
      configMapRef: (ref) => changeFields(ref, { name: text }),
      secretRef: (ref) => changeFields(ref, { name: text }),
    }),
    volumeMounts: changeEach<VolumeMount>({ name: text, mountPath: text, subPath: text }),
  };
}

/** Environment variables with the variables in their values, and in what their values come from, replaced. */
function substituteEnv(env: readonly EnvVar[], replacements: Replacements): EnvVar[] {
  const text = (value: string) => replaceText(value, replacements);
  const key = { name: text, key: text };
  return changeEach<EnvVar>({
    value: text,
    valueFrom: (source) =>
      changeFields(source, {
        secretKeyRef: (ref) => changeFields(ref, key),
        configMapKeyRef: (ref) => changeFields(ref, key),
      }),
  })(env);
}

/** A reference with the variables in its name and in its resolver's params replaced. */
export function substituteReference(reference: Reference, replacements: Replacements): Reference {
  return changeFields(reference, {
    name: (name) => replaceText(name, replacements),
    params: (params) => replaceParams(params, replacements),
  });
}
