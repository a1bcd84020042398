/** A single step (docs/tasks.md, "Defining Steps"; docs/stepactions.md). */
import { posix } from "node:path";
import { formatGoDuration, goDurationMillis } from "../spec/index.ts";
import type { Sidecar, Step } from "../types/index.ts";
import { isDnsLabel, stepNameProblem } from "./names.ts";
import { type FieldProblem, invalidValue, missing, type Problems, problem, quote } from "./problem.ts";
import { checkReference } from "./reference.ts";
import { checkStepResults } from "./results.ts";
import { checkKnown, type TextField } from "./variables.ts";
import { checkWhen } from "./when.ts";

/** `step` has the step template merged in. */
export function checkStep(step: Step, path: string): Problems {
  return [
    ...(step.ref === undefined ? checkOwnProgram(step, path) : checkReferringStep(step, path)),
    ...(step.name && !isDnsLabel(step.name) ? [stepNameProblem(step.name, `${path}.name`)] : []),
    ...checkTimeout(step, path),
    ...checkMounts(step, path),
    ...checkOnError(step, path),
    ...checkReferencesToSteps(step, path),
    ...checkOwnResults(step, path),
    ...checkWhen(step.when, `${path}.when`),
  ];
}

/** What a step with `ref` has from its StepAction, and so cannot have of its own. */
const OF_STEP_ACTION: Readonly<Record<string, string>> = {
  image: "image",
  command: "command",
  args: "args",
  script: "script",
  workingDir: "working dir",
  env: "env",
  volumeMounts: "volumeMounts",
  results: "results",
};

function checkReferringStep(step: Step, path: string): Problems {
  const clashes = Object.entries(OF_STEP_ACTION)
    .filter(([field]) => isGiven(step[field]))
    .map(([field, words]) => problem(`${words} cannot be used with Ref`, `${path}.${field}`));
  return [...checkReference(step.ref ?? {}, `${path}.ref`), ...clashes];
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function checkOwnProgram({ params, image, script, command }: Step, path: string): Problems {
  const problems: FieldProblem[] = [];
  if (params?.length) problems.push(problem("params cannot be used without Ref", `${path}.params`));
  if (!image) problems.push(missing(`${path}.Image`));
  if (script && command?.length)
    problems.push(problem("script cannot be used with command", `${path}.script`));
  return problems;
}

function checkTimeout({ timeout }: Step, path: string): Problems {
  const millis = goDurationMillis(timeout ?? "") ?? 0;
  return millis < 0 ? [invalidValue(formatGoDuration(millis), `${path}.negative timeout`)] : [];
}

/** Tekton's own directories are not to be hidden (docs/tasks.md, "Reserved directories"). */
function checkMounts({ volumeMounts = [] }: Step, path: string): Problems {
  return volumeMounts.flatMap(({ name, mountPath }, index) => {
    const at = `${path}.volumeMounts[${index}]`;
    const mount = posix.normalize(mountPath);
    const problems: FieldProblem[] = [];
    if (mount.startsWith("/tekton/") && !mount.startsWith("/tekton/home")) {
      const which = `(volumeMount ${quote(name)} mounted at ${quote(mountPath)})`;
      problems.push(problem(`volumeMount cannot be mounted under /tekton/ ${which}`, `${at}.mountPath`));
    }
    if (name.startsWith("tekton-internal-"))
      problems.push(
        problem(`volumeMount name ${quote(name)} cannot start with "tekton-internal-"`, `${at}.name`),
      );
    return problems;
  });
}

function checkOnError({ onError }: Step, path: string): Problems {
  if (!onError || onError.startsWith("$(params")) return [];
  if (onError === "continue" || onError === "stopAndFail") return [];
  const details = 'Task step onError must be either "continue" or "stopAndFail"';
  return [{ message: `invalid value: ${quote(onError)}`, paths: [`${path}.onError`], details }];
}

const STEP_RESULT = /\$\(steps\..{0,512}?\.results\..{0,512}?\)/;
const STEP_ARTIFACT =
  /\$\(steps\.[^.]{1,512}\.(?:inputs|outputs)\.[^.)]{1,512}\)|\$\(step\.artifacts\.path\)/;

/** What other steps leave is known only inside the Pod: too late for most fields. */
function checkReferencesToSteps(step: Step, path: string): Problems {
  const settled = settledTexts(step, path);
  const script = { text: step.script ?? "", path: `${path}.script` };
  return [
    ...[...settled, script]
      .filter(({ text }) => STEP_RESULT.test(text))
      .map((field) =>
        problem(
          "stepResult substitutions are only allowed in env, command and args. Found usage in",
          field.path,
        ),
      ),
    ...settled
      .filter(({ text }) => STEP_ARTIFACT.test(text))
      .map((field) =>
        problem(
          "stepArtifact substitutions are only allowed in env, command, args and script. Found usage in",
          field.path,
        ),
      ),
  ];
}

/** Texts of a step that the Pod is made of. */
function settledTexts(step: Step, path: string): TextField[] {
  const { name, image, imagePullPolicy, workingDir, envFrom = [], volumeMounts = [] } = step;
  const fields: [string, unknown][] = [
    ...Object.entries({ name, image, imagePullPolicy, workingDir }),
    ...envFrom.flatMap(({ prefix, configMapRef, secretRef }): [string, unknown][] => [
      ["envFrom.prefix", prefix],
      ["envFrom.configMapRef", configMapRef?.name],
      ["envFrom.secretRef", secretRef?.name],
    ]),
    ...volumeMounts.flatMap((mount): [string, unknown][] => [
      ["volumeMounts.name", mount.name],
      ["volumeMounts.mountPath", mount.mountPath],
      ["volumeMounts.subPath", mount.subPath],
    ]),
  ];
  return fields.flatMap(([field, text]) =>
    typeof text === "string" ? [{ text, path: `${path}.${field}` }] : [],
  );
}

function checkOwnResults({ results, script = "" }: Step, path: string): Problems {
  if (results === undefined) return [];
  const known = new Set(results.map(({ name }) => name));
  return [
    ...checkKnown({ text: script, path: `${path}.script`, prefix: "step.results", known }),
    ...checkStepResults(results, `${path}.results`),
  ];
}

/** The one that reads results from logs in clusters set up for it. */
const RESERVED_SIDECAR = "sidecar-tekton-log-results";

/** `path` is that of the sidecar. */
export function checkSidecar({ name, image, script, command }: Sidecar, path: string): Problems {
  const problems: FieldProblem[] = [];
  if (name === RESERVED_SIDECAR)
    problems.push(problem(`Invalid: cannot use reserved sidecar name ${name} `, `${path}.name`));
  if (!image) problems.push(missing(`${path}.image`));
  if (script && command?.length)
    problems.push(problem("script cannot be used with command", `${path}.script`));
  return problems;
}
