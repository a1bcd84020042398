import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { systemClock } from "../../engine/index.ts";
import { CoreKind } from "../../kube/index.ts";
import { openEmbeddedApi } from "../api/index.ts";
import { chooseExecutor } from "../executors/index.ts";
import { startKubelet } from "./index.ts";
import { hasSandbox, openStage, podOf, shell, taskPod, textOf, untilPod } from "./kubelet.testing.ts";

const startedAt = "2026-01-01T00:00:00Z";

describe.skipIf(!hasSandbox)("a kubelet", () => {
  const directory = mkdtempSync(join(tmpdir(), "throughline-kubelet-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  async function openApi() {
    const choice = await chooseExecutor("sandbox", { directory });
    if (choice.kind === "unusable") throw new Error(choice.message);
    const api = await openEmbeddedApi({ clock: systemClock });
    const options = {
      api,
      clock: systemClock,
      directory,
      network: "host",
      access: { shared: ["/"], hidden: [] },
      log: () => {},
    } as const;
    return { api, start: () => startKubelet({ ...options, executor: choice.executor }) };
  }

  it("fails the Pods of one before it that was killed, and removes what they left", async () => {
    const { api, start } = await openApi();
    const containers = [shell("ended", "true"), shell("running", "true"), shell("waiting", "true")];
    const created = await api.create(CoreKind.pod, podOf("lost", { nodeName: hostname(), containers }));
    await api.create(CoreKind.pod, podOf("elsewhere", { nodeName: "another-machine", containers }));
    await api.updateStatus(CoreKind.pod, {
      ...created,
      status: {
        phase: "Running",
        containerStatuses: [
          { name: "ended", state: { terminated: { exitCode: 0, reason: "Completed" } } },
          { name: "running", state: { running: { startedAt } } },
        ],
      },
    });
    const volumes = join(directory, "pods", created.metadata.uid);
    mkdirSync(volumes, { recursive: true });

    const kubelet = await start();
    const lost = await api.get(CoreKind.pod, { namespace: "default", name: "lost" });
    expect(lost.status).toMatchObject({ phase: "Failed", reason: "NodeLost" });
    expect(lost.status?.containerStatuses?.map(({ state }) => state?.terminated)).toMatchObject([
      { exitCode: 0 },
      { exitCode: 137, reason: "ContainerStatusUnknown", startedAt },
      { exitCode: 137, reason: "ContainerStatusUnknown" },
    ]);
    const elsewhere = await api.get(CoreKind.pod, { namespace: "default", name: "elsewhere" });
    expect(elsewhere.status).toEqual({ phase: "Pending" });
    expect(existsSync(volumes)).toBe(false);
    await kubelet.stop();
    await api.close();
  });

  it("knows its Pods when the machine has another name than before", async () => {
    writeFileSync(join(directory, "node-name"), "yesterday\n");
    const { api, start } = await openApi();
    const pod = podOf("renamed", { nodeName: "yesterday", containers: [shell("one", "true")] });
    await api.create(CoreKind.pod, pod);
    const kubelet = await start();
    const { status } = await api.get(CoreKind.pod, { namespace: "default", name: "renamed" });
    expect(status).toMatchObject({ phase: "Failed", reason: "NodeLost" });
    await kubelet.stop();
    await api.close();
    rmSync(join(directory, "node-name"));
  });

  it("takes up Pods that were made before it came, and removes those that were to go", async () => {
    const { api, start } = await openApi();
    await api.create(CoreKind.pod, podOf("early", { containers: [shell("one", "true")] }));
    const bound = podOf("going", { nodeName: hostname(), containers: [shell("one", "true")] });
    await api.create(CoreKind.pod, bound);
    await api.delete(CoreKind.pod, { namespace: "default", name: "going" });
    const kubelet = await start();
    await untilPod(api, "early", ({ status }) => status?.phase === "Succeeded");
    const { items } = await api.list(CoreKind.pod);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(["early"]);
    await kubelet.stop();
    await api.close();
  });

  it("ends and fails what is running when it is stopped", async () => {
    const { api, start } = await openApi();
    const kubelet = await start();
    const slow = "trap '' TERM; echo deaf; sleep 60";
    await api.create(CoreKind.pod, podOf("slow", { containers: [shell("one", slow)] }));
    await api.create(CoreKind.pod, taskPod("steps", [{ name: "one", script: slow }, { name: "two" }]));
    const logs = [
      { pod: "slow", container: "one" },
      { pod: "steps", container: "step-one" },
    ];
    const read = async (log: { pod: string; container: string }) =>
      textOf(kubelet.readLog({ ...log, namespace: "default" }));
    for (const log of logs) await expect.poll(() => read(log)).toBe("deaf\n");
    await Promise.all([kubelet.stop(), kubelet.stop()]);
    for (const name of ["slow", "steps"]) {
      const pod = await api.get(CoreKind.pod, { namespace: "default", name });
      expect(pod.status).toMatchObject({ phase: "Failed", reason: "Terminated" });
      expect(pod.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(137);
    }
    await api.close();
  });

  it("runs many Pods at once, with no more than three writes each", async () => {
    const stage = await openStage("sandbox");
    const seen: string[] = [];
    const watching = new AbortController();
    const events = stage.api.watch(CoreKind.pod, { resourceVersion: "0", signal: watching.signal });
    const counting = (async () => {
      for await (const event of events) if (event.type === "MODIFIED") seen.push(event.object.metadata.name);
    })();
    const names = Array.from({ length: 30 }, (_, index) => `pod-${index}`);
    const pods = await Promise.all(
      names.map((name) => stage.run(taskPod(name, [{ name: "a", script: "exit 0" }]))),
    );
    expect(pods.every(({ status }) => status?.phase === "Succeeded")).toBe(true);
    watching.abort();
    await counting;
    expect(seen.length).toBeLessThanOrEqual(3 * names.length);
    await stage.end();
  });
});
