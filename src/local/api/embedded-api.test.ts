import { setImmediate as turn } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { ApiError, CoreKind, connectKubeApi, type KubeApi, type Pod } from "../../kube/index.ts";
import {
  openTestApi,
  PIPELINE_RUNS,
  pod,
  type Run,
  run,
  secret,
  startPod,
  untilGone,
} from "./api.testing.ts";
import { type EmbeddedApi, type EmbeddedApiOptions, serveKubeApi } from "./index.ts";

const RULES: Partial<EmbeddedApiOptions> = {
  admit: ({ object, old }) => {
    if ((object as Run).spec?.["refuse"] === true)
      throw new ApiError({ status: 400, reason: "BadRequest", message: "denied the request" });
    const isOld = object.apiVersion === "tekton.dev/v1beta1";
    const spec = isOld ? { upgraded: true } : { timeout: "1h0m0s", ...(object as Run).spec };
    return { object: { ...object, spec } as Run, warnings: [old === undefined ? "made" : "changed"] };
  },
};
const at = (name: string, namespace = "default") => ({ namespace, name });

/** The same API as both kinds of clients have it. */
async function openBoth(): Promise<{ way: string; embedded: EmbeddedApi; api: KubeApi }[]> {
  const embedded = await openTestApi(RULES);
  const served = await openTestApi(RULES);
  const server = await serveKubeApi({ api: served, host: "127.0.0.1", port: 0, podLogs: () => undefined });
  afterAll(() => server.close());
  return [
    { way: "in this process", embedded, api: embedded },
    { way: "over HTTP", embedded: served, api: connectKubeApi({ server: server.url }) },
  ];
}

