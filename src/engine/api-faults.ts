import { ApiError } from "../kube/index.ts";

/** Malformed, forbidden, in a namespace or of a kind that is not there, too large, invalid. */
const REFUSALS: readonly number[] = [400, 403, 404, 413, 422];

/** Whether the API looked at what is to be created and would refuse it again (API conventions, "HTTP Status codes"). */
export function isRefusal(fault: unknown): fault is ApiError {
  return fault instanceof ApiError && REFUSALS.includes(fault.status);
}
