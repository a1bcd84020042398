/**
 * The query API of Jaeger, so that the Jaeger UI, Grafana's Jaeger data source and scripts read traces from here.
 * `/api/…` is what clients have used for years and Grafana still does; `/api/v3/…` is its successor, which
 * recent versions of the UI search with. What differs from Jaeger itself is in docs/jaeger.md.
 */
import type { FastifyPluginAsync } from "fastify";
import type { TraceStore } from "../../store/index.ts";
import { type AnswerTraces, largeAnswersInTurn } from "./large-answers.ts";
import { legacyRoutes } from "./legacy-routes.ts";
import { v3Routes } from "./v3-routes.ts";

export interface JaegerOptions {
  /** Where traces are read from. */
  store: TraceStore;
}

/** What both versions of the API have. */
export interface JaegerParts extends JaegerOptions {
  answerTraces: AnswerTraces;
}

/** Routes under `/api` and `/api/v3`, as a Fastify plugin. */
export function jaegerRoutes({ store }: JaegerOptions): FastifyPluginAsync {
  const parts = { store, answerTraces: largeAnswersInTurn(store) };
  return async (app) => {
    await app.register(legacyRoutes(parts), { prefix: "/api" });
    await app.register(v3Routes(parts), { prefix: "/api/v3" });
  };
}
