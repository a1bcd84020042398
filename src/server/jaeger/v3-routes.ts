/** `/api/v3/…` of Jaeger: traces in OTLP/JSON, and summaries of them. */
import type { FastifyPluginAsync } from "fastify";
import { findTraces, serviceShares } from "../../store/index.ts";
import { failureOf } from "./failure.ts";
import type { JaegerParts } from "./index.ts";
import { sendWritten } from "./large-answers.ts";
import { operationsAsked, servicesKnown } from "./names.ts";
import { tracesData } from "./otlp-json.ts";
import type { Parameters } from "./parameters.ts";
import { v3SearchOf } from "./search-parameters.ts";
import { summaries } from "./summaries.ts";
import { traceIdOf } from "./trace-id.ts";
import type { FoundTraces } from "./traces.ts";

/** As a Fastify plugin. */
export function v3Routes({ store, answerTraces }: JaegerParts): FastifyPluginAsync {
  return async (app) => {
    app.setErrorHandler((error, _request, reply) => {
      const { code, message } = failureOf(error);
      return reply.code(code).send(refusal(code, message));
    });

    app.get("/services", async () => ({ services: await servicesKnown(store) }));

    app.get<{ Querystring: Parameters }>("/operations", async ({ query }) => ({
      operations: await operationsAsked(store, query),
    }));

    app.get<{ Querystring: Parameters }>("/traces", async ({ query }, reply) => {
      const traceIds = await store.select(findTraces(v3SearchOf(query)));
      return sendWritten(reply, await answerTraces(traceIds, answer));
    });

    app.get<{ Params: { traceId: string } }>("/traces/:traceId", async ({ params }, reply) => {
      return sendWritten(reply, await answerTraces([traceIdOf(params.traceId, "trace_id")], answer));
    });

    app.get<{ Querystring: Parameters }>("/trace-summaries", async ({ query }) => {
      const traceIds = await store.select(findTraces(v3SearchOf(query)));
      const shares = traceIds.length === 0 ? [] : await store.select(serviceShares(traceIds));
      return { summaries: summaries(traceIds, shares) };
    });
  };
}

function answer({ traces }: FoundTraces): { status: number; body: object } {
  const spans = traces.flatMap((trace) => trace.spans);
  if (spans.length === 0) return { status: 404, body: refusal(404, "no traces found") };
  return { status: 200, body: { result: tracesData(spans) } };
}

function refusal(httpCode: number, message: string): object {
  return { error: { httpCode, message } };
}
