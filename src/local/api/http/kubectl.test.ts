import { execFile, spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, it } from "vitest";
import { ApiError, CoreKind } from "../../../kube/index.ts";
import {
  openTestApi,
  PIPELINE_RUNS,
  pod,
  type Run,
  run,
  startPod,
  temporaryDirectory,
} from "../api.testing.ts";
import { serveKubeApi, writeKubeconfig } from "../index.ts";

const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;
const directory = temporaryDirectory();
const kubeconfig = join(directory, "kubeconfig");
const env = { PATH: process.env["PATH"], HOME: directory, KUBECONFIG: kubeconfig };

const api = await openTestApi({
  admit: ({ object }) => {
    const spec = (object as Run).spec ?? {};
    if (spec["pipelineRef"] !== undefined || spec["pipelineSpec"] !== undefined)
      return { object, warnings: [] };
    const why = "expected exactly one, got neither: spec.pipelineRef, spec.pipelineSpec";
    const message = `admission webhook "validation.webhook.pipeline.tekton.dev" denied the request: validation failed: ${why}`;
    throw new ApiError({ status: 400, reason: "BadRequest", message });
  },
});
const token = "s3cret";
const server = await serveKubeApi({
  api,
  host: "127.0.0.1",
  port: 0,
  token,
  async *podLogs({ container, tailLines, follow }) {
    yield Buffer.from(`${container}, last ${tailLines}, ${follow ? "following" : "at once"}\n`);
  },
});
afterAll(() => server.close());
await writeKubeconfig({ file: kubeconfig, server: server.url, token });

interface Result {
  code: number;
  out: string;
  err: string;
}

/** Runs kubectl, with a file of this text for `FILE` if there is one. */
function kubectl(line: string, text?: string): Promise<Result> {
  const file = join(directory, "objects.yaml");
  if (text !== undefined) writeFileSync(file, text);
  const args = line.split(" ").map((word) => (word === "FILE" ? file : word));
  return new Promise((resolve) => {
    execFile("kubectl", args, { env }, (fault, out, err) => {
      resolve({ code: fault === null ? 0 : Number(fault.code ?? 1), out, err });
    });
  });
}

const PIPELINE_RUN = `
apiVersion: tekton.dev/v1
kind: PipelineRun
metadata: {generateName: demo-, labels: {app: demo}}
spec:
  pipelineSpec:
    tasks: [{name: hello, taskSpec: {steps: [{name: say, image: busybox, script: echo hello}]}}]
`;

const CONFIG_MAP = `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {app: demo}}
data: {kept: "1", dropped: "1"}
`;

