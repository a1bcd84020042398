import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { type ConfigMap, CoreKind } from "../../kube/index.ts";
import { openTestApi, PIPELINE_RUNS, run, steppingClock, temporaryDirectory } from "./api.testing.ts";
import { openEmbeddedApi } from "./index.ts";

const at = (name: string) => ({ namespace: "default", name });

describe("objects in a directory", () => {
  it("are there again, with their versions going on, when it is opened again", async () => {
    const directory = join(temporaryDirectory(), "made", "here");
    const before = await openEmbeddedApi({ directory, clock: steppingClock() });
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    const made = await before.create(PIPELINE_RUNS, run({ name: "kept" }));
    await before.create(PIPELINE_RUNS, run({ name: "dropped" }));
    await before.delete(PIPELINE_RUNS, at("dropped"));
    await before.close();

    const after = await openTestApi({ directory });
    const { items, resourceVersion } = await after.list(PIPELINE_RUNS);
    expect(items).toEqual([made]);
    expect(Number(resourceVersion)).toBeGreaterThan(Number(made.metadata.resourceVersion));
    const watch = after.watch(PIPELINE_RUNS, { resourceVersion: made.metadata.resourceVersion });
    await expect(watch[Symbol.asyncIterator]().next()).rejects.toMatchObject({ status: 410 });
  });

  it("go with their owners, also when the process ended between the two", async () => {
    const directory = temporaryDirectory();
    const before = await openEmbeddedApi({ directory, clock: steppingClock() });
    const owner = await before.create(PIPELINE_RUNS, run({ name: "owner" }));
    const { uid } = owner.metadata;
    const ownerReferences = [{ apiVersion: "tekton.dev/v1", kind: "PipelineRun", name: "owner", uid }];
    const child = run({ name: "child" });
    await before.create(PIPELINE_RUNS, { ...child, metadata: { ...child.metadata, ownerReferences } });
    const deleted = before.delete(PIPELINE_RUNS, at("owner"));
    await Promise.all([deleted, before.close()]);

    const after = await openTestApi({ directory });
    expect((await after.list(PIPELINE_RUNS)).items).toEqual([]);
  });

  it("are kept, but for Events that are older than an hour", async () => {
    const directory = temporaryDirectory();
    const start = steppingClock().now();
    const event = (name: string) => ({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name, namespace: "default" },
      involvedObject: { kind: "Pod", name: "any" },
    });
    for (const [name, now] of [
      ["old", start],
      ["young", start + 3_000_000_000_000n],
    ] as const) {
      const api = await openEmbeddedApi({ directory, clock: { now: () => now } });
      await api.create(CoreKind.event, event(name));
      await api.close();
    }
    const after = await openTestApi({ directory, clock: { now: () => start + 3_600_000_001_000n } });
    const { items } = await after.list(CoreKind.event);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(["young"]);
  });

  it("belong to one process at a time", async () => {
    const directory = temporaryDirectory();
    await openTestApi({ directory });
    await expect(openEmbeddedApi({ directory, clock: steppingClock() })).rejects.toThrow(
      "another process has them open; stop it, or choose another directory",
    );
  });

  it("survive the death of the process as they were answered", async () => {
    const bundle = await bundleWriter();
    const directory = temporaryDirectory();
    for (const round of [1, 2, 3]) {
      const answered = await writeUntilKilled({ bundle, directory, name: `round-${round}` });
      const api = await openEmbeddedApi({ directory, clock: steppingClock() });
      const found = await api.get(CoreKind.configMap, at(`round-${round}`));
      await api.close();
      expect(Number((found as ConfigMap).data?.["count"])).toBeGreaterThanOrEqual(answered);
    }
  });
});

/** The program, beside a link to the packages it needs. */
async function bundleWriter(): Promise<string> {
  const directory = temporaryDirectory();
  symlinkSync(join(import.meta.dirname, "../../../node_modules"), join(directory, "node_modules"));
  const outfile = join(directory, "writer.mjs");
  const stdin = { contents: WRITER, resolveDir: import.meta.dirname, loader: "ts" } as const;
  const platform = "node";
  await build({
    stdin,
    outfile,
    platform,
    bundle: true,
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  return outfile;
}

/** Counts in a ConfigMap, and says every number it has an answer for. */
const WRITER = `
  import { openEmbeddedApi } from "./embedded-api.ts";
  import { CoreKind } from "../../kube/index.ts";
  import { writeSync } from "node:fs";
  const [directory, name] = process.argv.slice(2);
  const clock = { now: () => BigInt(Date.now()) * 1_000_000n };
  const api = await openEmbeddedApi({ directory, clock });
  const key = { namespace: "default", name };
  await api.create(CoreKind.configMap, { apiVersion: "v1", kind: "ConfigMap", metadata: key, data: { count: "0" } });
  for (let count = 1; ; count++) {
    const others = Array.from({ length: 5 }, (_, n) => api.create(CoreKind.configMap, {
      apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "default", name: [name, count, n].join("-") } }));
    await api.patch(CoreKind.configMap, key, { data: { count: String(count) } });
    writeSync(1, count + "\\n");
    await Promise.all(others);
  }
`;

/** Kills the process in the middle of its work; answers the last number it had said. */
async function writeUntilKilled(options: {
  bundle: string;
  directory: string;
  name: string;
}): Promise<number> {
  const child = spawn(process.execPath, [options.bundle, options.directory, options.name], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  let last = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (last >= 40) child.kill("SIGKILL");
  }
  await closed;
  return last;
}
