import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ContainerStatus, CoreKind, type Pod, type Stored } from "../../kube/index.ts";
import { hasSandbox, openStage, podOf, type Stage, shell, taskPod, textOf } from "./kubelet.testing.ts";

const core = (kind: string, name: string, fields: object) => ({
  apiVersion: "v1",
  kind,
  metadata: { name, namespace: "default" },
  ...fields,
});

const terminatedOf = (pod: Stored<Pod>) => pod.status?.containerStatuses?.[0]?.state?.terminated;

const isRunning = ({ status }: Stored<Pod>) =>
  status?.containerStatuses?.some(({ state }) => state?.running !== undefined) === true;

const waitingOf = (pod: Stored<Pod>): ContainerStatus["state"] => pod.status?.containerStatuses?.[0]?.state;

describe.skipIf(!hasSandbox)("Pods, in a sandbox", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage("sandbox");
  });
  afterAll(() => stage.end());

  const isGone = async (name: string) => {
    try {
      await stage.api.get(CoreKind.pod, { namespace: "default", name });
      return false;
    } catch {
      return true;
    }
  };

  it("run their containers' commands and say how they ended, and when", async () => {
    const pod = await stage.run(podOf("plain", { containers: [shell("one", "echo hi; exit 4")] }));
    expect(pod.status).toMatchObject({ phase: "Failed", startTime: expect.any(String) });
    expect(terminatedOf(pod)).toMatchObject({ exitCode: 4, reason: "Error", startedAt: expect.any(String) });
    expect(pod.status?.conditions?.map(({ type, status }) => `${type} ${status}`)).toEqual([
      "PodScheduled True",
      "Initialized True",
      "ContainersReady False",
      "Ready False",
    ]);
    expect(await stage.logOf("plain", "one")).toBe("hi\n");
    expect(stage.outputs.find(({ pod }) => pod.metadata.name === "plain")).toMatchObject({
      container: "one",
      stream: "stdout",
    });
  });

  it("get variables from values, fields, ConfigMaps and Secrets", async () => {
    await stage.api.create(CoreKind.configMap, core("ConfigMap", "settings", { data: { COLOUR: "red" } }));
    await stage.api.create(
      CoreKind.secret,
      core("Secret", "keys", { data: { token: Buffer.from("s3cret").toString("base64") } }),
    );
    const env = [
      { name: "NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "GREETING", value: "hello $(NAME) $$(NAME) $(NOBODY)" },
      { name: "NOTE", valueFrom: { fieldRef: { fieldPath: "metadata.annotations['a.b/note']" } } },
      { name: "TOKEN", valueFrom: { secretKeyRef: { name: "keys", key: "token" } } },
      { name: "NONE", valueFrom: { configMapKeyRef: { name: "none", key: "x", optional: true } } },
    ];
    const envFrom = [{ prefix: "THE_", configMapRef: { name: "settings" } }];
    const pod = podOf("variables", {
      containers: [
        shell("one", `echo "$GREETING|$NOTE|$TOKEN|$THE_COLOUR|\${NONE-unset}"`, { env, envFrom }),
      ],
    });
    pod.metadata.annotations = { "a.b/note": "noted" };
    await stage.run(pod);
    expect(await stage.logOf("variables", "one")).toBe(
      "hello variables $(NAME) $(NOBODY)|noted|s3cret|red|unset\n",
    );
  });

  it("wait for what their variables come from, and run once it is there", async () => {
    const env = [{ name: "X", valueFrom: { secretKeyRef: { name: "later", key: "x" } } }];
    const pod = podOf("waiting", { containers: [shell("one", "echo $X", { env })] });
    await stage.api.create(CoreKind.pod, pod);
    const waiting = await stage.until("waiting", (seen) => waitingOf(seen)?.waiting?.message !== undefined);
    expect(waitingOf(waiting)?.waiting).toEqual({
      reason: "CreateContainerConfigError",
      message: 'secret "later" not found',
    });
    await stage.api.create(CoreKind.secret, core("Secret", "later", { data: { x: "eA==" } }));
    await stage.until("waiting", ({ status }) => status?.phase === "Succeeded");
    expect(await stage.logOf("waiting", "one")).toBe("x\n");
  });

  it("see ConfigMaps, Secrets and their own fields as files", async () => {
    await stage.api.create(CoreKind.configMap, core("ConfigMap", "files", { data: { a: "A", b: "B" } }));
    const items = [{ key: "b", path: "deep/b", mode: 0o400 }];
    const labels = { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] };
    const pod = podOf("files", {
      volumes: [
        { name: "all", configMap: { name: "files" } },
        {
          name: "some",
          projected: { sources: [{ configMap: { name: "files", items } }, { downwardAPI: labels }] },
        },
        { name: "none", secret: { secretName: "none", optional: true } },
      ],
      containers: [
        shell(
          "one",
          "cat /all/a /some/deep/b /some/labels; ls /none; stat -c %a /some/deep/b; ! touch /all/x",
          {
            volumeMounts: ["all", "some", "none"].map((name) => ({ name, mountPath: `/${name}` })),
          },
        ),
      ],
    });
    pod.metadata.labels = { tier: "one" };
    const ended = await stage.run(pod);
    expect(await stage.logOf("files", "one")).toContain('ABtier="one"400\n');
    expect(ended.status?.phase).toBe("Succeeded");
  });

  it("keep what they write to a claim until the claim is deleted", async () => {
    await stage.api.create(CoreKind.claim, core("PersistentVolumeClaim", "kept", { spec: {} }));
    const volumes = [{ name: "v", persistentVolumeClaim: { claimName: "kept" } }];
    const volumeMounts = [{ name: "v", mountPath: "/v", subPath: "sub/dir" }];
    const write = shell("one", "echo kept > /v/file", { volumeMounts });
    await stage.run(podOf("writer", { volumes, containers: [write] }));
    await stage.run(
      podOf("reader", { volumes, containers: [shell("one", "cat /v/file", { volumeMounts })] }),
    );
    expect(await stage.logOf("reader", "one")).toBe("kept\n");
    const directory = join(stage.directory, "claims", "default", "kept");
    expect(readFileSync(join(directory, "sub/dir/file"), "utf8")).toBe("kept\n");
    await stage.api.delete(CoreKind.claim, { namespace: "default", name: "kept" });
    await expect.poll(() => existsSync(directory)).toBe(false);
  });

  it("are not scheduled while their claim is missing", async () => {
    const volumes = [{ name: "v", persistentVolumeClaim: { claimName: "missing" } }];
    await stage.api.create(CoreKind.pod, podOf("homeless", { volumes, containers: [shell("one", "true")] }));
    const pod = await stage.until("homeless", ({ status }) => status?.conditions !== undefined);
    expect(pod.status?.conditions?.[0]).toMatchObject({
      type: "PodScheduled",
      status: "False",
      reason: "Unschedulable",
      message: 'persistentvolumeclaim "missing" not found',
    });
    await stage.api.delete(CoreKind.pod, { namespace: "default", name: "homeless" });
    await expect.poll(() => isGone("homeless")).toBe(true);
  });

  it("cannot mount a directory of the machine through a link in a volume", async () => {
    await stage.api.create(CoreKind.claim, core("PersistentVolumeClaim", "linked", { spec: {} }));
    const claim = join(stage.directory, "claims", "default", "linked");
    const volumes = [{ name: "v", persistentVolumeClaim: { claimName: "linked" } }];
    const link = shell("one", "ln -s /etc /v/etc", { volumeMounts: [{ name: "v", mountPath: "/v" }] });
    await stage.run(podOf("linker", { volumes, containers: [link] }));
    expect(existsSync(claim)).toBe(true);
    const volumeMounts = [{ name: "v", mountPath: "/v", subPath: "etc" }];
    const follow = podOf("follower", { volumes, containers: [shell("one", "ls /v", { volumeMounts })] });
    await stage.api.create(CoreKind.pod, follow);
    const pod = await stage.until("follower", (seen) => waitingOf(seen)?.waiting?.message !== undefined);
    expect(waitingOf(pod)?.waiting?.message).toContain('failed to prepare subPath "etc"');
    await stage.api.delete(CoreKind.pod, { namespace: "default", name: "follower" });
  });

  it("are asked to end when they are deleted, and go when they have", async () => {
    const script = "trap 'echo bye; exit 9' TERM; echo ready; while :; do sleep 0.02; done";
    await stage.api.create(CoreKind.pod, podOf("deleted", { containers: [shell("one", script)] }));
    await expect.poll(() => stage.outputs.some(({ pod }) => pod.metadata.name === "deleted")).toBe(true);
    const ended = stage.until("deleted", (pod) => terminatedOf(pod) !== undefined);
    await stage.api.delete(CoreKind.pod, { namespace: "default", name: "deleted" });
    expect(terminatedOf(await ended)?.exitCode).toBe(9);
    await expect.poll(() => isGone("deleted")).toBe(true);
    expect(await stage.logOf("deleted", "one")).toBe("ready\nbye\n");
  });

  it("are killed when they do not end in time", async () => {
    const deaf = shell("one", "trap '' TERM; echo ready; while :; do sleep 0.02; done");
    await stage.api.create(CoreKind.pod, podOf("deaf", { containers: [deaf] }));
    await expect.poll(() => stage.outputs.some(({ pod }) => pod.metadata.name === "deaf")).toBe(true);
    const ended = stage.until("deaf", (pod) => terminatedOf(pod) !== undefined);
    await stage.api.delete(CoreKind.pod, { namespace: "default", name: "deaf" }, { gracePeriodSeconds: 1 });
    expect(terminatedOf(await ended)?.exitCode).toBe(137);
    await expect.poll(() => isGone("deaf")).toBe(true);
  });

  it("end at their deadline", async () => {
    const pod = await stage.run(
      podOf("late", {
        activeDeadlineSeconds: 0.2,
        containers: [shell("one", "exec sleep 60")],
        terminationGracePeriodSeconds: 0.2,
      }),
    );
    expect(pod.status).toMatchObject({ phase: "Failed", reason: "DeadlineExceeded" });
  });

  it("let steps wait for their sidecars, whose end on request fails nothing", async () => {
    const pod = taskPod("sidecar", [{ name: "step", script: "cat /workspace/message" }]);
    const [step] = pod.spec.containers;
    const workspace = { name: "tekton-internal-workspace", mountPath: "/workspace" };
    const probe = { exec: { command: ["test", "-e", "/workspace/message"] }, periodSeconds: 1 };
    const sidecar = shell("sidecar-one", "sleep 0.1; echo hello > /workspace/message; exec sleep 60", {
      volumeMounts: [workspace],
      readinessProbe: probe,
    });
    const item = { path: "ready", fieldRef: { fieldPath: "metadata.annotations['tekton.dev/ready']" } };
    pod.spec.volumes = [...(pod.spec.volumes ?? []), { name: "downward", downwardAPI: { items: [item] } }];
    pod.spec.containers = [
      {
        ...step,
        name: "step-step",
        args: ["-wait_file", "/tekton/downward/ready", "-wait_file_content", ...(step?.args ?? [])],
        volumeMounts: [...(step?.volumeMounts ?? []), { name: "downward", mountPath: "/tekton/downward" }],
      },
      sidecar,
    ];
    pod.spec.terminationGracePeriodSeconds = 1;
    await stage.api.create(CoreKind.pod, pod);
    const key = { namespace: "default", name: "sidecar" };
    const isReady = ({ status }: Stored<Pod>) => status?.containerStatuses?.[1]?.ready === true;
    const ready = await stage.until("sidecar", isReady);
    expect(ready.status?.containerStatuses?.[0]?.state?.waiting).toBeDefined();
    await stage.api.patch(CoreKind.pod, key, { metadata: { annotations: { "tekton.dev/ready": "READY" } } });
    const done = await stage.until("sidecar", (seen) => terminatedOf(seen) !== undefined);
    expect(terminatedOf(done)?.exitCode).toBe(0);
    expect(done.status?.phase).toBe("Running");
    const containers = done.spec.containers.map((container) =>
      container.name === "sidecar-one" ? { ...container, image: "nop" } : container,
    );
    await stage.api.patch(CoreKind.pod, key, { spec: { containers } });
    const ended = await stage.until("sidecar", ({ status }) => status?.phase === "Succeeded");
    expect(ended.status?.containerStatuses?.[1]?.state?.terminated?.exitCode).toBeGreaterThan(0);
  });

  it("can be followed while they print", async () => {
    await stage.api.create(
      CoreKind.pod,
      podOf("followed", { containers: [shell("one", "echo 1; echo 2; sleep 0.1; echo 3")] }),
    );
    await stage.until("followed", isRunning);
    const query = { namespace: "default", pod: "followed", container: "one", follow: true };
    expect(await textOf(stage.kubelet.readLog(query))).toBe("1\n2\n3\n");
    expect(await textOf(stage.kubelet.readLog({ ...query, tailLines: 2 }))).toBe("2\n3\n");
    expect(stage.kubelet.readLog({ ...query, pod: "nobody" })).toBeUndefined();
  });

  it("fail with the reason when their description makes no sense", async () => {
    const pod = await stage.run(taskPod("senseless", [{ name: "a", flags: ["-timeout", "soon"] }]));
    expect(pod.status).toMatchObject({ phase: "Failed", message: expect.stringContaining('"soon"') });
  });

  it("leave nothing but logs and claims on the machine", async () => {
    await stage.run(taskPod("tidy", [{ name: "step", script: "echo x > /workspace/file" }]));
    const pod = await stage.api.get(CoreKind.pod, { namespace: "default", name: "tidy" });
    await expect.poll(() => existsSync(join(stage.directory, "pods", pod.metadata.uid))).toBe(false);
  });

  it("begin in a directory that is made for them if need be", async () => {
    mkdirSync(join(stage.directory, "host"));
    const volumes = [{ name: "v", hostPath: { path: join(stage.directory, "host") } }];
    const one = shell("one", "pwd", {
      workingDir: "/v/a/b",
      volumeMounts: [{ name: "v", mountPath: "/v" }],
    });
    await stage.run(podOf("somewhere", { volumes, containers: [one] }));
    expect(await stage.logOf("somewhere", "one")).toBe("/v/a/b\n");
  });
});
