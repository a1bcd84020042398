import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError, type KubeApi } from "../../kube/index.ts";
import type { ResourceSpans, Span } from "../../trace/index.ts";
import { type PassSpan, startPass } from "../tracing/index.ts";
import type { Reference } from "../types/index.ts";
import { type Resolving, resolvePipeline, resolveStepAction, resolveTask } from "./index.ts";
import {
  answer,
  digestOf,
  serveBundle,
  serveRepository,
  startTestServer,
  TASK_YAML,
  type TestServer,
} from "./servers.testing.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  serveBundle(server);
  server.routes.set("/task.yaml", answer(TASK_YAML));
});

afterAll(() => server.close());

const hasGit = spawnSync("git", ["--version"]).status === 0;

const STORED = { Task: "greet", StepAction: "say" };

/** An API that has one object of each kind. */
function apiWith(names: Readonly<Record<string, string>>): KubeApi {
  const get: KubeApi["get"] = async (kind, { namespace, name }) => {
    if (names[kind.kind] !== name) {
      const message = `${kind.plural}.${kind.group} "${name}" not found`;
      throw new ApiError({ status: 404, reason: "NotFound", message });
    }
    const metadata = { name, namespace, uid: "u-1", resourceVersion: "1", creationTimestamp: "" };
    const spec = { image: "alpine", steps: [{ image: "alpine" }] };
    return { apiVersion: `tekton.dev/${kind.version}`, kind: kind.kind, metadata, spec } as never;
  };
  return { get } as KubeApi;
}

function startResolving(): { pass: Resolving; seconds: { value: number }; end: () => Span[] } {
  const spans: Span[] = [];
  const seconds = { value: 0 };
  const clock = { now: () => BigInt(seconds.value) * 1_000_000_000n };
  const span: PassSpan = startPass("reconcile", {
    parent: { traceId: "1".repeat(32), spanId: "2".repeat(16), flags: 1 },
    identity: { service: "s", scope: "s", version: "1", attributes: {} },
    clock,
    onEnd: (given: ResourceSpans) => spans.push(...given.spans),
  });
  const engine = { api: apiWith(STORED), clock, hubs: { artifact: server.url, tekton: server.url } };
  const end = () => {
    span.end();
    return spans;
  };
  return { pass: { span, engine }, seconds, end };
}

function far(resolver: string, params: Readonly<Record<string, string>>): Reference {
  return { resolver, params: Object.entries(params).map(([name, value]) => ({ name, value })) };
}

async function task(reference: Reference) {
  return resolveTask(startResolving().pass, { reference, namespace: "default" });
}

/** What was found, or the message. */
async function failure(reference: Reference): Promise<string> {
  const resolution = await task(reference);
  return resolution.kind === "failed" ? resolution.message : "found";
}

const FOUND = {
  kind: "found",
  spec: { params: [{ name: "who", type: "string", default: "world" }], steps: [{ name: "say" }] },
  metadata: { name: "greet", labels: { team: "a" }, annotations: {} },
};

describe("references by name", () => {
  it("are to objects of the namespace", async () => {
    expect(await task({ name: "greet" })).toMatchObject({ kind: "found", metadata: { name: "greet" } });
    const { pass } = startResolving();
    const action = await resolveStepAction(pass, { reference: { name: "say" }, namespace: "default" });
    expect(action).toMatchObject({ kind: "found", spec: { image: "alpine" } });
  });

  it("to nothing fail for good, in the API's words", async () => {
    const { pass } = startResolving();
    const request = { reference: { name: "none" }, namespace: "default" };
    expect(await resolvePipeline(pass, request)).toEqual({
      kind: "failed",
      message: 'pipelines.tekton.dev "none" not found',
      permanent: true,
    });
  });
});

