/** What there is: versions, groups, resources (Kubernetes API concepts, "Discovery API", unaggregated). */
import { RESOURCES, type Resource, versionsOf } from "../resources.ts";

/** The answer to a path of discovery, or undefined for another path. */
export function discover(segments: readonly string[]): object | undefined {
  const [root, group, version, ...rest] = segments;
  if (rest.length > 0) return undefined;
  if (root === "api") return version === undefined ? legacyGroup(group) : undefined;
  if (root !== "apis") return undefined;
  if (group === undefined) return { kind: "APIGroupList", apiVersion: "v1", groups: GROUPS };
  if (version === undefined) return GROUPS.find(({ name }) => name === group);
  return resourceList({ group, version });
}

function legacyGroup(version: string | undefined): object | undefined {
  if (version === undefined) return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
  return resourceList({ group: "", version });
}

/** Newest first, as Kubernetes ranks versions. */
const STABILITY = ["v1", "v1beta1", "v1alpha1"];

const GROUPS = [...new Set(RESOURCES.map(({ group }) => group))]
  .filter((group) => group !== "")
  .map((group) => {
    const served = RESOURCES.filter((resource) => resource.group === group).flatMap(versionsOf);
    const versions = STABILITY.filter((version) => served.includes(version)).map((version) => ({
      groupVersion: `${group}/${version}`,
      version,
    }));
    return { kind: "APIGroup", apiVersion: "v1", name: group, versions, preferredVersion: versions[0] };
  });

/** Groups with each of their versions, the core group included. */
export const GROUP_VERSIONS: readonly { group: string; version: string }[] = [
  { group: "", version: "v1" },
  ...GROUPS.flatMap(({ name: group, versions }) => versions.map(({ version }) => ({ group, version }))),
];

/** What a group has in a version. */
export function resourcesIn({ group, version }: { group: string; version: string }): readonly Resource[] {
  return RESOURCES.filter((resource) => resource.group === group && versionsOf(resource).includes(version));
}

function resourceList(place: { group: string; version: string }): object | undefined {
  const { group, version } = place;
  const found = resourcesIn(place);
  if (found.length === 0) return undefined;
  const groupVersion = group === "" ? version : `${group}/${version}`;
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: found.flatMap(entriesFor) };
}

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

function entriesFor(resource: Resource): object[] {
  const { plural, singular, kind, isNamespaced: namespaced, shortNames, categories, hasStatus } = resource;
  const part = (name: string, verbs: readonly string[]) => ({
    name: `${plural}/${name}`,
    singularName: "",
    namespaced,
    kind,
    verbs,
  });
  return [
    { name: plural, singularName: singular, namespaced, kind, verbs: VERBS, shortNames, categories },
    ...(hasStatus ? [part("status", ["get", "patch", "update"])] : []),
    ...(kind === "Pod" ? [part("log", ["get"])] : []),
  ];
}
