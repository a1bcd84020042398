import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { COMPONENT_KEYS, unknownKeys } from "./component-keys.testing.ts";
import type { CollectorConfig } from "./config.ts";
import { BACKENDS, COLLECTOR_VERSION, type CollectorPlan, type Place } from "./plan.ts";
import { planYaml } from "./print.ts";

const ENDPOINTS = {
  "otlp-http": "https://otlp.example/prefix",
  "otlp-grpc": "http://otlp.example:4317",
  clickhouse: "tcp://clickhouse.example:9000/traces",
};
const PLACES: readonly Place[] = [
  { kind: "machine" },
  { kind: "cluster", name: "prod", namespace: "observability", replicas: 1 },
  { kind: "cluster", name: "prod", namespace: "observability", replicas: 3 },
];
const SAMPLINGS = [undefined, { slowSeconds: 600, longestRunSeconds: 3600, keepPercent: 10 }];

function plan(given: Partial<CollectorPlan> & { kind?: (typeof BACKENDS)[number] } = {}): CollectorPlan {
  const { kind = "otlp-http", ...rest } = given;
  const backend = { kind, endpoint: new URL(ENDPOINTS[kind]), isAuthorized: true };
  return { backend, place: { kind: "machine" }, sampling: undefined, memoryMiB: 1024, ...rest };
}

/** What the collector would read: the configuration of each collector. */
function configsOf(given: CollectorPlan): CollectorConfig[] {
  return parseAllDocuments(planYaml(given), { schema: "core" }).map((document) => document.toJS());
}

function configOf(given: CollectorPlan): CollectorConfig {
  const [config] = configsOf(given);
  if (config === undefined) throw new Error("no configuration was printed");
  return config;
}

/** Settings of components that no collector knows. */
function unknownSettings(config: Partial<CollectorConfig>): string[] {
  return (["receivers", "processors", "exporters", "extensions"] as const).flatMap((kind) =>
    Object.entries(config[kind] ?? {}).flatMap(([name, settings]) =>
      unknownKeys(settings, COMPONENT_KEYS[kind]?.[name.replace(/\/.*$/, "")], `${kind}.${name}`),
    ),
  );
}

const EVERY_PLAN = BACKENDS.flatMap((kind) =>
  PLACES.flatMap((place) =>
    SAMPLINGS.map((sampling) => {
      const where = place.kind === "cluster" ? `${place.replicas} in a cluster` : "on a machine";
      return {
        title: `${kind}, ${where}${sampling ? ", sampling" : ""}`,
        plan: plan({ kind, place, sampling }),
      };
    }),
  ),
);

describe.each(EVERY_PLAN)("the configuration for $title", ({ plan: given }) => {
  const configs = configsOf(given);
  const pipelines = configs.flatMap(({ service }) => Object.values(service.pipelines));

  it("uses each component that it declares, and declares each that it uses", () => {
    for (const { receivers, processors, exporters, extensions, service } of configs) {
      const each = Object.values(service.pipelines);
      const used = (kind: "receivers" | "processors" | "exporters") =>
        new Set(each.flatMap((one) => one[kind]));
      expect(new Set(Object.keys(receivers))).toEqual(used("receivers"));
      expect(new Set(Object.keys(processors))).toEqual(used("processors"));
      expect(new Set(Object.keys(exporters))).toEqual(used("exporters"));
      expect(Object.keys(extensions)).toEqual(service.extensions);
    }
  });

  it("has only settings that the components know", () => {
    expect(configs.flatMap(unknownSettings)).toEqual([]);
  });

  it("limits memory before anything else, and asks for the Pod before requests are taken apart", () => {
    for (const { processors } of pipelines) {
      expect(processors[0]).toBe("memory_limiter");
      if (processors.includes("tail_sampling")) expect(processors.at(-1)).toBe("tail_sampling");
    }
  });

  it("delivers through a queue on disk, without giving up", () => {
    for (const settings of configs.flatMap(({ exporters }) => Object.values(exporters)))
      expect(settings).toMatchObject({
        sending_queue: { enabled: true, storage: "file_storage", block_on_overflow: true },
        retry_on_failure: { enabled: true, max_elapsed_time: "0s" },
      });
  });
});

