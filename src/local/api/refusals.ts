/** How the API says no, in Kubernetes' words: clients and people look for them (apimachinery, pkg/api/errors). */
import { ApiError, type Kind } from "../../kube/index.ts";

type Named = Pick<Kind, "group" | "plural">;

/** `pods`, `pipelineruns.tekton.dev`. */
export function qualifiedPlural({ group, plural }: Named): string {
  return group === "" ? plural : `${plural}.${group}`;
}

export function notServed(): ApiError {
  return refusal(404, "NotFound", "the server could not find the requested resource");
}

export function notFound(resource: Named, name: string): ApiError {
  return refusal(404, "NotFound", `${qualifiedPlural(resource)} "${name}" not found`);
}

export function alreadyExists(resource: Named, name: string): ApiError {
  return refusal(409, "AlreadyExists", `${qualifiedPlural(resource)} "${name}" already exists`);
}

export function conflict(resource: Named, { name, why }: { name: string; why: string }): ApiError {
  const what = `${qualifiedPlural(resource)} "${name}"`;
  return refusal(409, "Conflict", `Operation cannot be fulfilled on ${what}: ${why}`);
}

export function wasModified(resource: Named, name: string): ApiError {
  const why = "the object has been modified; please apply your changes to the latest version and try again";
  return conflict(resource, { name, why });
}

export function otherUid(resource: Named, at: { name: string; wanted: string; present: string }): ApiError {
  const why = `Precondition failed: UID in precondition: ${at.wanted}, UID in object meta: ${at.present}`;
  return conflict(resource, { name: at.name, why });
}

/** @param problem e.g. `metadata.name: Required value: name or generateName is required`. */
export function invalid(
  { group, kind }: Kind,
  { name, problem }: { name: string; problem: string },
): ApiError {
  const qualified = group === "" ? kind : `${kind}.${group}`;
  return refusal(422, "Invalid", `${qualified} "${name}" is invalid: ${problem}`);
}

export function badRequest(message: string, options?: ErrorOptions): ApiError {
  return refusal(400, "BadRequest", message, options);
}

export function forbidden(message: string): ApiError {
  return refusal(403, "Forbidden", message);
}

/** What was asked for is forgotten: list again. */
export function expired(message: string): ApiError {
  return refusal(410, "Expired", message);
}

export function refusal(status: number, reason: string, message: string, options?: ErrorOptions): ApiError {
  return new ApiError({ status, reason, message }, options);
}
