/** The files of the web UI, and its one page for every address that is not a file. */
import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const NOT_BUILT = `The web UI is not built. In a clone of Throughline, run: npm run build

The APIs work without it: /api/v1/runs, /api/v1/openapi.json, /healthz.
`;

/** Serves the UI that is built in `webRoot`; in its place, says that there is none. */
export async function serveFiles(app: FastifyInstance, webRoot: string | undefined): Promise<void> {
  const isBuilt = webRoot !== undefined && existsSync(join(webRoot, "index.html"));
  if (isBuilt) await app.register(fastifyStatic, staticFiles(webRoot));
  app.setNotFoundHandler((request, reply) => {
    if (!isPage(request)) return notFound(request, reply);
    if (!isBuilt) return reply.code(404).type("text/plain; charset=utf-8").send(NOT_BUILT);
    return reply.sendFile("index.html");
  });
}

function staticFiles(webRoot: string) {
  const assets = join(webRoot, "assets") + sep;
  return {
    root: webRoot,
    cacheControl: false,
    dotfiles: "ignore" as const,
    // Names of assets have a hash of their content in them.
    setHeaders: (response: { setHeader(name: string, value: string): void }, path: string) => {
      const isAsset = path.startsWith(assets);
      response.setHeader("cache-control", isAsset ? "public, max-age=31536000, immutable" : "no-cache");
    },
  };
}

/** An address within the UI, which shows what is there itself. */
function isPage({ method, url }: FastifyRequest): boolean {
  const [path = ""] = url.split("?", 1);
  if (method !== "GET" && method !== "HEAD") return false;
  return !/^\/(?:api|assets)(?:\/|$)/.test(path) && !isTrick(path);
}

/** No address of the UI climbs up, not even in disguise. */
function isTrick(path: string): boolean {
  const plain = path.replace(/%2f/gi, "/").replace(/%2e/gi, ".").replace(/%5c/gi, "\\");
  return /%00|\\|\/\/|(?:^|\/)\.{1,2}(?:\/|$)/.test(plain);
}

function notFound({ method, url }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [path = ""] = url.split("?", 1);
  return reply.code(404).send({ error: { code: "notFound", message: `${method} ${path} is not here` } });
}
