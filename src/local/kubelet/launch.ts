import { type Launch, programOfImage } from "../executors/index.ts";
import { hostPathOf } from "./mounts.ts";
import type { ContainerPlan, PodScope } from "./pod-scope.ts";

/** Where a step has its home: on no image's, and not on that of whoever runs this program. */
const HOME = "/tekton/home";

/** What a container runs, with which variables. */
export interface Command {
  argv: readonly string[];
  /** Where the program is the image's own: what follows it. An executor that has the image needs no guess at it. */
  imageArguments?: readonly string[];
  variables: Readonly<Record<string, string>>;
}

/** Unique on this machine. */
export function launchId({ container }: ContainerPlan, { pod }: PodScope): string {
  return `${pod.metadata.uid}-${container.name}`;
}

/** The container as an executor takes it. */
export function launchOf(
  { argv, imageArguments, variables }: Command,
  plan: ContainerPlan,
  scope: PodScope,
): Launch {
  const { container, mounts } = plan;
  const { executor, pod, network } = scope;
  const { runAsUser, runAsGroup } = { ...pod.spec.securityContext, ...container.securityContext };
  const rewrite = (text: string) => executor.rewrite(text, mounts);
  return {
    id: launchId(plan, scope),
    image: container.image ?? "",
    argv: argv.map(rewrite),
    ...(imageArguments !== undefined && { imageArguments: imageArguments.map(rewrite) }),
    env: {
      HOSTNAME: pod.metadata.name,
      ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, rewrite(value)])),
    },
    workingDirectory: container.workingDir,
    mounts,
    ...(runAsUser !== undefined && { user: { uid: runAsUser, gid: runAsGroup } }),
    network,
  };
}

/** What a container runs that asks nothing of the entrypoint (core/v1 Container, `command` and `args`). */
export function plainCommand({ container, variables }: ContainerPlan): Command {
  const { image = "", command, args } = container;
  if (command !== undefined) return { argv: [...command, ...(args ?? [])], variables };
  const program = programOfImage(image);
  return { argv: [...program.entrypoint, ...(args ?? program.cmd)], imageArguments: args ?? [], variables };
}

/**
 * What a step runs. Without a program of its own, its arguments go to the image's ENTRYPOINT, or to its CMD if it has no
 * ENTRYPOINT (docs/container-contract).
 */
export function stepCommand(
  { argv, variables }: Command,
  { container, mounts, work }: ContainerPlan,
): Command {
  const own = hostPathOf(mounts, HOME) === undefined ? variables : { HOME, ...variables };
  if (work.kind === "step" && work.step.program !== undefined) return { argv, variables: own };
  const { entrypoint, cmd } = programOfImage(container.image ?? "");
  const whole =
    entrypoint.length === 0 ? [...cmd, ...argv] : [...entrypoint, ...(argv.length > 0 ? argv : cmd)];
  return { argv: whole, imageArguments: argv, variables: own };
}