describe("a collector", () => {
  it("asks Kubernetes only where there is one", () => {
    const inCluster = configOf(plan({ place: PLACES[1] ?? { kind: "machine" } }));
    expect(inCluster.processors).toHaveProperty("k8s_attributes");
    expect(Object.keys(configOf(plan()).processors)).toEqual(["memory_limiter", "resource/without_runs"]);
    expect(planYaml(plan())).not.toContain("POD_IP");
  });

  it("gives its backend what only the environment knows", () => {
    expect(configOf(plan()).exporters["otlp_http"]).toMatchObject({
      endpoint: "https://otlp.example/prefix",
      headers: { Authorization: expect.stringMatching(/^\$\{env:OTLP_AUTHORIZATION\}$/) },
    });
    expect(configOf(plan({ kind: "clickhouse" })).exporters["clickhouse"]).toMatchObject({
      endpoint: "tcp://clickhouse.example:9000",
      database: "traces",
      username: expect.stringMatching(/^\$\{env:CLICKHOUSE_USER:-default\}$/),
      password: expect.stringMatching(/^\$\{env:CLICKHOUSE_PASSWORD\}$/),
    });
  });

  it("speaks gRPC to a host and a port, with TLS unless the address says http", () => {
    const grpc = (address: string) => {
      const backend = { kind: "otlp-grpc", endpoint: new URL(address), isAuthorized: false } as const;
      return configOf(plan({ backend })).exporters["otlp_grpc"];
    };
    expect(grpc("http://otlp.example:80")).toMatchObject({
      endpoint: "otlp.example:80",
      tls: { insecure: true },
    });
    expect(grpc("https://otlp.example")).toMatchObject({
      endpoint: "otlp.example:443",
      tls: { insecure: false },
    });
    expect(grpc("https://otlp.example")).not.toHaveProperty("headers");
  });

  it("keeps the names of runs off metrics, and those of pipelines on them", () => {
    const { attributes } = configOf(plan()).processors["resource/without_runs"] as {
      attributes: [{ pattern: string }];
    };
    const perRun = new RegExp(attributes[0].pattern);
    const names = [
      "k8s.pod.name",
      "tekton.taskrun.name",
      "cicd.pipeline.run.id",
      "cicd.pipeline.task.run.id",
    ];
    expect(names.filter((name) => !perRun.test(name))).toEqual([]);
    const kept = ["service.name", "tekton.pipeline.name", "tekton.pipeline_task.name", "k8s.namespace.name"];
    expect(kept.filter((name) => perRun.test(name))).toEqual([]);
  });

  it("writes a dollar sign in the name of a cluster so that it is not taken for a variable", () => {
    const { processors } = configOf(
      plan({ place: { kind: "cluster", name: "a${b", namespace: "x", replicas: 1 } }),
    );
    expect(processors["resource"]).toMatchObject({ attributes: [{ value: "a$${b" }] });
  });
});

describe("docs/collector.md", () => {
  const document = readFileSync(join(import.meta.dirname, "../../../docs/collector.md"), "utf8");

  it("shows settings that the components know", () => {
    const blocks = [...document.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = ""]) => parse(block));
    expect(blocks.length).toBeGreaterThan(0);
    expect(blocks.flatMap(unknownSettings)).toEqual([]);
  });

  it("names the release that the configuration is for, as deploy/collector does", () => {
    const folder = readFileSync(join(import.meta.dirname, "../../../deploy/collector/README.md"), "utf8");
    expect(document).toContain(`opentelemetry-collector-contrib:${COLLECTOR_VERSION}`);
    expect(folder).toContain(`OpenTelemetry Collector ${COLLECTOR_VERSION}`);
  });
});

describe("tail sampling", () => {
  const sampling = { slowSeconds: 90, longestRunSeconds: 7200, keepPercent: 2.5 };

  it("waits longer than the longest run, and remembers only what it kept", () => {
    expect(configOf(plan({ sampling })).processors["tail_sampling"]).toMatchObject({
      sampling_strategy: "span-ingest",
      decision_wait: "7500s",
      decision_cache: { sampled_cache_size: 100_000 },
    });
  });

  it("keeps failed and slow runs and some of the rest", () => {
    const { policies } = configOf(plan({ sampling })).processors["tail_sampling"] as { policies: object[] };
    expect(policies).toMatchObject([
      { status_code: { status_codes: ["ERROR"] } },
      { string_attribute: { key: "cicd.pipeline.result", values: ["failure", "error", "timeout"] } },
      { ottl_condition: { span: [expect.stringContaining(">= 90000000000")] } },
      { probabilistic: { sampling_percentage: 2.5 } },
    ]);
  });

  it("brings all spans of a trace to one of several samplers, and logs and metrics past them", () => {
    const place = { kind: "cluster", name: "prod", namespace: "observability", replicas: 3 } as const;
    const [router, sampler] = configsOf(plan({ place, sampling }));
    expect(router?.exporters["load_balancing"]).toMatchObject({
      routing_key: "traceID",
      resolver: { dns: { hostname: "throughline-collector-sampler.observability" } },
    });
    expect(router?.service.pipelines).toMatchObject({
      traces: { exporters: ["load_balancing"] },
      logs: { exporters: ["otlp_http"] },
      metrics: { exporters: ["otlp_http"] },
    });
    expect(sampler?.service.pipelines).toEqual({
      traces: {
        receivers: ["otlp"],
        processors: ["memory_limiter", "tail_sampling"],
        exporters: ["otlp_http"],
      },
    });
  });
});
