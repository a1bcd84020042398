/** `/metrics` for Prometheus: what was received, what runs did, and how the server is. */
import type { FastifyPluginAsync } from "fastify";
import type { TraceStore } from "../../store/index.ts";
import type { Losses } from "../otlp/losses.ts";
import { CONTENT_TYPES, formatFor, writeExposition } from "./exposition.ts";
import { HealthMetrics } from "./health-metrics.ts";
import { ReceivedMetrics } from "./received-metrics.ts";
import { RunMetrics } from "./run-metrics.ts";
import { tapped } from "./tap.ts";

export const METRICS_PATH = "/metrics";

export interface Prometheus {
  /** The store through which everything is counted. */
  store: TraceStore;
  losses: Losses;
  /** The route; closing its server ends measuring. */
  routes: FastifyPluginAsync;
}

export function openPrometheus({ store, version }: { store: TraceStore; version: string }): Prometheus {
  const beganNs = nowNs();
  const metrics = new ReceivedMetrics(beganNs);
  const runs = new RunMetrics(beganNs);
  const health = new HealthMetrics({ store, version, beganNs });
  return {
    store: tapped(store, { metrics, runs, count: health.count }),
    losses: health,
    routes: async (app) => {
      health.start();
      app.addHook("onClose", async () => health.stop());
      app.get(METRICS_PATH, async (request, reply) => {
        const format = formatFor(request.headers.accept);
        const families = [...(await health.families()), ...runs.families(nowNs()), ...metrics.families()];
        return reply.type(CONTENT_TYPES[format]).send(writeExposition(families, format));
      });
    },
  };
}

function nowNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
