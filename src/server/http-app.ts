/** What the two HTTP servers have in common. */
import { type FastifyInstance, fastify } from "fastify";
import {
  CLOSE_MILLIS,
  HEADERS_MILLIS,
  KEEP_ALIVE_MILLIS,
  MAX_CONNECTIONS,
  RECEIVE_MILLIS,
  TIMEOUT_CHECK_MILLIS,
} from "./limits.ts";

/** How long clients may take, in milliseconds. */
interface Patience {
  headers: number;
  request: number;
  /** How often slow ones are looked for. */
  check: number;
}

const PATIENCE: Patience = { headers: HEADERS_MILLIS, request: RECEIVE_MILLIS, check: TIMEOUT_CHECK_MILLIS };

/** A Fastify instance that gives slow and many clients their limits, and logs nothing. */
export function createHttpApp({ headers, request, check } = PATIENCE): FastifyInstance {
  const app = fastify({
    requestTimeout: request,
    keepAliveTimeout: KEEP_ALIVE_MILLIS,
    http: { headersTimeout: headers, connectionsCheckingInterval: check },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  return app;
}

const IDLE_CHECK_MILLIS = 20;

/** Stops listening, finishes the requests that are being answered, and lets go of all connections. */
export async function closeHttpApp(app: FastifyInstance): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_CHECK_MILLIS);
  const deadline = setTimeout(() => app.server.closeAllConnections(), CLOSE_MILLIS);
  await app.close();
  clearInterval(idle);
  clearTimeout(deadline);
}
