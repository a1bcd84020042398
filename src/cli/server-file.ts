/** How a command finds the server that has a data directory open: the file it leaves there. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What `DATA/server.json` says. Addresses are URLs without a path. */
export interface ServerFile {
  pid: number;
  ui: string;
  otlpHttp: string;
  otlpGrpc: string;
  /** Path of the file kubectl is given. */
  kubeconfig: string;
  /** Absent where none is asked for. */
  token?: string;
}

/** Where data are when nothing else is said. */
export const DEFAULT_DATA = ".throughline";

/** The data directory: `--data`, else THROUGHLINE_DATA, else `.throughline`. */
export function dataDirectory(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  return given ?? (env["THROUGHLINE_DATA"] || DEFAULT_DATA);
}

/** Only the owner may read it, as it holds the token. */
export async function writeServerFile(data: string, file: ServerFile): Promise<void> {
  await mkdir(data, { recursive: true });
  await rm(pathOf(data), { force: true });
  await writeFile(pathOf(data), `${JSON.stringify(file)}\n`, { mode: 0o600 });
}

export function removeServerFile(data: string): Promise<void> {
  return rm(pathOf(data), { force: true });
}

/** The server that has a data directory open; undefined when there is none, and when it died and left its file. */
export async function findServer(data: string): Promise<ServerFile | undefined> {
  const file = await readServerFile(data);
  if (file === undefined || !isAlive(file.pid)) return undefined;
  return (await answers(file)) ? file : undefined;
}

async function readServerFile(data: string): Promise<ServerFile | undefined> {
  try {
    const file: unknown = JSON.parse(await readFile(pathOf(data), "utf8"));
    return isServerFile(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

function isServerFile(file: unknown): file is ServerFile {
  if (typeof file !== "object" || file === null) return false;
  const { pid, ui, otlpHttp, otlpGrpc, kubeconfig, token } = file as Record<string, unknown>;
  const areUrls = [ui, otlpHttp, otlpGrpc].every((url) => typeof url === "string" && URL.canParse(url));
  return (
    Number.isInteger(pid) &&
    areUrls &&
    typeof kubeconfig === "string" &&
    (token === undefined || typeof token === "string")
  );
}

/** Signal 0 only asks. A process of somebody else is one we may not ask. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return fault instanceof Error && "code" in fault && fault.code === "EPERM";
  }
}

const ANSWER_MILLIS = 2_000;

/**
 * Whether that server is still there: ids of processes and ports are given to others later. One that is not healthy
 * counts too, and says so itself when it is asked.
 */
async function answers({ ui, otlpHttp, otlpGrpc }: ServerFile): Promise<boolean> {
  try {
    const answer = await fetch(new URL("/healthz", ui), { signal: AbortSignal.timeout(ANSWER_MILLIS) });
    const { ports } = (await answer.json()) as { ports?: Record<string, unknown> };
    return Object.entries({ ui, otlpHttp, otlpGrpc }).every(([name, url]) => ports?.[name] === portOf(url));
  } catch {
    return false;
  }
}

/** A URL leaves out the port that is usual. */
function portOf(url: string): number {
  return Number(new URL(url).port || 80);
}

function pathOf(data: string): string {
  return join(data, "server.json");
}
