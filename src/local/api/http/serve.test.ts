import { readFileSync, statSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { CoreKind } from "../../../kube/index.ts";
import { openTestApi, PIPELINE_RUNS, pod, run, temporaryDirectory } from "../api.testing.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { serveKubeApi } from "./serve.ts";

const api = await openTestApi({ admit: ({ object }) => ({ object, warnings: ['say "less"'] }) });
const server = await serveKubeApi({
  api,
  host: "127.0.0.1",
  port: 0,
  podLogs: () => undefined,
});
afterAll(() => server.close());

const PODS = "/api/v1/namespaces/default/pods";
const RUNS = "/apis/tekton.dev/v1/namespaces/default/pipelineruns";

interface Call {
  method?: string;
  body?: unknown;
  type?: string;
  headers?: Record<string, string>;
}

async function call(
  path: string,
  { method = "GET", body, type = "application/json", headers = {} }: Call = {},
) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { "content-type": type }) },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = text.startsWith("{") ? JSON.parse(text) : text;
  return { status: response.status, json, warning: response.headers.get("warning") };
}

const MERGE_PATCH = "application/merge-patch+json";

function withMetadata(metadata: object): object {
  const whole = pod({ name: "odd" });
  return { ...whole, metadata: { ...whole.metadata, ...metadata } };
}

function nested(levels: number): string {
  const whole = JSON.stringify({ ...pod({ name: "deep" }), deep: 0 });
  return whole.replace('"deep":0', `"deep":${"[".repeat(levels)}${"]".repeat(levels)}`);
}

