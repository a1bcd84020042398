/** `/api/…` of Jaeger: answers in an envelope of data and errors. */
import type { FastifyPluginAsync } from "fastify";
import { findTraces, operationsOfService, type ServiceLink, serviceLinks } from "../../store/index.ts";
import type { Nanos } from "../../tekton/index.ts";
import { failureOf } from "./failure.ts";
import type { JaegerParts } from "./index.ts";
import { sendWritten } from "./large-answers.ts";
import { MAX_NAMES, operationsAsked, servicesKnown } from "./names.ts";
import { all, first, ParameterFault, type Parameters, whole } from "./parameters.ts";
import { MAX_TRACES, searchOf } from "./search-parameters.ts";
import { traceIdOf } from "./trace-id.ts";
import { type JaegerTrace, jaegerTrace } from "./trace-json.ts";
import { CUT, type FoundTraces, LEFT_OUT } from "./traces.ts";

interface Envelope {
  data: unknown;
  total: number;
  limit: number;
  offset: number;
  errors: EnvelopeError[] | null;
}

interface EnvelopeError {
  code?: number;
  msg: string;
  traceID?: string;
}

/** Of a map of services; Jaeger's own default. */
const DEPENDENCY_LOOKBACK_NS = 24n * 3_600_000_000_000n;
const DEPENDENCY_TRACES = 10_000;
const MILLISECONDS = { ns: 1_000_000n, name: "milliseconds" };

/** As a Fastify plugin. */
export function legacyRoutes({ store, answerTraces }: JaegerParts): FastifyPluginAsync {
  return async (app) => {
    app.setErrorHandler((error, _request, reply) => {
      const { code, message } = failureOf(error);
      return reply.code(code).send(refusal(code, message));
    });

    app.get("/services", async () => listed(await servicesKnown(store)));

    app.get<{ Querystring: Parameters }>("/operations", async ({ query }) =>
      listed(await operationsAsked(store, query)),
    );

    app.get<{ Params: { service: string } }>("/services/:service/operations", async ({ params }) => {
      const found = await store.select(operationsOfService({ service: params.service, limit: MAX_NAMES }));
      return listed(found.map(({ name }) => name));
    });

    app.get<{ Querystring: Parameters }>("/traces", async ({ query }, reply) => {
      const named = namedTraces(query);
      const traceIds = named.length > 0 ? named : await store.select(findTraces(searchOf(query, nowNs())));
      return sendWritten(reply, await answerTraces(traceIds, (read) => ({ status: 200, body: found(read) })));
    });

    // The time a client may give besides would only help a store that cannot find a trace by its id.
    app.get<{ Params: { traceId: string } }>("/traces/:traceId", async ({ params }, reply) => {
      const written = await answerTraces([traceIdOf(params.traceId, "traceID")], (read) =>
        read.traces.length > 0
          ? { status: 200, body: found(read) }
          : { status: 404, body: refusal(404, "trace not found") },
      );
      return sendWritten(reply, written);
    });

    app.get<{ Querystring: Parameters }>("/dependencies", async ({ query }) => {
      const untilNs = whole(first(query, "endTs"), MILLISECONDS) ?? nowNs();
      const lookbackNs = whole(first(query, "lookback"), MILLISECONDS) ?? DEPENDENCY_LOOKBACK_NS;
      const window = { sinceNs: untilNs - lookbackNs, untilNs, maxTraces: DEPENDENCY_TRACES };
      const service = first(query, "service")?.text;
      const links = await store.select(serviceLinks(window));
      return enveloped(links.filter((link) => touches(link, service)).map(dependency));
    });
  };
}

function namedTraces(query: Parameters): string[] {
  const ids = new Set(all(query, "traceID").map((text) => traceIdOf(text, "traceID")));
  if (ids.size > MAX_TRACES)
    throw new ParameterFault("traceID", `is there more than ${MAX_TRACES} times; ask in several requests`);
  return [...ids];
}

function found({ traces, unknown, leftOut }: FoundTraces): Envelope {
  const data: JaegerTrace[] = traces.map(({ traceId, spans, isCut }) =>
    jaegerTrace(traceId, spans, isCut ? [CUT] : []),
  );
  const errors = [
    ...unknown.map((traceID) => ({ msg: "trace not found", traceID })),
    ...leftOut.map((traceID) => ({ msg: LEFT_OUT, traceID })),
  ];
  return { ...enveloped(data), errors: errors.length > 0 ? errors : null };
}

function touches({ parent, child }: ServiceLink, service: string | undefined): boolean {
  return service === undefined || parent === service || child === service;
}

function dependency({ parent, child, calls }: ServiceLink): object {
  return { parent, child, callCount: calls };
}

function enveloped(data: unknown): Envelope {
  return { data, total: 0, limit: 0, offset: 0, errors: null };
}

/** Only lists of names say how many they are. */
function listed(data: unknown[]): Envelope {
  return { ...enveloped(data), total: data.length };
}

function refusal(code: number, msg: string): Envelope {
  return { ...enveloped(null), errors: [{ code, msg }] };
}

function nowNs(): Nanos {
  return BigInt(Date.now()) * 1_000_000n;
}
