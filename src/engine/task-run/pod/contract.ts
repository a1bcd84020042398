/** Paths and names that the reconciler, the entrypoint and users' scripts share (docs/container-contract.md). */

export const ENTRYPOINT = "/tekton/bin/entrypoint";
export const WORKSPACE_DIRECTORY = "/workspace";
export const RUN_DIRECTORY = "/tekton/run";
export const STEPS_DIRECTORY = "/tekton/steps";
export const RESULTS_DIRECTORY = "/tekton/results";
export const SCRIPTS_DIRECTORY = "/tekton/scripts";
export const CREDENTIALS_DIRECTORY = "/tekton/creds";
export const DOWNWARD_DIRECTORY = "/tekton/downward";
export const ARTIFACTS_FILE = "artifacts/provenance.json";
export const TERMINATION_FILE = "/tekton/termination";

/** Image of containers that do nothing but the entrypoint's own work. */
export const ENTRYPOINT_IMAGE = "entrypoint";
/** Replaces the image of a sidecar that is to stop. */
export const NOP_IMAGE = "nop";

/** Annotation of the Pod that lets the first step begin. */
export const READY_ANNOTATION = "tekton.dev/ready";

const MAX_NAME_LENGTH = 63;

/** What a step is called: by its name, or its place. */
export function stepName({ name }: { name?: string }, index: number): string {
  return name || `unnamed-${index}`;
}

/** The name of a step's container. */
export function stepContainer(step: { name?: string }, index: number): string {
  return `step-${stepName(step, index)}`.slice(0, MAX_NAME_LENGTH).replace(/[^a-zA-Z0-9]+$/, "");
}

export function sidecarContainer(name: string): string {
  return `sidecar-${name}`;
}

/** Whether a container is one of the steps; a Pod may have more than the TaskRun gave it. */
export function isStepContainer(name: string): boolean {
  return name.startsWith("step-");
}

/** Where a step keeps what it tells others: its exit code, results and artifacts. */
export function stepDirectory(step: { name?: string }, index: number): string {
  return `${STEPS_DIRECTORY}/step-${stepName(step, index)}`;
}
