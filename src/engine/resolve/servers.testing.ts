/** For tests: a server with what resolvers look for, all on 127.0.0.1. */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

export const TASK_YAML = `---
apiVersion: tekton.dev/v1
kind: Task
metadata: { name: greet, labels: { team: a } }
spec:
  params: [{ name: who, default: world }]
  steps: [{ name: say, image: alpine, script: "echo hello $(params.who)" }]
`;

export interface TestServer {
  url: string;
  /** How often each path was asked for. */
  readonly requests: Map<string, number>;
  /** Answers of the paths; a test may add its own. */
  readonly routes: Map<string, Route>;
  close(): Promise<void>;
}

type Route = (request: IncomingMessage, response: ServerResponse) => void;

export async function startTestServer(): Promise<TestServer> {
  const routes = new Map<string, Route>();
  const requests = new Map<string, number>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    requests.set(pathname, (requests.get(pathname) ?? 0) + 1);
    const route = routes.get(pathname) ?? routes.get(pathname.replace(/\.git\/.*/, ".git"));
    if (route === undefined) response.writeHead(404).end();
    else route(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    routes,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function answer(body: string | Buffer): Route {
  return (_, response) => response.end(body);
}

/** A bundle with one task, behind a registry that wants a token. The layer is a compressed archive. */
export function serveBundle({ routes, url }: TestServer): void {
  const layer = gzipSync(archiveOf(TASK_YAML));
  const digest = digestOf(layer);
  const annotations = {
    "dev.tekton.image.apiVersion": "v1",
    "dev.tekton.image.kind": "task",
    "dev.tekton.image.name": "greet",
  };
  const manifest = JSON.stringify({
    schemaVersion: 2,
    layers: [{ digest, size: layer.length, annotations }],
  });
  const withToken =
    (body: string | Buffer): Route =>
    (request, response) => {
      if (request.headers.authorization === "Bearer secret") response.end(body);
      else {
        const challenge = `Bearer realm="${url}/token",service="test",scope="repository:tasks/demo:pull"`;
        response.writeHead(401, { "www-authenticate": challenge }).end();
      }
    };
  routes.set("/token", answer(JSON.stringify({ token: "secret" })));
  routes.set("/v2/tasks/demo/manifests/v1", withToken(manifest));
  routes.set(`/v2/tasks/demo/manifests/${digestOf(Buffer.from(manifest))}`, withToken(manifest));
  routes.set(`/v2/tasks/demo/blobs/${digest}`, withToken(layer));
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** A tar archive of one file. */
export function archiveOf(text: string): Buffer {
  const header = Buffer.alloc(512);
  header.write("greet.yaml", 0);
  header.write(`${Buffer.byteLength(text).toString(8).padStart(11, "0")}\0`, 124);
  header.write("0", 156);
  header.write("ustar\0", 257);
  const padding = Buffer.alloc((512 - (Buffer.byteLength(text) % 512)) % 512);
  return Buffer.concat([header, Buffer.from(text), padding, Buffer.alloc(1024)]);
}

/** A git repository with the task in `tasks/greet.yaml`: `/demo.git` as files ("dumb" HTTP), `/smart/demo.git` by git itself. */
export function serveRepository({ routes }: TestServer): { commit: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), "throughline-test-"));
  const work = join(directory, "work");
  const bare = join(directory, "demo.git");
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      encoding: "utf8",
    });
  git("init", "--quiet", "--initial-branch=main", work);
  mkdirSync(join(work, "tasks"));
  writeFileSync(join(work, "tasks", "greet.yaml"), TASK_YAML);
  git("-C", work, "add", ".");
  git("-C", work, "commit", "--quiet", "--message=first");
  git("-C", work, "tag", "v1");
  git("clone", "--quiet", "--bare", work, bare);
  git("-C", bare, "update-server-info");
  const files = execFileSync("find", [bare, "-type", "f"], { encoding: "utf8" }).trim().split("\n");
  for (const file of files) routes.set(`/demo.git${file.slice(bare.length)}`, answer(readFileSync(file)));
  routes.set("/smart/demo.git", runBackend(directory));
  return {
    commit: git("-C", work, "rev-parse", "HEAD").trim(),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** `git http-backend` as the CGI program it is (RFC 3875). */
function runBackend(directory: string): Route {
  return (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const backend = spawn("git", ["http-backend"], {
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: directory,
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: pathname.replace("/smart", ""),
        QUERY_STRING: searchParams.toString(),
        REQUEST_METHOD: request.method ?? "GET",
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      },
      stdio: ["pipe", "pipe", "ignore"],
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    backend.once("close", () => {
      const whole = Buffer.concat(chunks);
      const end = whole.indexOf("\r\n\r\n");
      for (const line of whole.subarray(0, Math.max(end, 0)).toString("latin1").split("\r\n")) {
        const [name = "", value = ""] = line.split(": ");
        if (name === "Status") response.statusCode = Number.parseInt(value, 10);
        else if (name !== "") response.setHeader(name, value);
      }
      response.end(whole.subarray(end + 4));
    });
  };
}