describe.skipIf(!hasKubectl)("kubectl (needs kubectl)", () => {
  it("knows what there is", async () => {
    const { out } = await kubectl("api-resources --no-headers");
    const lines = out
      .trim()
      .split("\n")
      .map((line) => line.split(/ {2,}/));
    expect(lines).toContainEqual(["pipelineruns", "pr,prs", "tekton.dev/v1", "true", "PipelineRun"]);
    expect(lines).toContainEqual(["stepactions", "tekton.dev/v1beta1", "true", "StepAction"]);
    expect(lines).toContainEqual(["pods", "po", "v1", "true", "Pod"]);
  });

  it("creates what is right, under a name made up for it", async () => {
    const created = await kubectl("create -f FILE", PIPELINE_RUN);
    expect(created).toMatchObject({ code: 0, err: "" });
    expect(created.out).toMatch(/^pipelinerun\.tekton\.dev\/demo-[a-z0-9]{5} created\n$/);
    const { out } = await kubectl("get pr -l app=demo -o name");
    expect(created.out).toBe(out.replace("\n", " created\n"));
  });

  it("is told what is wrong, by the schema and by admission", async () => {
    const misspelt = await kubectl("create -f FILE", PIPELINE_RUN.replace("taskSpec", "taskspec"));
    expect(misspelt).toMatchObject({
      code: 1,
      err: expect.stringContaining(
        'strict decoding error: unknown field "spec.pipelineSpec.tasks[0].taskspec"',
      ),
    });
    const empty = await kubectl("create -f FILE", `${PIPELINE_RUN.split("spec:")[0]}spec: {}`);
    expect(empty).toMatchObject({
      code: 1,
      err: expect.stringContaining(
        "denied the request: validation failed: expected exactly one, got neither: spec.pipelineRef, spec.pipelineSpec",
      ),
    });
    const misnamed = await kubectl("create configmap Bad_Name");
    expect(misnamed).toMatchObject({
      code: 1,
      err: expect.stringContaining("a lowercase RFC 1123 subdomain"),
    });
  });

  it("creates what it sends as protobuf", async () => {
    const commands = {
      "create configmap proto --from-literal=a=b --from-literal=empty=": "configmap/proto",
      "create secret generic proto --from-literal=user=ada": "secret/proto",
      "create namespace proto": "namespace/proto",
      "create serviceaccount proto -n proto": "serviceaccount/proto",
    };
    for (const [command, name] of Object.entries(commands))
      expect(await kubectl(command)).toEqual({ code: 0, out: `${name} created\n`, err: "" });
    const { out } = await kubectl("get configmap/proto secret/proto -o jsonpath={.items[*].data}");
    expect(out).toBe('{"a":"b","empty":""} {"user":"YWRh"}');
  });

  it.each(["", " --server-side"])("applies, again, and what has changed%s", async (how) => {
    const text = CONFIG_MAP.replace("settings", `settings${how.length}`);
    const apply = (changed: string) => kubectl(`apply${how} -f FILE`, changed);
    const name = `configmap/settings${how.length}`;
    const isServerSide = how !== "";
    expect((await apply(text)).out).toBe(`${name} ${isServerSide ? "serverside-applied" : "created"}\n`);
    expect((await apply(text)).out).toBe(`${name} ${isServerSide ? "serverside-applied" : "unchanged"}\n`);
    const changed = await apply(text.replace(/, dropped: "1"/, ', added: "2"'));
    expect(changed.out).toBe(`${name} ${isServerSide ? "serverside-applied" : "configured"}\n`);
    const { out } = await kubectl(`get ${name} -o jsonpath={.data}`);
    expect(JSON.parse(out)).toEqual({ kept: "1", added: "2" });
  });

  it("applies objects of Tekton, and patches them", async () => {
    const named = PIPELINE_RUN.replace("generateName: demo-", "name: applied");
    expect((await kubectl("apply -f FILE", named)).out).toBe("pipelinerun.tekton.dev/applied created\n");
    expect((await kubectl("apply -f FILE", named)).out).toBe("pipelinerun.tekton.dev/applied unchanged\n");
    const older = named.replace("tekton.dev/v1", "tekton.dev/v1beta1").replace("app: demo", "app: older");
    expect((await kubectl("apply -f FILE", older)).out).toBe("pipelinerun.tekton.dev/applied configured\n");
    const patched = await kubectl('patch pr applied --type=merge -p {"spec":{"status":"Cancelled"}}');
    expect(patched.out).toBe("pipelinerun.tekton.dev/applied patched\n");
    const { out } = await kubectl(
      "get pr applied -o jsonpath={.spec.status},{.metadata.labels.app},{.apiVersion}",
    );
    expect(out).toBe("Cancelled,older,tekton.dev/v1");
  });

  it("shows runs and Pods in columns of their own", async () => {
    const made = await api.create(
      PIPELINE_RUNS,
      run({ name: "shown", namespace: "columns" }, { pipelineRef: {} }),
    );
    const conditions = [{ type: "Succeeded", status: "False", reason: "Failed" }];
    await api.updateStatus(PIPELINE_RUNS, {
      ...made,
      status: { conditions, startTime: "2025-12-31T23:59:00Z" },
    });
    await api.create(CoreKind.pod, pod({ name: "shown", namespace: "columns" }));
    const { out } = await kubectl("get pr,pods -n columns");
    const cells = out.split("\n").map((line) => line.trim().split(/ {2,}/));
    expect(cells).toEqual([
      ["NAME", "SUCCEEDED", "REASON", "STARTTIME", "COMPLETIONTIME"],
      ["pipelinerun.tekton.dev/shown", "False", "Failed", "60s"],
      [""],
      ["NAME", "READY", "STATUS", "RESTARTS", "AGE"],
      ["pod/shown", "0/1", "Pending", "0", "0s"],
      [""],
    ]);
  });

  it("describes a Pod with what happened to it", async () => {
    const { metadata } = await api.create(CoreKind.pod, pod({ name: "described" }));
    await api.create(CoreKind.event, {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "described.1", namespace: "default" },
      involvedObject: { kind: "Pod", namespace: "default", name: "described", uid: metadata.uid },
      type: "Normal",
      reason: "Started",
      message: "Started container main",
    });
    const { code, out } = await kubectl("describe pod described");
    expect(code).toBe(0);
    expect(out).toMatch(/Image: +busybox/);
    expect(out).toMatch(/Normal +Started .*Started container main/);
  });

  it("watches, and waits", async () => {
    const namespace = "watched";
    const made = await api.create(PIPELINE_RUNS, run({ name: "awaited", namespace }, { pipelineRef: {} }));
    const watching = spawn("kubectl", ["get", "pr", "-n", namespace, "-w", "--no-headers"], { env });
    const lines = createInterface({ input: watching.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toMatch(/^awaited\s*$/);
    const waiting = kubectl("wait pr/awaited -n watched --for=condition=Succeeded --timeout=20s");
    const conditions = [{ type: "Succeeded", status: "True", reason: "Completed" }];
    await api.updateStatus(PIPELINE_RUNS, { ...made, status: { conditions } });
    expect((await lines.next()).value).toMatch(/^awaited +True +Completed/);
    expect(await waiting).toMatchObject({ code: 0, out: "pipelinerun.tekton.dev/awaited condition met\n" });
    watching.kill();
  });

  it("reads logs", async () => {
    await api.create(CoreKind.pod, pod({ name: "logging" }));
    expect((await kubectl("logs logging --tail=3")).out).toBe("main, last 3, at once\n");
    expect((await kubectl("logs logging -c main -f")).out).toBe("main, last undefined, following\n");
    const missing = await kubectl("logs logging -c other");
    expect(missing.err).toContain("container other is not valid for pod logging");
    const previous = await kubectl("logs logging -p");
    expect(previous.err).toContain('previous terminated container "main" in pod "logging" not found');
  });

  it("deletes at once what has not started, and waits for what runs", async () => {
    await api.create(CoreKind.pod, pod({ name: "idle" }));
    expect(await kubectl("delete pod idle")).toMatchObject({ code: 0, out: 'pod "idle" deleted\n' });
    await api.create(CoreKind.pod, pod({ name: "busy" }));
    await startPod(api, "busy");
    const { resourceVersion } = await api.list(CoreKind.pod);
    const deleting = kubectl("delete pod busy");
    for await (const event of api.watch(CoreKind.pod, {
      resourceVersion,
      fieldSelector: "metadata.name=busy",
    }))
      if (event.type === "MODIFIED") break;
    await api.delete(CoreKind.pod, { namespace: "default", name: "busy" }, { gracePeriodSeconds: 0 });
    expect(await deleting).toMatchObject({ code: 0, out: 'pod "busy" deleted\n' });
    const gone = await kubectl("get pod busy");
    expect(gone).toMatchObject({ code: 1, err: 'Error from server (NotFound): pods "busy" not found\n' });
  });

  it("explains fields", async () => {
    const { out } = await kubectl("explain pipelinerun.spec.timeouts.pipeline");
    expect(out).toMatch(/FIELD: pipeline <string>/);
    expect(out).toContain("Longest time it may take");
  });

  it("lists page by page", async () => {
    for (const name of ["a", "b", "c"]) await api.create(CoreKind.pod, pod({ name, namespace: "pages" }));
    const { out } = await kubectl("get pods -n pages -o name --chunk-size=2");
    expect(out).toBe("pod/a\npod/b\npod/c\n");
  });
});
