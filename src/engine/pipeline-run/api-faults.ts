import { ApiError } from "../../kube/index.ts";

/** Whether trying again cannot help: the API looked at the object and does not want it. */
export function isPermanent(fault: unknown): fault is ApiError {
  return fault instanceof ApiError && [400, 403, 422].includes(fault.status);
}
