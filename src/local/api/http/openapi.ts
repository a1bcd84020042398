/** OpenAPI v3 of the kinds held: enough for `kubectl` to check what it sends, and to explain it. */
import type { Resource } from "../resources.ts";
import { CORE_SCHEMAS } from "./core-schemas.ts";
import { GROUP_VERSIONS, resourcesIn } from "./discovery.ts";
import { anything, mapOf, type Schema, someFields, text, texts } from "./schema.ts";
import { TEKTON_SCHEMAS } from "./tekton-schemas.ts";

interface GroupVersion {
  group: string;
  version: string;
}

/** The answer to a path below `/openapi`, or undefined for another. Version 2 is not offered; clients get along without. */
export function openApi([generation, ...place]: readonly string[]): object | undefined {
  if (generation !== "v3") return undefined;
  if (place.length === 0) return INDEX;
  const groupVersion = GROUP_VERSIONS.find((each) => pathOf(each) === place.join("/"));
  return groupVersion === undefined ? undefined : documentOf(groupVersion);
}

function pathOf({ group, version }: GroupVersion): string {
  return group === "" ? `api/${version}` : `apis/${group}/${version}`;
}

const INDEX = {
  paths: Object.fromEntries(
    GROUP_VERSIONS.map(pathOf).map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}` }]),
  ),
};

function documentOf(groupVersion: GroupVersion): object {
  const resources = resourcesIn(groupVersion);
  const { version } = groupVersion;
  return {
    openapi: "3.0.0",
    info: { title: "Throughline", version: "v1" },
    paths: Object.assign({}, ...resources.map((resource) => pathsOf(resource, groupVersion))),
    components: {
      schemas: Object.fromEntries(
        resources.map((resource) => [
          schemaName(resource, version),
          {
            ...schemaOf(resource, version),
            "x-kubernetes-group-version-kind": [{ ...groupVersion, kind: resource.kind }],
          },
        ]),
      ),
    },
  };
}

function schemaName({ group, kind }: Resource, version: string): string {
  return group === "" ? `io.k8s.api.core.${version}.${kind}` : `dev.tekton.pipeline.${version}.${kind}`;
}

const METADATA = someFields(
  {
    name: text("Name, unique among the objects of its kind in its namespace."),
    generateName: text("Beginning of a name that is made up."),
    namespace: text("Namespace."),
    labels: mapOf(text("Value."), "What to find it by."),
    annotations: mapOf(text("Value."), "What else is to be known of it."),
    ownerReferences: anything("What it goes with."),
    finalizers: texts("Who has to agree to its deletion."),
  },
  "Which object it is.",
);

/** The whole object of a kind in a version. */
function schemaOf({ group, kind, version: stored }: Resource, version: string): Schema {
  const { description, properties } = (group === "" ? CORE_SCHEMAS : TEKTON_SCHEMAS)[kind] ?? {
    description: kind,
    properties: {},
  };
  return {
    type: "object",
    description,
    properties: {
      apiVersion: text("Version of the API the object is written for."),
      kind: text("What the object is."),
      metadata: METADATA,
      ...(version === stored ? properties : opened(properties)),
    },
  };
}

/** Older versions have fields of their own. */
function opened(properties: Readonly<Record<string, Schema>>): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, { description }]) => [name, anything(description)]),
  );
}

/** Where it is offered, `kubectl` leaves it to the server to check what it sends. */
const FIELD_VALIDATION = {
  name: "fieldValidation",
  in: "query",
  description: "What to do about unknown fields: Ignore, Warn or Strict.",
  schema: { type: "string", uniqueItems: true },
};

function pathsOf(resource: Resource, groupVersion: GroupVersion): object {
  const { plural, kind, isNamespaced } = resource;
  const base = `/${pathOf(groupVersion)}${isNamespaced ? "/namespaces/{namespace}" : ""}/${plural}`;
  const schema = { $ref: `#/components/schemas/${schemaName(resource, groupVersion.version)}` };
  const content = { "application/json": { schema } };
  const operation = (action: string, parameters: readonly object[] = []) => ({
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": { ...groupVersion, kind },
    parameters,
    responses: { "200": { description: "OK", content } },
  });
  const writing = (action: string) => ({
    ...operation(action, [FIELD_VALIDATION]),
    requestBody: { content },
  });
  return {
    [base]: { get: operation("list"), post: writing("post") },
    [`${base}/{name}`]: {
      get: operation("get"),
      put: writing("put"),
      patch: writing("patch"),
      delete: operation("delete"),
    },
  };
}

/** For {@link checkFields}: by `apiVersion` and kind. */
export const SCHEMAS: ReadonlyMap<string, Schema> = new Map(
  GROUP_VERSIONS.flatMap(({ group, version }) =>
    resourcesIn({ group, version }).map((resource) => {
      const apiVersion = group === "" ? version : `${group}/${version}`;
      return [`${apiVersion} ${resource.kind}`, schemaOf(resource, version)] as const;
    }),
  ),
);
