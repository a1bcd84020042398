import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type KubeServerDouble, sendJson, startKubeServer, status } from "../../test/kube-server.ts";
import { CoreKind, type Pod } from "./core.ts";
import { connectKubeApi } from "./http/index.ts";
import { type Change, type Informer, startInformer } from "./informer.ts";
import type { Stored } from "./object.ts";
import { ObjectCache } from "./object-cache.ts";

let server: KubeServerDouble;
let informer: Informer<Pod>;
const troubles: string[] = [];

beforeAll(async () => {
  server = await startKubeServer();
});
afterEach(() => {
  informer.stop();
  server.intercept = undefined;
  troubles.length = 0;
  for (const pod of informer.list()) server.remove(pod);
});
afterAll(() => server.close());

function pod(name: string, { uid = name, owner = "nobody", phase = "Pending" } = {}) {
  const metadata = {
    namespace: "demo",
    name,
    uid,
    labels: { owner },
    managedFields: [{ manager: "kubelet" }],
  };
  return { apiVersion: "v1", kind: "Pod", metadata, status: { phase } };
}

function watchPods({ watchMillis = 60_000 } = {}) {
  const changes: string[] = [];
  const waits = new Set<() => void>();
  informer = startInformer<Pod>({
    api: connectKubeApi({ server: server.url }, { watchMillis }),
    kind: CoreKind.pod,
    namespace: "demo",
    indexes: { owner: ({ metadata }) => metadata.labels?.owner },
    onTrouble: (fault) => {
      troubles.push(String(fault));
      for (const wait of waits) wait();
    },
  });
  informer.onChange((change) => {
    changes.push(describeChange(change));
    for (const wait of waits) wait();
  });
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const wait = () => {
        if (holds()) resolve();
      };
      waits.add(wait);
      wait();
    });
  return { changes, until };
}

function describeChange(change: Change<Pod>): string {
  const phase = change.object.status?.phase;
  const before = change.type === "modified" ? `${change.previous.status?.phase}>` : "";
  return `${change.type} ${change.object.metadata.name} ${before}${phase}`;
}

