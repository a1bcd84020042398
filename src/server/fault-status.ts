/** The HTTP status of an error that ended a request: Fastify's own errors know theirs, others are faults of ours. */
export function statusOf(error: unknown): number {
  const hasStatus = error instanceof Error && "statusCode" in error && typeof error.statusCode === "number";
  return hasStatus ? Number(error.statusCode) : 500;
}
