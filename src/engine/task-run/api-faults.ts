import { ApiError } from "../../kube/index.ts";

/** Whether the API looked at the object and would refuse it again (API conventions, "HTTP Status codes"). */
export function isRefusal(fault: unknown): fault is ApiError {
  return fault instanceof ApiError && [400, 403, 404, 422].includes(fault.status);
}
