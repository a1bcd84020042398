import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendJson, status } from "../../../test/kube-server.ts";
import { ApiError } from "../api.ts";
import { CoreKind, type Pod } from "../core.ts";
import { connectKubeApi } from "./index.ts";

interface Seen {
  line: string;
  type?: string;
  authorization?: string;
  body: unknown;
}

let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {};
let seen: Seen[] = [];
const server = createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  const { authorization, "content-type": type } = request.headers;
  const body: unknown = text === "" ? undefined : JSON.parse(text);
  seen.push({ line: `${request.method} ${request.url}`, type, authorization, body });
  answer(request, response);
});
let url = "";
let directory = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  directory = await mkdtemp(join(tmpdir(), "kube-"));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true });
});

const key = { namespace: "demo", name: "a" };
const pod: Pod = { apiVersion: "v1", kind: "Pod", metadata: key, spec: { containers: [] } };

async function refusal(work: Promise<unknown>): Promise<ApiError> {
  const fault = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(fault instanceof ApiError)) throw new Error(`no refusal: ${fault}`);
  return fault;
}

describe("a Kubernetes API over HTTP", () => {
  it("asks for what the API's conventions have it under", async () => {
    answer = (_, response) => sendJson(response, 200, pod);
    seen = [];
    const api = connectKubeApi({ server: `${url}/behind/a/proxy/` });
    await api.get(CoreKind.pod, key);
    await api.list(CoreKind.pod, { labelSelector: "tier in (a,b)", limit: 5 });
    await api.create(CoreKind.pod, pod);
    await api.update(CoreKind.pod, pod);
    await api.updateStatus(CoreKind.pod, pod);
    await api.patch(CoreKind.pod, key, { status: {} }, { subresource: "status" });
    await api.delete(CoreKind.pod, key, { uid: "u", gracePeriodSeconds: 0 });
    expect(seen.map(({ line, type }) => (type === undefined ? line : `${line} ${type}`))).toEqual([
      "GET /behind/a/proxy/api/v1/namespaces/demo/pods/a",
      "GET /behind/a/proxy/api/v1/pods?labelSelector=tier+in+%28a%2Cb%29&limit=5",
      "POST /behind/a/proxy/api/v1/namespaces/demo/pods application/json",
      "PUT /behind/a/proxy/api/v1/namespaces/demo/pods/a application/json",
      "PUT /behind/a/proxy/api/v1/namespaces/demo/pods/a/status application/json",
      "PATCH /behind/a/proxy/api/v1/namespaces/demo/pods/a/status application/merge-patch+json",
      "DELETE /behind/a/proxy/api/v1/namespaces/demo/pods/a application/json",
    ]);
    expect(seen.at(-1)?.body).toMatchObject({ preconditions: { uid: "u" }, gracePeriodSeconds: 0 });
  });

  it("says what the API says when it refuses", async () => {
    answer = (_, response) => sendJson(response, 409, status(409, "AlreadyExists"));
    const refused = await refusal(connectKubeApi({ server: url }).create(CoreKind.pod, pod));
    expect(refused).toMatchObject({ status: 409, reason: "AlreadyExists", message: "it is AlreadyExists" });
  });

  it("quotes what stands in the place of an API", async () => {
    answer = (_, response) => response.writeHead(502).end("<h1>Bad Gateway</h1>");
    const refused = await refusal(connectKubeApi({ server: url }).get(CoreKind.pod, key));
    expect(refused.message).toBe("GET /api/v1/namespaces/demo/pods/a: 502 <h1>Bad Gateway</h1>");
  });

  it("gives status 0 where nobody answers, answers in time, or to the end", async () => {
    const nobody = await refusal(connectKubeApi({ server: "http://127.0.0.1:1" }).get(CoreKind.pod, key));
    expect(nobody).toMatchObject({ status: 0, reason: "Unreachable" });
    answer = () => {};
    const silent = await refusal(
      connectKubeApi({ server: url }, { answerMillis: 50 }).get(CoreKind.pod, key),
    );
    expect(silent).toMatchObject({ status: 0, message: expect.stringContaining("nothing for 50 ms") });
    answer = (_, response) => {
      response.writeHead(200, { "content-length": 100 }).write("{");
      response.destroy();
    };
    expect((await refusal(connectKubeApi({ server: url }).get(CoreKind.pod, key))).status).toBe(0);
  });

  it("puts watched lines together whatever pieces they come in, and passes by what it does not know", async () => {
    const named = { ...pod, metadata: { ...key, annotations: { note: "Grüße 🚀" } } };
    const bytes = Buffer.from(
      `${JSON.stringify({ type: "SURPRISE", object: {} })}\n${JSON.stringify({ type: "ADDED", object: named })}\n`,
    );
    answer = async (_, response) => {
      for (const byte of bytes) response.write(Buffer.of(byte));
      response.end();
    };
    const notes: unknown[] = [];
    for await (const event of connectKubeApi({ server: url }).watch(CoreKind.pod, {})) {
      if (event.type === "ADDED") notes.push(event.object.metadata.annotations?.note);
    }
    expect(notes).toEqual(["Grüße 🚀"]);
  });

  it("throws what a watch reports, and ends quietly when it is told to", async () => {
    answer = (_, response) => sendJson(response, 200, { type: "ERROR", object: status(410, "Expired") });
    const watch = connectKubeApi({ server: url }).watch(CoreKind.pod, {})[Symbol.asyncIterator]();
    expect(await refusal(watch.next())).toMatchObject({ status: 410, reason: "Expired" });
    const stopping = new AbortController();
    answer = () => stopping.abort();
    const stopped = connectKubeApi({ server: url }).watch(CoreKind.pod, { signal: stopping.signal });
    for await (const _ of stopped) expect.unreachable();
  });

  it("reads its token from a file that may change", async () => {
    const tokenFile = join(directory, "token");
    writeFileSync(tokenFile, "first\n");
    answer = (_, response) => sendJson(response, 200, pod);
    seen = [];
    await connectKubeApi({ server: url, tokenFile }).get(CoreKind.pod, key);
    writeFileSync(tokenFile, "second\n");
    await connectKubeApi({ server: url, tokenFile }).get(CoreKind.pod, key);
    await connectKubeApi({ server: url, token: "fixed" }).get(CoreKind.pod, key);
    expect(seen.map(({ authorization }) => authorization)).toEqual([
      "Bearer first",
      "Bearer second",
      "Bearer fixed",
    ]);
  });
});
