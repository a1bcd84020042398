/** The port people and tools look at: the web UI, the insight API, Jaeger's query API and the server's health. */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import type { TraceStore } from "../../store/index.ts";
import { namesThisMachine } from "../access.ts";
import { apiRoutes } from "../api/index.ts";
import { refusal, refusalOf } from "../api/refusal.ts";
import { createHttpApp } from "../http-app.ts";
import { jaegerRoutes } from "../jaeger/index.ts";
import { METRICS_PATH } from "../prometheus/index.ts";
import type { PortName } from "../start-error.ts";
import { serveFiles } from "./files.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import { createSessions } from "./session.ts";

export interface UiOptions {
  store: TraceStore;
  /** For Prometheus, behind the same access. */
  metricsRoutes: FastifyPluginAsync;
  token: string | undefined;
  /** Whether requests must name this machine: on loopback. */
  isLocal: boolean;
  webRoot: string | undefined;
  version: string;
  /** Those of the whole server, as far as they are bound. */
  ports: Partial<Record<PortName, number>>;
}

/** The HTTP server of the UI and the APIs; it does not listen yet. */
export async function createUi({
  store,
  metricsRoutes,
  token,
  isLocal,
  webRoot,
  version,
  ports,
}: UiOptions): Promise<FastifyInstance> {
  const app = createHttpApp({
    describe: (message) => refusal(400, "badRequest", message).answer,
    headers: SECURITY_HEADERS,
  });
  app.setErrorHandler((error, _request, reply) => {
    const { status, answer } = refusalOf(error);
    return reply.code(status).send(answer);
  });
  const sessions = createSessions(token);
  app.addHook("onRequest", async (request, reply) => {
    // On the response itself, so that a stream that a route takes over has them too.
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) reply.raw.setHeader(name, value);
    if (isLocal && !namesThisMachine(request.headers.host)) return refuseHost(reply);
    if (request.url === HEALTH || sessions.opened(request, reply) || sessions.hasAccess(request)) return;
    return refuseEntry(request, reply);
  });
  app.addHook("onSend", async (_request, reply) => {
    // Answers are of the moment; files say themselves how long they may be kept.
    if (!reply.raw.hasHeader("cache-control")) reply.header("cache-control", "no-store");
  });
  app.get(HEALTH, (_request, reply) => answerHealth(reply, { store, version, ports }));
  await app.register(apiRoutes({ store, version }));
  await app.register(jaegerRoutes({ store }));
  await app.register(metricsRoutes);
  await serveFiles(app, webRoot);
  return app;
}

const HEALTH = "/healthz";

/** Open to all, as whoever restarts servers has no token. The ports are for commands that are told this one only. */
function answerHealth(
  reply: FastifyReply,
  { store, version, ports }: Pick<UiOptions, "store" | "version" | "ports">,
): FastifyReply {
  const { kind, ...why } = store.health();
  return reply.code(kind === "ok" ? 200 : 503).send({ status: kind, ...why, version, ports });
}

function refuseHost(reply: FastifyReply): FastifyReply {
  const message = "the Host header names another machine; use localhost";
  return reply.code(403).send({ error: { code: "badRequest", message } });
}

function refuseEntry({ url }: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.code(401).header("www-authenticate", "Bearer");
  if (!url.startsWith("/api/") && !url.startsWith(METRICS_PATH)) {
    const page = "Open the address with ?token= that `throughline up` printed.\n";
    return reply.type("text/plain; charset=utf-8").send(page);
  }
  const message = "send the server's token: authorization: Bearer TOKEN";
  return reply.send({ error: { code: "unauthorized", message } });
}
