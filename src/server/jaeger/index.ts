/**
 * The query API of Jaeger, so that the Jaeger UI, Grafana's Jaeger data source and scripts read traces from here.
 * `/api/…` is what clients have used for years and Grafana still does; `/api/v3/…` is its successor, which
 * recent versions of the UI search with. What differs from Jaeger itself is in docs/jaeger.md.
 */
import type { FastifyPluginAsync } from "fastify";
import type { TraceStore } from "../../store/index.ts";
import { legacyRoutes } from "./legacy-routes.ts";
import { v3Routes } from "./v3-routes.ts";

export interface JaegerOptions {
  /** Where traces are read from. */
  store: TraceStore;
}

/** Routes under `/api` and `/api/v3`, as a Fastify plugin. */
export function jaegerRoutes(options: JaegerOptions): FastifyPluginAsync {
  return async (app) => {
    await app.register(legacyRoutes(options), { prefix: "/api" });
    await app.register(v3Routes(options), { prefix: "/api/v3" });
  };
}
