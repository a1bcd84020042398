import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import type { Cluster, CollectorPlan } from "./plan.ts";
import { manifestYaml, planYaml } from "./print.ts";

const CLUSTER: Cluster = { kind: "cluster", name: "prod", namespace: "observability", replicas: 3 };
const PLAN: CollectorPlan = {
  backend: {
    kind: "clickhouse",
    endpoint: new URL("tcp://clickhouse.example:9000/otel"),
    isAuthorized: false,
  },
  place: CLUSTER,
  sampling: { slowSeconds: 600, longestRunSeconds: 3600, keepPercent: 10 },
  memoryMiB: 1024,
};

/** As much of an object as is looked at here. */
interface Printed {
  kind: string;
  metadata: { name: string; namespace?: string };
  data: Record<string, string>;
  rules: object[];
  spec: {
    serviceName: string;
    clusterIP?: string;
    selector: { matchLabels: object };
    ports: { targetPort: string }[];
    template: { metadata: { labels: object; annotations: object }; spec: PodSpec };
    volumeClaimTemplates: { metadata: { name: string } }[];
  };
}

interface PodSpec {
  serviceAccountName: string;
  securityContext: object;
  volumes: { name: string; configMap: { name: string } }[];
  containers: [
    {
      image: string;
      args: string[];
      env: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string } } }[];
      ports: { name: string }[];
      volumeMounts: { name: string; mountPath: string }[];
      resources: { limits: { memory: string } };
      securityContext: object;
    },
  ];
}

function objectsOf(plan: CollectorPlan): Printed[] {
  return parseAllDocuments(manifestYaml(plan), { schema: "core" }).map((document) => document.toJS());
}

const objects = objectsOf(PLAN);
const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
const names = (kind: string) => ofKind(kind).map(({ metadata }) => metadata.name);
const sets = ofKind("StatefulSet").map(({ spec }) => ({ spec, pod: spec.template.spec }));

describe("the Kubernetes objects of collectors", () => {
  it("are all in the namespace that was asked for, but for the rights", () => {
    const elsewhere = objects.filter(({ metadata }) => metadata.namespace !== "observability");
    expect(elsewhere.map(({ kind }) => kind)).toEqual(["ClusterRole", "ClusterRoleBinding"]);
  });

  it("may read Pods and nothing else", () => {
    expect(ofKind("ClusterRole").map(({ rules }) => rules)).toEqual([
      [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
    ]);
  });

  it("find each other", () => {
    expect(sets).toHaveLength(2);
    for (const { spec, pod } of sets) {
      expect(spec.template.metadata.labels).toEqual(spec.selector.matchLabels);
      expect(names("Service")).toContain(spec.serviceName);
      expect(names("ServiceAccount")).toContain(pod.serviceAccountName);
      expect(names("ConfigMap")).toContain(pod.volumes[0]?.configMap.name);
    }
  });

  it("mount what there is, where the collector looks for it", () => {
    for (const { spec, pod } of sets) {
      const [{ volumeMounts, args }] = pod.containers;
      const there = [...pod.volumes.map(({ name }) => name), spec.volumeClaimTemplates[0]?.metadata.name];
      expect(volumeMounts.map(({ name }) => name)).toEqual(there);
      expect(args).toEqual([`--config=${volumeMounts[0]?.mountPath}/config.yaml`]);
      expect(planYaml(PLAN)).toContain(`directory: ${volumeMounts[1]?.mountPath}\n`);
    }
  });

  it("have services for ports that the containers have", () => {
    const [{ ports }] = sets[0]?.pod.containers ?? [{ ports: [] }];
    const known = ports.map(({ name }) => name);
    for (const { spec } of ofKind("Service"))
      expect(spec.ports.filter(({ targetPort }) => !known.includes(targetPort))).toEqual([]);
  });

  it("give samplers a name that resolves to each of them", () => {
    expect(ofKind("Service").map(({ spec }) => spec.clusterIP)).toEqual([undefined, "None"]);
  });

  it("satisfy the restricted Pod security standard", () => {
    for (const { pod } of sets) {
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(pod.containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
  });

  it("leave a fifth of the memory to what is no heap", () => {
    for (const { pod } of sets) {
      const [{ env, resources }] = pod.containers;
      expect(resources.limits.memory).toBe("1024Mi");
      expect(env).toContainEqual({ name: "GOMEMLIMIT", value: "819MiB" });
    }
    expect(planYaml(PLAN)).toContain("limit_mib: 819\n");
  });

  it("carry the configuration that is printed alone, and make other Pods of another", () => {
    expect(
      ofKind("ConfigMap")
        .map(({ data }) => data["config.yaml"])
        .join("---\n"),
    ).toBe(planYaml(PLAN));
    const annotations = (plan: CollectorPlan) =>
      objectsOf(plan).flatMap(({ kind, spec }) =>
        kind === "StatefulSet" ? [spec.template.metadata.annotations] : [],
      );
    const another = {
      ...PLAN,
      backend: { ...PLAN.backend, endpoint: new URL("tcp://elsewhere.example:9000") },
    };
    expect(annotations(another)).not.toEqual(annotations(PLAN));
  });

  it("take from a Secret each variable that the configuration refers to", () => {
    const referred = [...planYaml(PLAN).matchAll(/\$\{env:(\w+)/g)].map(([, name]) => name);
    const [{ env }] = sets[0]?.pod.containers ?? [{ env: [] }];
    expect(env.map(({ name }) => name)).toEqual(expect.arrayContaining(referred));
    const secret = env
      .filter(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined)
      .map(({ name }) => name);
    expect(secret).toEqual(["CLICKHOUSE_USER", "CLICKHOUSE_PASSWORD"]);
  });
});
