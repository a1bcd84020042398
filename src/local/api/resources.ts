/** The kinds the embedded API holds, and what it says of them in discovery. */
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

function core(kind: Kind, more: Partial<Resource> = {}): Resource {
  return { ...PLAIN, ...kind, singular: kind.kind.toLowerCase(), ...more };
}

function tekton(kind: string, more: Partial<Resource> = {}): Resource {
  const singular = kind.toLowerCase();
  return {
    ...PLAIN,
    group: "tekton.dev",
    version: "v1",
    kind,
    plural: `${singular}s`,
    singular,
    isNamespaced: true,
    categories: ["tekton", "tekton-pipelines"],
    ...more,
  };
}

/** Short names, categories and subresources as Kubernetes 1.32 and the CRDs of Tekton Pipelines v1 have them. */
export const RESOURCES: readonly Resource[] = [
  core(CoreKind.namespace, { shortNames: ["ns"], hasStatus: true }),
  core(CoreKind.pod, { shortNames: ["po"], categories: ["all"], hasStatus: true }),
  core(CoreKind.event, { shortNames: ["ev"] }),
  core(CoreKind.configMap, { shortNames: ["cm"] }),
  core(CoreKind.secret),
  core(CoreKind.claim, { shortNames: ["pvc"], hasStatus: true }),
  core(CoreKind.serviceAccount, { shortNames: ["sa"] }),
  tekton("Pipeline", { otherVersions: ["v1beta1"] }),
  tekton("PipelineRun", { shortNames: ["pr", "prs"], hasStatus: true, otherVersions: ["v1beta1"] }),
  tekton("Task", { otherVersions: ["v1beta1"] }),
  tekton("TaskRun", { shortNames: ["tr", "trs"], hasStatus: true, otherVersions: ["v1beta1"] }),
  tekton("CustomRun", { version: "v1beta1", hasStatus: true }),
  tekton("StepAction", { version: "v1beta1", otherVersions: ["v1alpha1"] }),
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
