/** `/api/v3/…` of Jaeger: traces in OTLP/JSON, and summaries of them. */
import type { FastifyPluginAsync, FastifyReply } from "fastify";
import { findTraces, serviceShares } from "../../store/index.ts";
import { failureOf } from "./failure.ts";
import type { JaegerOptions } from "./index.ts";
import { operationsAsked, servicesKnown } from "./names.ts";
import { tracesData } from "./otlp-json.ts";
import type { Parameters } from "./parameters.ts";
import { v3SearchOf } from "./search-parameters.ts";
import { summaries } from "./summaries.ts";
import { traceIdOf } from "./trace-id.ts";
import { readTraces } from "./traces.ts";

/** As a Fastify plugin. */
export function v3Routes({ store }: JaegerOptions): FastifyPluginAsync {
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
      const { traces } = await readTraces(store, traceIds);
      const spans = traces.flatMap((trace) => trace.spans);
      return spans.length > 0 ? { result: tracesData(spans) } : notFound(reply);
    });

    app.get<{ Params: { traceId: string } }>("/traces/:traceId", async ({ params }, reply) => {
      const [trace] = (await readTraces(store, [traceIdOf(params.traceId, "trace_id")])).traces;
      return trace === undefined ? notFound(reply) : { result: tracesData(trace.spans) };
    });

    app.get<{ Querystring: Parameters }>("/trace-summaries", async ({ query }) => {
      const traceIds = await store.select(findTraces(v3SearchOf(query)));
      const shares = traceIds.length === 0 ? [] : await store.select(serviceShares(traceIds));
      return { summaries: summaries(traceIds, shares) };
    });
  };
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).send(refusal(404, "no traces found"));
}

function refusal(httpCode: number, message: string): object {
  return { error: { httpCode, message } };
}
