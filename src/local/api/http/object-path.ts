/** Paths of the resources (Kubernetes API concepts, "Resource URIs"). */
import { badRequest, notServed } from "../refusals.ts";
import { type Resource, resourceOf } from "../resources.ts";

/** What a path of an object, or of a collection of them, means. */
export interface ObjectPath {
  resource: Resource;
  /** The version asked for, which answers come in. */
  version: string;
  /** Undefined: all of them, or no namespaced kind. */
  namespace?: string;
  /** Undefined: the collection. */
  name?: string;
  subresource?: string;
}

/** @param segments e.g. `apis`, `tekton.dev`, `v1`, `namespaces`, `default`, `taskruns`, `demo`. Throws 404. */
export function parseObjectPath([root, ...segments]: readonly string[]): ObjectPath {
  const [group = "", version = "", ...rest] = root === "api" ? ["", ...segments] : segments;
  const isInNamespace = rest[0] === "namespaces" && rest.length > 2 && rest[2] !== "status";
  const [namespace, [plural = "", name, subresource, ...beyond]] = isInNamespace
    ? [rest[1], rest.slice(2)]
    : [undefined, rest];
  const resource = resourceOf({ group, version, plural });
  if (beyond.length > 0 || (namespace !== undefined && !resource.isNamespaced)) throw notServed();
  if (name !== undefined && resource.isNamespaced && namespace === undefined) throw notServed();
  return {
    resource,
    version,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
  };
}

/** The parts between the slashes, decoded. */
export function segmentsOf(pathname: string): string[] {
  try {
    return pathname
      .split("/")
      .filter((segment) => segment !== "")
      .map(decodeURIComponent);
  } catch (fault) {
    throw badRequest("the path of the request cannot be decoded", { cause: fault });
  }
}
