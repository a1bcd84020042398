import { describe, expect, it } from "vitest";
import { CoreKind, type KubeObject, type WatchEvent } from "../../kube/index.ts";
import { openTestApi, pod } from "./api.testing.ts";

const api = await openTestApi();
const at = (name: string) => ({ namespace: "default", name });

/** The first so many events, as words. */
async function take(count: number, events: AsyncIterable<WatchEvent<KubeObject>>): Promise<string[]> {
  const words: string[] = [];
  for await (const event of events) {
    words.push(event.type === "BOOKMARK" ? event.type : `${event.type} ${event.object.metadata.name}`);
    if (words.length === count) break;
  }
  return words;
}

describe("a watch", () => {
  it("from the version of a list misses nothing and repeats nothing", async () => {
    await api.create(CoreKind.pod, pod({ name: "before" }));
    const { resourceVersion } = await api.list(CoreKind.pod);
    await api.create(CoreKind.pod, pod({ name: "after" }));
    await api.patch(CoreKind.pod, at("before"), { metadata: { labels: { a: "b" } } });
    const events = take(3, api.watch(CoreKind.pod, { resourceVersion }));
    await api.delete(CoreKind.pod, at("after"));
    expect(await events).toEqual(["ADDED after", "MODIFIED before", "DELETED after"]);
  });

  it("without a version begins with what there is", async () => {
    await api.create(CoreKind.pod, pod({ name: "there", namespace: "begun" }));
    expect(await take(1, api.watch(CoreKind.pod, { namespace: "begun" }))).toEqual(["ADDED there"]);
  });

  it("adds what comes to match its selector and deletes what ceases to", async () => {
    const { resourceVersion } = await api.list(CoreKind.pod);
    const watch = api.watch(CoreKind.pod, { resourceVersion, labelSelector: "stage=ready" });
    const events = take(3, watch);
    await api.create(CoreKind.pod, pod({ name: "changing" }));
    for (const stage of ["ready", "done"])
      await api.patch(CoreKind.pod, at("changing"), { metadata: { labels: { stage } } });
    await api.patch(CoreKind.pod, at("changing"), { metadata: { labels: { stage: "ready" } } });
    expect(await events).toEqual(["ADDED changing", "DELETED changing", "ADDED changing"]);
  });

  it("does not tell of other kinds", async () => {
    const { resourceVersion } = await api.list(CoreKind.pod);
    const events = take(1, api.watch(CoreKind.pod, { resourceVersion }));
    await api.create(CoreKind.configMap, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "other" },
    });
    await api.create(CoreKind.pod, pod({ name: "mine" }));
    expect(await events).toEqual(["ADDED mine"]);
  });

  it("ends with a bookmark when its time is over, and at once when it is told to", async () => {
    const { resourceVersion } = await api.list(CoreKind.pod);
    const timed = api.watch(CoreKind.pod, { resourceVersion, timeoutSeconds: 0.01 });
    expect(await take(2, timed)).toEqual(["BOOKMARK"]);
    const stop = new AbortController();
    const stopped = take(1, api.watch(CoreKind.pod, { resourceVersion, signal: stop.signal }));
    stop.abort();
    expect(await stopped).toEqual([]);
  });

  it("is refused with 410 from versions that are forgotten, and from those that are yet to come", async () => {
    const small = await openTestApi();
    const { resourceVersion } = await small.list(CoreKind.configMap);
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "busy" } };
    await small.create(CoreKind.configMap, object);
    for (let count = 0; count < 4_200; count++)
      await small.patch(CoreKind.configMap, at("busy"), { data: { count: String(count) } });
    const gone = { status: 410, reason: "Expired" };
    await expect(take(1, small.watch(CoreKind.configMap, { resourceVersion }))).rejects.toMatchObject(gone);
    const future = small.watch(CoreKind.configMap, { resourceVersion: "999999" });
    await expect(take(1, future)).rejects.toMatchObject(gone);
  });

  it("that is not read is given up, and nothing more is kept for it", async () => {
    const busy = await openTestApi();
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "busy" } };
    const { resource } = busy.operations.placeOf(CoreKind.configMap, at("busy"));
    await busy.create(CoreKind.configMap, object);
    const watch = busy.watch(CoreKind.configMap, {})[Symbol.asyncIterator]();
    await watch.next();
    const place = { resource, key: at("busy") };
    for (let count = 0; count < 100_010; count++)
      void busy.operations.patch(place, { kind: "merge", body: { data: { count: String(count) } } });
    await expect(watch.next()).rejects.toMatchObject({ status: 410, reason: "Expired" });
  });

  it("ends when the API closes, as often as that is called", async () => {
    const closing = await openTestApi();
    const { resourceVersion } = await closing.list(CoreKind.pod);
    const events = take(1, closing.watch(CoreKind.pod, { resourceVersion }));
    await Promise.all([closing.close(), closing.close()]);
    expect(await events).toEqual([]);
  });
});
