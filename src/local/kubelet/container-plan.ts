import type { Container, Pod, Stored } from "../../kube/index.ts";
import { workOf } from "./entrypoint.ts";
import { resolveEnvironment } from "./environment.ts";
import { expandVariables } from "./expansion.ts";
import type { Node } from "./field-reference.ts";
import { type HostVolume, mountsOf } from "./mounts.ts";
import type { ContainerPlan } from "./pod-scope.ts";
import type { Sources } from "./sources.ts";

export type Planning =
  | { kind: "planned"; plan: ContainerPlan }
  /** The reason CreateContainerConfigError. */
  | { kind: "missing"; message: string };

export interface PlanRequest {
  container: Container;
  pod: Stored<Pod>;
  sources: Sources;
  volumes: ReadonlyMap<string, HostVolume>;
  node: Node;
}

/** Looks up everything a container needs: what it mounts, its variables, and those in its command and arguments. */
export function planContainer(request: PlanRequest): Planning {
  const environment = resolveEnvironment(request);
  if (environment.kind === "missing") return environment;
  const mounts = mountsOf(request.container, request.volumes);
  if (mounts.kind === "missing") return mounts;
  const { variables } = environment;
  const expand = (texts?: readonly string[]) => texts?.map((text) => expandVariables(text, variables));
  const { command, args } = request.container;
  const container = { ...request.container, command: expand(command), args: expand(args) };
  return { kind: "planned", plan: { container, work: workOf(container), mounts: mounts.mounts, variables } };
}