describe.each(await openBoth())("the API $way", ({ api, embedded }) => {
  describe("creating", () => {
    it("answers the object with what the server adds", async () => {
      const { metadata } = await api.create(PIPELINE_RUNS, run({ name: "added" }));
      expect(metadata).toMatchObject({ name: "added", namespace: "default", generation: 1 });
      expect(metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(metadata.creationTimestamp).toMatch(/^2026-01-01T00:00:00\.\d{6}Z$/);
      expect(Number(metadata.resourceVersion)).toBeGreaterThan(0);
    });

    it("makes up the end of a generated name", async () => {
      const { metadata } = await api.create(PIPELINE_RUNS, run({ generateName: "made-" }));
      expect(metadata.name).toMatch(/^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    });

    it("refuses a name that is taken", async () => {
      await api.create(PIPELINE_RUNS, run({ name: "taken" }));
      const again = api.create(PIPELINE_RUNS, run({ name: "taken" }));
      await expect(again).rejects.toMatchObject({
        status: 409,
        reason: "AlreadyExists",
        message: 'pipelineruns.tekton.dev "taken" already exists',
      });
    });

    it.each([
      ["Bad_Name", "a lowercase RFC 1123 subdomain must consist of"],
      ["", "metadata.name: Required value: name or generateName is required"],
      ["x".repeat(254), "must be no more than 253 characters"],
    ])("refuses the name %j", async (name, message) => {
      const refused = api.create(PIPELINE_RUNS, run({ name }));
      await expect(refused).rejects.toMatchObject({ status: 422, message: expect.stringContaining(message) });
    });

    it("refuses labels that cannot be selected", async () => {
      const refused = api.create(PIPELINE_RUNS, run({ name: "labelled", labels: { app: "no spaces" } }));
      await expect(refused).rejects.toMatchObject({ status: 422 });
    });

    it("refuses Pods whose volumes and containers have names that are paths, or the same name", async () => {
      const spec = { containers: [{ name: "c", image: "busybox" }] };
      const volumes = [{ name: "../../etc", emptyDir: {} }];
      const wrong = [
        { ...spec, volumes },
        { containers: [{ name: "../c", image: "busybox" }] },
        {
          ...spec,
          volumes: [
            { name: "v", downwardAPI: {} },
            { name: "v", emptyDir: {} },
          ],
        },
        { ...spec, initContainers: spec.containers },
        { ...spec, volumes: { not: "a list" } },
      ];
      for (const each of wrong) {
        const made = api.create(CoreKind.pod, { ...pod({ name: "named" }), spec: each } as Pod);
        await expect(made).rejects.toMatchObject({ status: 422, reason: "Invalid" });
      }
    });

    it("makes the namespace it needs", async () => {
      await api.create(PIPELINE_RUNS, run({ name: "first", namespace: "made-here" }));
      const namespace = await api.get(CoreKind.namespace, at("made-here", ""));
      expect(namespace).toMatchObject({ status: { phase: "Active" } });
      await expect(api.get(CoreKind.serviceAccount, at("default", "made-here"))).resolves.toBeDefined();
    });

    it("asks admission, and keeps the defaults it fills in", async () => {
      const made = await api.create(PIPELINE_RUNS, run({ name: "admitted" }));
      expect(made.spec).toEqual({ timeout: "1h0m0s" });
      const refused = api.create(PIPELINE_RUNS, run({ name: "refused" }, { refuse: true }));
      await expect(refused).rejects.toMatchObject({ status: 400, message: "denied the request" });
    });

    it("stores an older version as the current one", async () => {
      const old = { ...run({ name: "upgraded" }), apiVersion: "tekton.dev/v1beta1" };
      await api.create({ ...PIPELINE_RUNS, version: "v1beta1" }, old);
      const stored = await api.get(PIPELINE_RUNS, at("upgraded"));
      expect(stored).toMatchObject({ apiVersion: "tekton.dev/v1", spec: { upgraded: true } });
    });

    it("knows nothing of kinds it does not hold", async () => {
      const unknown = { ...PIPELINE_RUNS, plural: "deployments" };
      await expect(api.list(unknown)).rejects.toMatchObject({ status: 404 });
    });

    it("keeps the texts of a Secret in base64, and binds a claim", async () => {
      const stored = await api.create(CoreKind.secret, secret({ name: "texts" }, { user: "ada" }));
      expect(stored).toMatchObject({ type: "Opaque", data: { user: "YWRh" } });
      expect(stored.stringData).toBeUndefined();
      const claim = await api.create(CoreKind.claim, {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "room" },
        spec: { resources: { requests: { storage: "1Gi" } } },
      });
      expect(claim.status).toMatchObject({ phase: "Bound", capacity: { storage: "1Gi" } });
    });
  });

  describe("changing", () => {
    it("refuses what was made from an older state", async () => {
      const old = await api.create(PIPELINE_RUNS, run({ name: "contended" }));
      await api.updateStatus(PIPELINE_RUNS, { ...old, status: { seen: 1 } });
      await expect(api.update(PIPELINE_RUNS, { ...old, spec: {} })).rejects.toMatchObject({
        status: 409,
        reason: "Conflict",
        message:
          'Operation cannot be fulfilled on pipelineruns.tekton.dev "contended": the object has been modified; ' +
          "please apply your changes to the latest version and try again",
      });
    });

    it("leaves the status to those who write the status", async () => {
      const made = await api.create(PIPELINE_RUNS, { ...run({ name: "parted" }), status: { forged: true } });
      expect(made.status).toBeUndefined();
      const judged = await api.updateStatus(PIPELINE_RUNS, {
        ...made,
        spec: { lost: 1 },
        status: { done: true },
      });
      expect(judged).toMatchObject({ spec: { timeout: "1h0m0s" }, status: { done: true } });
      const edited = await api.update(PIPELINE_RUNS, { ...judged, spec: { new: 1 }, status: {} });
      expect(edited).toMatchObject({ spec: { new: 1 }, status: { done: true } });
      const patched = await api.patch(
        PIPELINE_RUNS,
        at("parted"),
        { status: { more: 1 } },
        { subresource: "status" },
      );
      expect(patched.status).toEqual({ done: true, more: 1 });
    });

    it("counts generations of the spec only", async () => {
      const made = await api.create(PIPELINE_RUNS, run({ name: "counted" }));
      const labelled = await api.patch(PIPELINE_RUNS, at("counted"), { metadata: { labels: { a: "b" } } });
      const asBefore = await api.patch(PIPELINE_RUNS, at("counted"), { spec: { timeout: null } });
      const respecified = await api.patch(PIPELINE_RUNS, at("counted"), { spec: { status: "Cancelled" } });
      const generations = [made, labelled, asBefore, respecified].map(({ metadata }) => metadata.generation);
      expect(generations).toEqual([1, 1, 1, 2]);
    });

    it("does not let identity change", async () => {
      const made = await api.create(PIPELINE_RUNS, run({ name: "identical" }));
      const { uid, creationTimestamp } = made.metadata;
      const metadata = { name: "identical", namespace: "default", creationTimestamp: "1999-01-01T00:00:00Z" };
      const updated = await api.update(PIPELINE_RUNS, { ...made, metadata, spec: { a: 1 } });
      expect(updated.metadata).toMatchObject({ uid, creationTimestamp });
      const other = { ...made, metadata: { ...metadata, uid: "another" } };
      await expect(api.update(PIPELINE_RUNS, other)).rejects.toMatchObject({ status: 409 });
    });
  });

  describe("deleting", () => {
    const childOf = ({ metadata: { uid, name } }: Run, child: Run) => ({
      ...child,
      metadata: {
        ...child.metadata,
        ownerReferences: [{ apiVersion: "tekton.dev/v1", kind: "PipelineRun", name, uid: uid ?? "" }],
      },
    });

    it("takes along what is owned, however deep", async () => {
      const owner = await api.create(PIPELINE_RUNS, run({ name: "owner" }));
      const child = await api.create(PIPELINE_RUNS, childOf(owner, run({ name: "child" })));
      await api.create(PIPELINE_RUNS, childOf(child, run({ name: "grandchild" })));
      await api.delete(PIPELINE_RUNS, at("owner"));
      await untilGone(api, PIPELINE_RUNS, "grandchild");
      await expect(api.get(PIPELINE_RUNS, at("child"))).rejects.toMatchObject({ status: 404 });
    });

    it("takes along what comes too late", async () => {
      const owner = await api.create(PIPELINE_RUNS, run({ name: "gone-early" }));
      await api.delete(PIPELINE_RUNS, at("gone-early"));
      await api.create(PIPELINE_RUNS, childOf(owner, run({ name: "late" })));
      await untilGone(api, PIPELINE_RUNS, "late");
    });

    it("leaves orphans when asked to", async () => {
      const owner = await api.create(PIPELINE_RUNS, run({ name: "parent" }));
      await api.create(PIPELINE_RUNS, childOf(owner, run({ name: "orphan" })));
      const { operations } = embedded;
      await operations.delete(operations.placeOf(PIPELINE_RUNS, at("parent")), {
        propagationPolicy: "Orphan",
      });
      await turn();
      const orphan = await api.get(PIPELINE_RUNS, at("orphan"));
      expect(orphan.metadata.ownerReferences).toEqual([]);
    });

    it("waits for what is owned when asked to", async () => {
      const owner = await api.create(PIPELINE_RUNS, run({ name: "patient" }));
      const child = childOf(owner, run({ name: "held" }));
      await api.create(PIPELINE_RUNS, {
        ...child,
        metadata: { ...child.metadata, finalizers: ["example.com/hold"] },
      });
      const { operations } = embedded;
      await operations.delete(operations.placeOf(PIPELINE_RUNS, at("patient")), {
        propagationPolicy: "Foreground",
        uid: owner.metadata.uid,
      });
      await turn();
      const waiting = await api.get(PIPELINE_RUNS, at("patient"));
      expect(waiting.metadata).toMatchObject({
        deletionTimestamp: expect.any(String),
        finalizers: ["foregroundDeletion"],
      });
      await api.patch(PIPELINE_RUNS, at("held"), { metadata: { finalizers: null } });
      await untilGone(api, PIPELINE_RUNS, "patient");
    });

    it("waits for finalizers", async () => {
      const held = run({ name: "final" });
      await api.create(PIPELINE_RUNS, {
        ...held,
        metadata: { ...held.metadata, finalizers: ["example.com/hold"] },
      });
      await api.delete(PIPELINE_RUNS, at("final"));
      const found = await api.get(PIPELINE_RUNS, at("final"));
      expect(found.metadata.deletionTimestamp).toBeDefined();
      await api.update(PIPELINE_RUNS, { ...found, metadata: { ...found.metadata, finalizers: [] } });
      await expect(api.get(PIPELINE_RUNS, at("final"))).rejects.toMatchObject({ status: 404 });
    });

    it("gives a running Pod the time its kubelet needs", async () => {
      await api.create(CoreKind.pod, pod({ name: "running" }));
      await startPod(api, "running");
      await api.delete(CoreKind.pod, at("running"), { gracePeriodSeconds: 5 });
      const ending = await api.get(CoreKind.pod, at("running"));
      expect(ending.metadata).toMatchObject({
        deletionGracePeriodSeconds: 5,
        deletionTimestamp: expect.any(String),
      });
      await api.delete(CoreKind.pod, at("running"), { gracePeriodSeconds: 0 });
      await expect(api.get(CoreKind.pod, at("running"))).rejects.toMatchObject({ status: 404 });
    });

    it("removes a Pod that never started at once", async () => {
      await api.create(CoreKind.pod, pod({ name: "unstarted" }));
      await api.delete(CoreKind.pod, at("unstarted"));
      await expect(api.get(CoreKind.pod, at("unstarted"))).rejects.toMatchObject({ status: 404 });
    });

    it("refuses when it is another one by now", async () => {
      await api.create(PIPELINE_RUNS, run({ name: "replaced" }));
      const refused = api.delete(PIPELINE_RUNS, at("replaced"), { uid: "another" });
      await expect(refused).rejects.toMatchObject({ status: 409, reason: "Conflict" });
      await expect(api.delete(PIPELINE_RUNS, at("never-there"))).rejects.toMatchObject({
        status: 404,
        message: 'pipelineruns.tekton.dev "never-there" not found',
      });
    });

    it("empties a namespace and then removes it", async () => {
      const held = run({ name: "inside", namespace: "closing" });
      const finalizers = ["example.com/hold"];
      await api.create(PIPELINE_RUNS, { ...held, metadata: { ...held.metadata, finalizers } });
      await api.delete(CoreKind.namespace, at("closing", ""));
      const late = api.create(PIPELINE_RUNS, run({ name: "late", namespace: "closing" }));
      await expect(late).rejects.toMatchObject({ status: 403 });
      await api.patch(PIPELINE_RUNS, at("inside", "closing"), { metadata: { finalizers: [] } });
      await untilGone(api, CoreKind.namespace, "closing");
      expect((await api.list(PIPELINE_RUNS, { namespace: "closing" })).items).toEqual([]);
      const refused = api.delete(CoreKind.namespace, at("default", ""));
      await expect(refused).rejects.toMatchObject({ status: 403 });
    });
  });

  describe("listing", () => {
    it("selects by labels and fields", async () => {
      const labelsOf = { one: { tier: "web", app: "a" }, two: { tier: "db" }, three: { app: "b" } };
      for (const [name, labels] of Object.entries(labelsOf))
        await api.create(CoreKind.pod, pod({ name, labels, namespace: "selected" }));
      const names = async (labelSelector: string, fieldSelector = "") => {
        const { items } = await api.list(CoreKind.pod, {
          namespace: "selected",
          labelSelector,
          fieldSelector,
        });
        return items.map(({ metadata }) => metadata.name);
      };
      expect(await names("")).toEqual(["one", "three", "two"]);
      expect(await names("tier=web")).toEqual(["one"]);
      expect(await names("tier!=web")).toEqual(["three", "two"]);
      expect(await names("tier in (web, db),app")).toEqual(["one"]);
      expect(await names("tier notin (web)")).toEqual(["three", "two"]);
      expect(await names("!tier")).toEqual(["three"]);
      expect(await names("", "metadata.name=two,status.phase=Pending")).toEqual(["two"]);
      expect(await names("", "status.phase!=Pending")).toEqual([]);
      await expect(names("", "spec.image=x")).rejects.toMatchObject({ status: 400 });
      await expect(names("a b")).rejects.toMatchObject({ status: 400 });
    });

    it("shows one moment in all pages", async () => {
      for (const name of ["a", "b", "c"]) await api.create(CoreKind.pod, pod({ name, namespace: "paged" }));
      const first = await api.list(CoreKind.pod, { namespace: "paged", limit: 2 });
      await api.delete(CoreKind.pod, at("c", "paged"));
      const rest = await api.list(CoreKind.pod, {
        namespace: "paged",
        limit: 2,
        continue: first.continue ?? "",
      });
      expect(first.items.map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
      expect(rest.items.map(({ metadata }) => metadata.name)).toEqual(["c"]);
      expect(rest).toMatchObject({ resourceVersion: first.resourceVersion });
      expect(rest.continue).toBeUndefined();
      const forged = api.list(CoreKind.pod, { continue: "forged" });
      await expect(forged).rejects.toMatchObject({ status: 410 });
    });
  });
});

describe("objects in this process", async () => {
  const api = await openTestApi();

  it("shares what is frozen and keeps its own copy of what is not", async () => {
    const spec = Object.freeze({ params: [] });
    const labels = { app: "before" };
    const stored = await api.create(PIPELINE_RUNS, run({ name: "copied", labels }, { frozen: spec }));
    labels.app = "after";
    expect(stored.spec?.["frozen"]).toBe(spec);
    expect(stored.metadata.labels).toEqual({ app: "before" });
    expect(Object.isFrozen(stored.metadata.labels)).toBe(true);
  });

  it("takes a change to nothing for none", async () => {
    const made = await api.create(PIPELINE_RUNS, run({ name: "same" }));
    const again = await api.update(PIPELINE_RUNS, structuredClone(made));
    expect(again).toBe(made);
  });
});
