/** The kinds the embedded API holds, and what it says of them in discovery. */
import { TektonKind } from "../../engine/index.ts";
import { CoreKind, type Kind } from "../../kube/index.ts";
import { notServed } from "./refusals.ts";

export interface Resource extends Kind {
  singular: string;
  shortNames: readonly string[];
  categories: readonly string[];
  /** Has `status` as a resource of its own: whoever writes the object leaves the status alone, and the other way round. */
  hasStatus: boolean;
  /** Versions it is served in besides the one it is stored in, oldest last. */
  otherVersions: readonly string[];
}

const PLAIN = { shortNames: [], categories: [], hasStatus: false, otherVersions: [] };

function held(kind: Kind, more: Partial<Resource> = {}): Resource {
  return { ...PLAIN, ...kind, singular: kind.kind.toLowerCase(), ...more };
}

function tekton(kind: Kind, more: Partial<Resource> = {}): Resource {
  return held(kind, { categories: ["tekton", "tekton-pipelines"], ...more });
}

/** Short names, categories and subresources as Kubernetes 1.32 and the CRDs of Tekton Pipelines v1 have them. */
export const RESOURCES: readonly Resource[] = [
  held(CoreKind.namespace, { shortNames: ["ns"], hasStatus: true }),
  held(CoreKind.pod, { shortNames: ["po"], categories: ["all"], hasStatus: true }),
  held(CoreKind.event, { shortNames: ["ev"] }),
  held(CoreKind.configMap, { shortNames: ["cm"] }),
  held(CoreKind.secret),
  held(CoreKind.claim, { shortNames: ["pvc"], hasStatus: true }),
  held(CoreKind.serviceAccount, { shortNames: ["sa"] }),
  tekton(TektonKind.pipeline, { otherVersions: ["v1beta1"] }),
  tekton(TektonKind.pipelineRun, { shortNames: ["pr", "prs"], hasStatus: true, otherVersions: ["v1beta1"] }),
  tekton(TektonKind.task, { otherVersions: ["v1beta1"] }),
  tekton(TektonKind.taskRun, { shortNames: ["tr", "trs"], hasStatus: true, otherVersions: ["v1beta1"] }),
  tekton(TektonKind.customRun, { hasStatus: true }),
  tekton(TektonKind.stepAction, { otherVersions: ["v1alpha1"] }),
];

const BY_PLACE = new Map(
  RESOURCES.flatMap((resource) =>
    versionsOf(resource).map((version) => [`${resource.group}/${version}/${resource.plural}`, resource]),
  ),
);

/** All versions it is served in, the stored one first. */
export function versionsOf({ version, otherVersions }: Resource): readonly string[] {
  return [version, ...otherVersions];
}

/** What is served at this place. Throws 404 where there is nothing. */
export function resourceOf({ group, version, plural }: Pick<Kind, "group" | "version" | "plural">): Resource {
  const resource = BY_PLACE.get(`${group}/${version}/${plural}`);
  if (resource === undefined) throw notServed();
  return resource;
}