describe("an informer", () => {
  it("tells what is there, then every change, and keeps its copy and indexes up to date", async () => {
    server.put(pod("a", { owner: "run-1" }));
    const { changes, until } = watchPods();
    await informer.ready;
    server.put(pod("a", { owner: "run-2", phase: "Running" }));
    server.put(pod("b", { owner: "run-2" }));
    server.remove(pod("b"));
    await until(() => changes.length === 4);
    expect(changes).toEqual([
      "added a Pending",
      "modified a Pending>Running",
      "added b Pending",
      "deleted b Pending",
    ]);
    expect(informer.get({ namespace: "demo", name: "a" })?.status?.phase).toBe("Running");
    expect(informer.by("owner", "run-1")).toEqual([]);
    expect(informer.by("owner", "run-2").map(({ metadata }) => metadata.name)).toEqual(["a"]);
    const late: string[] = [];
    informer.onChange((change) => late.push(describeChange(change)))();
    expect(late).toEqual(["added a Running"]);
  });

  it("gives whole, frozen objects without managedFields", async () => {
    server.put(pod("a"));
    watchPods();
    await informer.ready;
    const [listed] = informer.list();
    expect(listed).toMatchObject({ apiVersion: "v1", kind: "Pod" });
    expect(listed?.metadata).not.toHaveProperty("managedFields");
    expect(Object.isFrozen(listed?.metadata.labels)).toBe(true);
  });

  it("reads long lists page by page", async () => {
    for (let i = 0; i < 1_001; i++) server.put(pod(`p-${i}`));
    const before = server.requests.length;
    watchPods();
    await informer.ready;
    expect(informer.list()).toHaveLength(1_001);
    const lists = server.requests.slice(before).filter((request) => !request.includes("watch=true"));
    expect(lists.map((request) => /continue=(\d+)/.exec(request)?.[1])).toEqual([undefined, "500", "1000"]);
  });

  it("goes on where it was when connections are cut", async () => {
    const { changes, until } = watchPods();
    await informer.ready;
    server.put(pod("a"));
    await until(() => changes.length === 1);
    const before = server.requests.length;
    server.hangUp();
    server.put(pod("b"));
    await until(() => changes.length === 2);
    expect(changes).toEqual(["added a Pending", "added b Pending"]);
    expect(server.requests.slice(before).every((request) => request.includes("watch=true"))).toBe(true);
  });

  it("lists again when its version is too old, and tells what it has missed", async () => {
    server.put(pod("gone"));
    server.put(pod("changed"));
    server.put(pod("replaced"));
    server.put(pod("same"));
    const { changes, until } = watchPods();
    await until(() => changes.length === 4);
    server.intercept = (_, response) => {
      response.destroy();
      return true;
    };
    server.hangUp();
    server.remove(pod("gone"));
    server.put(pod("changed", { phase: "Running" }));
    server.remove(pod("replaced"));
    server.put(pod("replaced", { uid: "another" }));
    server.compact();
    server.intercept = undefined;
    await until(() => changes.length === 8);
    expect(changes.slice(4).sort()).toEqual([
      "added replaced Pending",
      "deleted gone Pending",
      "deleted replaced Pending",
      "modified changed Pending>Running",
    ]);
  });

  it("outlives errors of the server, and does not storm it", async () => {
    let refusals = 0;
    server.intercept = (_, response) => {
      refusals++;
      if (refusals > 4) return false;
      sendJson(response, 500, status(500, "InternalError"));
      return true;
    };
    watchPods();
    await informer.ready;
    expect(refusals).toBeGreaterThan(4);
    expect(troubles).toHaveLength(4);
    expect(troubles[0]).toContain("it is InternalError");
  });

  it("does not storm a server that ends every watch at once", async () => {
    let watches = 0;
    server.intercept = ({ url }, response) => {
      if (!url?.includes("watch=true")) return false;
      watches++;
      response.writeHead(200).end();
      return true;
    };
    watchPods();
    await informer.ready;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(watches).toBeLessThan(8);
  });

  it("takes a watch that has gone silent for a dead one", async () => {
    server.intercept = ({ url }, response) => {
      if (!url?.includes("watch=true") || troubles.length > 0) return false;
      response.writeHead(200).flushHeaders();
      return true;
    };
    const { changes, until } = watchPods({ watchMillis: 100 });
    await informer.ready;
    server.put(pod("a"));
    await until(() => changes.length === 1);
    expect(troubles[0]).toContain("nothing for 100 ms");
  });

  it("goes on from the version of a bookmark", async () => {
    const { until } = watchPods();
    server.intercept = ({ url }, response) => {
      if (!url?.includes("watch=true")) return false;
      const bookmark = { type: "BOOKMARK", object: { kind: "Pod", metadata: { resourceVersion: "4711" } } };
      response.end(url.includes("resourceVersion=4711") ? "nonsense\n" : `${JSON.stringify(bookmark)}\n`);
      return true;
    };
    await until(() => troubles.length > 0);
    expect(troubles[0]).toContain("not JSON");
  });

  it("says that it was stopped to whoever waits for its first list", async () => {
    server.intercept = () => true;
    watchPods();
    informer.stop();
    informer.stop();
    await expect(informer.ready).rejects.toThrow("pods was stopped before");
    server.hangUp();
  });
});

describe("the objects of an informer", () => {
  it("are found by an index exactly as a look at each would find them", () => {
    const step = fc.record({
      name: fc.constantFrom("a", "b", "c", "d"),
      owner: fc.constantFrom("x", "y", ""),
      gone: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const cache = new ObjectCache<Pod>({ owner: ({ metadata }) => metadata.labels?.owner || undefined });
        for (const [index, { name, owner, gone }] of steps.entries()) {
          const object = stored(pod(name, { owner }), String(index));
          if (gone) cache.remove(object);
          else cache.put(object);
        }
        for (const owner of ["x", "y"]) {
          const looked = cache.list().filter(({ metadata }) => metadata.labels?.owner === owner);
          expect(new Set(cache.by("owner", owner))).toEqual(new Set(looked));
        }
      }),
    );
  });
});

function stored(object: ReturnType<typeof pod>, resourceVersion: string): Stored<Pod> {
  const metadata = { ...object.metadata, resourceVersion, creationTimestamp: "2026-01-01T00:00:00Z" };
  return { ...object, metadata, spec: { containers: [] }, status: { phase: "Pending" } };
}