describe("the http resolver", () => {
  it("takes the definition at a URL, over redirects", async () => {
    server.routes.set("/moved", (_, response) => response.writeHead(302, { location: "/task.yaml" }).end());
    const found = await task(far("http", { url: `${server.url}/moved` }));
    expect(found).toMatchObject(FOUND);
    expect(found).toMatchObject({
      source: { uri: `${server.url}/moved`, digest: { sha256: digestOf(Buffer.from(TASK_YAML)).slice(7) } },
    });
  });

  it("checks the digest", async () => {
    const url = `${server.url}/task.yaml`;
    expect(await task(far("http", { url, digest: digestOf(Buffer.from(TASK_YAML)) }))).toMatchObject(FOUND);
    expect(await failure(far("http", { url, digest: "sha256:00" }))).toContain(
      "SHA mismatch, expected 00, got",
    );
  });

  it("says what it cannot have", async () => {
    server.routes.set("/endless", (_, response) => response.writeHead(302, { location: "/endless" }).end());
    server.routes.set("/large", answer(Buffer.alloc(1024 * 1024 + 1)));
    server.routes.set("/pipeline", answer("kind: Pipeline\nmetadata: { name: p }"));
    server.routes.set(
      "/invalid",
      answer("apiVersion: tekton.dev/v1\nkind: Task\nmetadata: { name: p }\nspec: {}"),
    );
    server.routes.set("/text", answer("just text"));
    const at = (path: string) => failure(far("http", { url: `${server.url}${path}` }));
    expect(await at("/none")).toBe(`requested URL '${server.url}/none' is not found`);
    expect(await at("/endless")).toContain("redirects more than 5 times");
    expect(await at("/large")).toContain("exceeds maximum allowed size of 1048576 bytes");
    expect(await at("/pipeline")).toBe(`${server.url}/pipeline has a Pipeline, not a Task`);
    expect(await at("/invalid")).toContain("missing field(s): spec.steps");
    expect(await at("/text")).toContain("has no object with kind and metadata");
    expect(await failure(far("http", { url: "file:///etc/passwd" }))).toBe(
      "url file:///etc/passwd is not a valid http(s) url",
    );
    expect(await failure(far("http", {}))).toBe("missing required http resolver params: url");
  });

  it("says what to do when there is no way there", async () => {
    const gone = await startTestServer();
    await gone.close();
    expect(await failure(far("http", { url: `${gone.url}/task.yaml` }))).toBe(
      `cannot fetch ${gone.url}/task.yaml: ECONNREFUSED; check the network, or give the definition as a file`,
    );
  });

  it("lets try again when the server asks for that", async () => {
    server.routes.set("/busy", (_, response) => response.writeHead(503).end());
    expect(await task(far("http", { url: `${server.url}/busy` }))).toMatchObject({
      kind: "failed",
      permanent: false,
    });
  });
});

describe.skipIf(!hasGit)("the git resolver (needs git)", () => {
  let repository: ReturnType<typeof serveRepository>;
  beforeAll(() => {
    repository = serveRepository(server);
  });
  afterAll(() => repository.remove());

  const at = (params: Readonly<Record<string, string>>) =>
    far("git", { url: `${server.url}/demo.git`, pathInRepo: "tasks/greet.yaml", ...params });

  it.each(["demo.git", "smart/demo.git"])(
    "takes the file of a branch, a tag or a commit of %s",
    async (path) => {
      const { commit } = repository;
      const url = `${server.url}/${path}`;
      for (const revision of ["main", "v1", commit, commit.slice(0, 10)]) {
        const found = await task(at({ url, revision }));
        expect(found).toMatchObject(FOUND);
        expect(found).toMatchObject({
          source: {
            uri: `git+${url}`,
            digest: { sha1: commit },
            entryPoint: "tasks/greet.yaml",
          },
        });
      }
    },
  );

  it("takes main unless it is told a revision", async () => {
    expect(await task(at({ pathInRepo: "/tasks/greet.yaml" }))).toMatchObject(FOUND);
  });

  it("says what it cannot have", async () => {
    expect(await failure(at({ pathInRepo: "none.yaml" }))).toContain('error opening file "none.yaml"');
    expect(await failure(at({ revision: "none" }))).toContain('cannot fetch revision "none" of');
    expect(await failure(at({ url: `${server.url}/none.git` }))).toContain("check url and revision");
  });

  it("refuses what leads elsewhere", async () => {
    expect(await failure(at({ url: "/etc" }))).toBe("invalid git repository url: /etc");
    expect(await failure(at({ url: "file:///etc" }))).toBe("invalid git repository url: file:///etc");
    expect(await failure(at({ url: "ext::sh -c id" }))).toContain("invalid git repository url");
    expect(await failure(at({ revision: "--upload-pack=id" }))).toContain("must not begin with '-'");
    expect(await failure(at({ pathInRepo: "../x" }))).toContain("must not contain '..' components");
  });
});