describe("objects over HTTP", () => {
  it("are made, read, changed and deleted", async () => {
    const made = await call(PODS, { method: "POST", body: pod({ name: "whole" }) });
    expect(made).toMatchObject({
      status: 201,
      json: { metadata: { name: "whole" }, status: { phase: "Pending" } },
    });
    const found = await call(`${PODS}/whole`);
    expect(found.json).toEqual(made.json);
    const replaced = { ...found.json, metadata: { ...found.json.metadata, labels: { a: "b" } } };
    expect(await call(`${PODS}/whole`, { method: "PUT", body: replaced })).toMatchObject({
      status: 200,
      json: { metadata: { labels: { a: "b" } } },
    });
    const conflict = await call(`${PODS}/whole`, { method: "PUT", body: found.json });
    expect(conflict).toMatchObject({ status: 409, json: { kind: "Status", reason: "Conflict", code: 409 } });
    const status = await call(`${PODS}/whole/status`, {
      method: "PATCH",
      type: "application/merge-patch+json",
      body: { status: { phase: "Succeeded" } },
    });
    expect(status.json).toMatchObject({ status: { phase: "Succeeded" } });
    const deleted = await call(`${PODS}/whole`, { method: "DELETE" });
    expect(deleted).toMatchObject({ status: 200, json: { kind: "Status", status: "Success" } });
    expect(await call(`${PODS}/whole`)).toMatchObject({
      status: 404,
      json: { message: 'pods "whole" not found', reason: "NotFound" },
    });
  });

  it("come as YAML too, and as any kind of patch", async () => {
    const yaml = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: mapped}\ndata: {a: b}\n";
    const path = "/api/v1/namespaces/default/configmaps";
    expect(await call(path, { method: "POST", body: yaml, type: "application/yaml" })).toMatchObject({
      status: 201,
    });
    const patch = async (type: string, body: unknown, query = "") =>
      (await call(`${path}/mapped${query}`, { method: "PATCH", type: `application/${type}`, body })).json
        .data;
    expect(await patch("merge-patch+json", { data: { c: "d" } })).toEqual({ a: "b", c: "d" });
    expect(await patch("json-patch+json", [{ op: "remove", path: "/data/a" }])).toEqual({ c: "d" });
    expect(await patch("strategic-merge-patch+json", { data: { e: "f" } })).toEqual({ c: "d", e: "f" });
    const applied = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mapped}\ndata: {g: h}\n";
    expect(await patch("apply-patch+yaml", applied, "?fieldManager=me")).toEqual({ c: "d", e: "f", g: "h" });
  });

  it("are made by server-side apply when they are not there", async () => {
    const applied = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "applied" }, data: { a: "b" } };
    const path = "/api/v1/namespaces/default/configmaps/applied?fieldManager=me";
    const apply = { method: "PATCH", type: "application/apply-patch+yaml", body: applied };
    expect(await call(path, apply)).toMatchObject({ status: 201, json: { data: { a: "b" } } });
    expect(await call(path, apply)).toMatchObject({ status: 200 });
  });

  it("are not stored by a dry run", async () => {
    const made = await call(`${PODS}?dryRun=All`, { method: "POST", body: pod({ name: "dry" }) });
    expect(made.status).toBe(201);
    expect(await call(`${PODS}/dry`)).toMatchObject({ status: 404 });
  });

  it("are served in the version asked for", async () => {
    await api.create(PIPELINE_RUNS, run({ name: "old" }));
    const { json } = await call("/apis/tekton.dev/v1beta1/namespaces/default/pipelineruns/old");
    expect(json).toMatchObject({ apiVersion: "tekton.dev/v1beta1", kind: "PipelineRun" });
  });

  it("carry what admission has to say, and what is unknown of them", async () => {
    const odd = run({ name: "odd" }, { pipelineReff: { name: "x" } });
    const warned = await call(RUNS, { method: "POST", body: odd });
    expect(warned.warning).toBe('299 - "unknown field \\"spec.pipelineReff\\"", 299 - "say \\"less\\""');
    const strict = await call(`${RUNS}?fieldValidation=Strict`, { method: "POST", body: odd });
    expect(strict).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining('strict decoding error: unknown field "spec.pipelineReff"') },
    });
  });

  it.each([
    ["no JSON", { method: "POST", body: "{" }, 400],
    ["no object", { method: "POST", body: [] }, 400],
    ["another kind", { method: "POST", body: { apiVersion: "v1", kind: "Secret", metadata: {} } }, 400],
    ["another version", { method: "POST", body: { apiVersion: "v2", kind: "Pod", metadata: {} } }, 400],
    ["another namespace", { method: "POST", body: pod({ name: "x", namespace: "other" }) }, 400],
    ["no containers", { method: "POST", body: { ...pod({ name: "x" }), spec: {} } }, 422],
    ["broken protobuf", { method: "POST", body: "k8s", type: "application/vnd.kubernetes.protobuf" }, 400],
    ["another protobuf", { method: "POST", body: "k8s\0", type: "application/vnd.kubernetes.protobuf" }, 415],
    ["another format", { method: "POST", body: "<pod/>", type: "application/xml" }, 415],
    ["labels that are no map", { method: "POST", body: withMetadata({ labels: "x" }) }, 400],
    ["a name that is no text", { method: "POST", body: withMetadata({ name: 5 }) }, 400],
    ["owners that are none", { method: "POST", body: withMetadata({ ownerReferences: [{}] }) }, 400],
    ["a grace that is none", { method: "DELETE", path: `${RUNS}/old?gracePeriodSeconds=x` }, 400],
    [
      "a patch that takes everything",
      { path: `${RUNS}/old`, method: "PATCH", body: "5", type: MERGE_PATCH },
      400,
    ],
    [
      "a patch that leaves nothing",
      { path: `${RUNS}/old`, method: "PATCH", body: "null", type: MERGE_PATCH },
      400,
    ],
    ["too much", { method: "POST", body: { ...pod({ name: "x" }), large: "x".repeat(3_200_000) } }, 413],
    ["too deep", { method: "POST", body: nested(200_000) }, 400],
    ["an unknown method", { method: "OPTIONS" }, 405],
    ["a limit that is none", { path: `${PODS}?limit=x` }, 400],
    ["a path that cannot be decoded", { path: `${PODS}/%ff` }, 400],
    [
      "a strategic patch of a custom kind",
      { path: `${RUNS}/old`, method: "PATCH", body: {}, type: "application/strategic-merge-patch+json" },
      415,
    ],
    [
      "an apply without a manager",
      { path: `${PODS}/x`, method: "PATCH", body: {}, type: "application/apply-patch+yaml" },
      400,
    ],
    ["an unknown resource", { path: "/apis/apps/v1/deployments" }, 404],
    ["an unknown subresource", { path: `${PODS}/x/exec` }, 404],
    ["an unknown path", { path: "/metrics" }, 404],
  ] as [string, Call & { path?: string }, number][])(
    "refuses %s",
    async (_what, { path = PODS, ...options }, status) => {
      const answer = await call(path, options);
      expect(answer).toMatchObject({ status, json: { kind: "Status", status: "Failure", code: status } });
    },
  );
});

