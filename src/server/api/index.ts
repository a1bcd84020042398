/**
 * The insight API under `/api/v1`: a route for each question, `live` for what changes, and `openapi.json`.
 * Parameters and answers are described once, in `src/insight`.
 */
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import {
  type Asked,
  askQuestion,
  type Parameters,
  QUESTIONS,
  QuestionError,
  STATUS,
} from "../../insight/index.ts";
import type { TraceStore } from "../../store/index.ts";
import { openLiveFeed } from "./live.ts";
import { openApiDocument } from "./openapi.ts";
import { refusal, refusalOf } from "./refusal.ts";

export interface ApiOptions {
  store: TraceStore;
  version: string;
}

const BASE = "/api/v1";

/** Routes under `/api/v1`, as a Fastify plugin. */
export function apiRoutes({ store, version }: ApiOptions): FastifyPluginAsync {
  return async (app) => {
    let lastDataNs: bigint | undefined;
    const forget = store.onKept(() => {
      lastDataNs = now();
    });
    const asked = (): Asked => ({
      store,
      version,
      nowNs: now(),
      ...(lastDataNs === undefined ? {} : { lastDataNs }),
    });
    const feed = openLiveFeed(store, () => askQuestion(STATUS, asked(), {}));
    app.addHook("preClose", async () => feed.close());
    app.addHook("onClose", async () => forget());
    addQuestions(app, asked);
    app.get(`${BASE}/openapi.json`, async () => openApiDocument({ version, base: BASE }));
    app.get(`${BASE}/live`, (request, reply) => {
      if (request.raw.socket.destroyed) return;
      if (feed.add(reply.raw)) return reply.hijack();
      const { status, answer } = refusal(503, "busy", "too many pages are listening; close one of them");
      return reply.code(status).header("retry-after", "30").send(answer);
    });
  };
}

function addQuestions(app: FastifyInstance, asked: () => Asked): void {
  for (const question of QUESTIONS) {
    const url = `${BASE}/${question.path.replaceAll(/\{(\w+)\}/g, ":$1")}`;
    app.get(url, {
      handler: async (request) => askQuestion(question, asked(), parametersOf(request.query, request.params)),
      errorHandler: (error, _request, reply) => {
        const { status, retryAfterSeconds, answer } = refusalOf(error);
        if (retryAfterSeconds !== undefined) reply.header("retry-after", String(retryAfterSeconds));
        return reply.code(status).send(answer);
      },
    });
  }
}

/** Throws {@link QuestionError} where a parameter is given twice. */
function parametersOf(query: unknown, path: unknown): Parameters {
  const given = Object.entries({ ...Object(query), ...Object(path) });
  return Object.fromEntries(
    given.map(([name, value]) => {
      if (typeof value === "string") return [name, value];
      throw new QuestionError(`${name} is given more than once`);
    }),
  );
}

function now(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
