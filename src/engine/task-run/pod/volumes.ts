/** The volumes that Tekton gives to every Pod of a TaskRun, and where its steps see them (docs/container-contract.md). */
import type { Volume, VolumeMount } from "../../../kube/index.ts";
import {
  CREDENTIALS_DIRECTORY,
  DOWNWARD_DIRECTORY,
  READY_ANNOTATION,
  RESULTS_DIRECTORY,
  RUN_DIRECTORY,
  SCRIPTS_DIRECTORY,
  STEPS_DIRECTORY,
  WORKSPACE_DIRECTORY,
} from "./contract.ts";

/** What of the Pod depends on the Task. */
export interface PodShape {
  stepCount: number;
  hasScripts: boolean;
  hasSidecars: boolean;
}

const internal = (what: string) => `tekton-internal-${what}`;

const SHARED_MOUNTS: readonly VolumeMount[] = [
  { name: internal("workspace"), mountPath: WORKSPACE_DIRECTORY },
  { name: internal("home"), mountPath: "/tekton/home" },
  { name: internal("results"), mountPath: RESULTS_DIRECTORY },
  { name: internal("steps"), mountPath: STEPS_DIRECTORY, readOnly: true },
  { name: internal("artifacts"), mountPath: "/tekton/artifacts" },
];

const SCRIPTS_MOUNT: VolumeMount = { name: internal("scripts"), mountPath: SCRIPTS_DIRECTORY };
const BIN_MOUNT: VolumeMount = { name: internal("bin"), mountPath: "/tekton/bin" };

const runVolume = (index: number) => internal(`run-${index}`);
const credentialsVolume = (index: number) => `tekton-creds-init-home-${index}`;
const indexes = (count: number) => Array.from({ length: count }, (_, index) => index);

/** One for everything the Pod shares, and for each step its run directory and its credentials. */
export function internalVolumes({ stepCount, hasScripts, hasSidecars }: PodShape): Volume[] {
  const names = [
    ...SHARED_MOUNTS.map(({ name }) => name),
    BIN_MOUNT.name,
    ...(hasScripts ? [SCRIPTS_MOUNT.name] : []),
    ...indexes(stepCount).map(runVolume),
    ...indexes(stepCount).map(credentialsVolume),
  ];
  const volumes: Volume[] = names.map((name) => ({ name, emptyDir: {} }));
  return hasSidecars ? [...volumes, DOWNWARD_VOLUME] : volumes;
}

const DOWNWARD_VOLUME: Volume = {
  name: internal("downward"),
  downwardAPI: {
    items: [{ path: "ready", fieldRef: { fieldPath: `metadata.annotations['${READY_ANNOTATION}']` } }],
  },
};

/** Of a step. It may write of the run directories only into its own. */
export function stepMounts(index: number, { stepCount, hasScripts, hasSidecars }: PodShape): VolumeMount[] {
  return [
    ...SHARED_MOUNTS,
    { ...BIN_MOUNT, readOnly: true },
    ...(hasScripts ? [{ ...SCRIPTS_MOUNT, readOnly: true }] : []),
    ...indexes(stepCount).map((each) => ({
      name: runVolume(each),
      mountPath: `${RUN_DIRECTORY}/${each}`,
      ...(each === index ? {} : { readOnly: true }),
    })),
    { name: credentialsVolume(index), mountPath: CREDENTIALS_DIRECTORY },
    ...(hasSidecars && index === 0
      ? [{ name: DOWNWARD_VOLUME.name, mountPath: DOWNWARD_DIRECTORY, readOnly: true }]
      : []),
  ];
}

/** Of a sidecar that has a script. */
export const SIDECAR_SCRIPT_MOUNT: VolumeMount = { ...SCRIPTS_MOUNT, readOnly: true };

/** Of the init containers, by their names. */
export const INIT_MOUNTS = {
  prepare: [BIN_MOUNT, { name: internal("steps"), mountPath: STEPS_DIRECTORY }],
  placeScripts: [SCRIPTS_MOUNT, { ...BIN_MOUNT, readOnly: true }],
  workingDirectories: [{ ...BIN_MOUNT, readOnly: true }, ...SHARED_MOUNTS.slice(0, 1)],
};

/** The mounts of both lists; those of the second win where they are at the same place. */
export function joinMounts(base: readonly VolumeMount[], over: readonly VolumeMount[]): VolumeMount[] {
  const taken = new Set(over.map(({ mountPath }) => mountPath));
  return [...base.filter(({ mountPath }) => !taken.has(mountPath)), ...over];
}