describe("a watch over HTTP", () => {
  it("sends what happened since, a bookmark, and ends in time", async () => {
    const { resourceVersion } = await api.list(CoreKind.pod);
    const query = `watch=true&resourceVersion=${resourceVersion}&timeoutSeconds=0.3&allowWatchBookmarks=true`;
    await api.create(CoreKind.pod, pod({ name: "watched" }));
    const response = await fetch(`${server.url}${PODS}?${query}`);
    const events = (await response.text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events).toMatchObject([
      { type: "ADDED", object: { kind: "Pod", metadata: { name: "watched" } } },
      { type: "BOOKMARK", object: { kind: "Pod", metadata: { resourceVersion: expect.any(String) } } },
    ]);
  });

  it("marks where the objects of the beginning end", async () => {
    const query = "watch=1&sendInitialEvents=true&allowWatchBookmarks=true&timeoutSeconds=0.1";
    const response = await fetch(`${server.url}/api/v1/namespaces?${query}`);
    const [first, second] = (await response.text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ type: "ADDED", object: { metadata: { name: "default" } } });
    expect(second.object.metadata.annotations).toEqual({ "k8s.io/initial-events-end": "true" });
  });

  it("is refused with 410 from a version that is forgotten", async () => {
    const answer = await call(`${PODS}?watch=true&resourceVersion=99999999`);
    expect(answer).toMatchObject({ status: 410, json: { reason: "Expired" } });
  });

  it("cuts off who does not read", async () => {
    const path = "/api/v1/namespaces/flooded/configmaps";
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(`GET ${path}?watch=true HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
    await new Promise((resolve) => socket.once("readable", resolve));
    const metadata = { name: "flood", namespace: "flooded" };
    await api.create(CoreKind.configMap, { apiVersion: "v1", kind: "ConfigMap", metadata });
    for (let count = 0; count < 30; count++) {
      await api.patch(CoreKind.configMap, metadata, { data: { text: String(count % 10).repeat(1_000_000) } });
      await new Promise(setImmediate);
    }
    let end = "";
    for await (const chunk of socket) end = (end + chunk).slice(-1_000);
    expect(end).toContain('"type":"ERROR"');
    expect(end).toContain('"code":410');
  });
});

describe("access", () => {
  const status = (options: { url?: string; path?: string; headers: Record<string, string> }) =>
    new Promise<number | undefined>((resolve, reject) => {
      const { url = server.url, path = "/version", headers } = options;
      httpRequest(`${url}${path}`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });

  it("is refused to pages of the web, whatever name they give this machine", async () => {
    expect(await status({ headers: { origin: "http://localhost:4000" } })).toBe(403);
    expect(await status({ headers: { host: "evil.example:4001" } })).toBe(421);
    expect(await status({ headers: { host: "localhost:4001" } })).toBe(200);
  });

  it("takes the token, if there is one, in the header or in the path", async () => {
    const token = "s3cret/token";
    const guarded = await serveKubeApi({ api, host: "127.0.0.1", port: 0, token, podLogs: () => undefined });
    const { url } = guarded;
    const given = (authorization: string) => status({ url, headers: { authorization } });
    expect(await status({ url, headers: {} })).toBe(401);
    expect(await given("Bearer wrong")).toBe(401);
    expect(await given(`Bearer ${token}`)).toBe(200);
    const file = `${temporaryDirectory()}/kubeconfig`;
    await writeKubeconfig({ file, server: url, token });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { clusters } = JSON.parse(readFileSync(file, "utf8"));
    expect(await status({ url: clusters[0].cluster.server, headers: {} })).toBe(200);
    await guarded.close();
  });

  it("is not offered to other machines without a token", async () => {
    const open = serveKubeApi({ api, host: "0.0.0.0", port: 0, podLogs: () => undefined });
    await expect(open).rejects.toThrow("a token is needed");
  });
});

describe("clients that hang up", () => {
  it("harm nobody else, whatever they were in the middle of", async () => {
    const { port } = new URL(server.url);
    const head = "HTTP/1.1\r\nhost: localhost\r\n";
    const halves = [
      `GET ${PODS}?watch=true ${head}\r\n`,
      `GET /openapi/v3/apis/tekton.dev/v1 ${head}\r\n`,
      `POST ${PODS} ${head}content-type: application/json\r\ncontent-length: 500\r\n\r\n{`,
    ];
    for (const half of halves) {
      const socket = connect(Number(port), "127.0.0.1");
      await new Promise((resolve) => socket.write(half, resolve));
      socket.resetAndDestroy();
    }
    const metadata = { name: "noticed", namespace: "default" };
    await api.create(CoreKind.pod, pod(metadata));
    expect(await call(`${PODS}/noticed`)).toMatchObject({ status: 200 });
  });
});

describe("closing", () => {
  it("ends watches that are under way", async () => {
    const closing = await serveKubeApi({ api, host: "127.0.0.1", port: 0, podLogs: () => undefined });
    const watch = await fetch(`${closing.url}${PODS}?watch=true`);
    await Promise.all([closing.close(), closing.close()]);
    expect(await watch.text()).toBeDefined();
    await expect(fetch(`${closing.url}/version`)).rejects.toThrow();
  });
});