describe("the hub resolver", () => {
  it("asks Artifact Hub for a package, and a Tekton Hub for a resource", async () => {
    const artifact = "/api/v1/packages/tekton-task/tekton-catalog-tasks/greet/0.6.0";
    server.routes.set(artifact, answer(JSON.stringify({ data: { manifestRaw: TASK_YAML } })));
    server.routes.set(
      "/v1/resource/Tekton/task/greet/0.6/yaml",
      answer(JSON.stringify({ data: { yaml: TASK_YAML } })),
    );
    expect(await task(far("hub", { name: "greet", version: "0.6" }))).toMatchObject(FOUND);
    expect(await task(far("hub", { type: "tekton", name: "greet", version: "0.6" }))).toMatchObject(FOUND);
  });

  it("says what it lacks", async () => {
    expect(await failure(far("hub", {}))).toBe("missing required hub resolver params: name, version");
    expect(await failure(far("hub", { name: "a", version: "1", type: "x" }))).toBe(
      "type param must be artifact or tekton",
    );
    expect(await failure(far("hub", { name: "a", version: "1" }))).toContain("is not found");
  });
});

describe("the bundles resolver", () => {
  it("takes the layer of the name, with a token if need be", async () => {
    const bundle = `${new URL(server.url).host}/tasks/demo:v1`;
    const found = await task(far("bundles", { bundle, name: "greet" }));
    expect(found).toMatchObject(FOUND);
    expect(found).toMatchObject({ source: { entryPoint: "greet", uri: bundle.replace(/:v1$/, "") } });
  });

  it("says what it cannot have", async () => {
    const { host } = new URL(server.url);
    const from = (bundle: string) => failure(far("bundles", { bundle, name: "other" }));
    expect(await from(`${host}/tasks/demo:v1`)).toContain("with kind: task and name: other");
    expect(await from(`${host}/tasks/none:v1`)).toContain("answered with status 404");
    expect(await from("not an image")).toBe("not an image is an unparseable image reference");
  });
});

describe("the cluster resolver", () => {
  it("takes the object of a namespace", async () => {
    const found = await task(far("cluster", { name: "greet", namespace: "other" }));
    expect(found).toMatchObject({ kind: "found", metadata: { name: "greet" } });
  });

  it("says what it cannot have", async () => {
    expect(await failure(far("cluster", { name: "none" }))).toBe('tasks.tekton.dev "none" not found');
    expect(await failure(far("cluster", { name: "a", kind: "pod" }))).toBe(
      "unknown or unsupported resource kind 'pod'",
    );
  });
});

describe("resolving", () => {
  it("knows which resolvers there are", async () => {
    expect(await failure(far("svn", {}))).toBe(
      'there is no resolver "svn" here: use one of git, http, hub, bundles, cluster',
    );
  });

  it("asks once for what many want, until it may have changed", async () => {
    server.routes.set("/once", answer(TASK_YAML));
    const { pass, seconds } = startResolving();
    const request = { reference: far("http", { url: `${server.url}/once` }), namespace: "default" };
    await Promise.all(Array.from({ length: 20 }, () => resolveTask(pass, request)));
    expect(server.requests.get("/once")).toBe(1);
    seconds.value = 31;
    await resolveTask(pass, request);
    expect(server.requests.get("/once")).toBe(2);
  });

  it("does not keep failures", async () => {
    const { pass } = startResolving();
    const request = { reference: far("http", { url: `${server.url}/later` }), namespace: "default" };
    expect(await resolveTask(pass, request)).toMatchObject({ kind: "failed" });
    server.routes.set("/later", answer(TASK_YAML));
    expect(await resolveTask(pass, request)).toMatchObject({ kind: "found" });
  });

  it("leaves a span for the definition and one for the resolver, without secrets", async () => {
    const { pass, end } = startResolving();
    const url = `${server.url.replace("://", "://user:secret@")}/private`;
    server.routes.set("/private", (request, response) =>
      response.end(request.headers.authorization === `Basic ${btoa("user:secret")}` ? TASK_YAML : ""),
    );
    const found = await resolveTask(pass, {
      reference: far("http", { url, other: "x".repeat(200), token: "secret" }),
      namespace: "default",
    });
    expect(found).toMatchObject({ kind: "found", source: { uri: `${server.url}/private` } });
    const [, definition, resolver] = end();
    expect([definition?.name, resolver?.name]).toEqual(["resolveTask", "http:Resolve"]);
    expect(resolver?.parentSpanId).toBe(definition?.spanId);
    expect(resolver?.attributes).toMatchObject({
      "tekton.resolver.type": "http",
      "tekton.resolver.param.url": `${server.url}/private`,
      "tekton.resolver.param.other": expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      "tekton.resolver.param.token": "[redacted]",
      "tekton.resolver.cache_hit": false,
    });
  });

  it("records why nothing was found", async () => {
    const { pass, end } = startResolving();
    await resolveTask(pass, { reference: far("cluster", { name: "none" }), namespace: "default" });
    const [, , resolver] = end();
    expect(resolver).toMatchObject({ name: "cluster:Resolve", statusCode: 2 });
  });
});
