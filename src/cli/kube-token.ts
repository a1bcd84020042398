import { randomBytes } from "node:crypto";
import { lstat, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

const TOKEN = /^[0-9a-f]{64}$/;

/**
 * The bearer token of the embedded Kubernetes API of a data directory: the same at every start, so that whoever has read the
 * kubeconfig, such as reconcilers in a process of their own, may come back when the server does. Only the owner may read its file.
 */
export async function kubeToken(data: string): Promise<string> {
  const file = join(data, "kube-token");
  const kept = await readOwn(file).catch(() => "");
  if (TOKEN.test(kept)) return kept;
  const token = randomBytes(32).toString("hex");
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, token, { mode: 0o600 });
  await rename(draft, file);
  return token;
}

/** What others can read, or have put there, such as whoever made a repository with a data directory in it, is no secret. */
async function readOwn(file: string): Promise<string> {
  const stat = await lstat(file);
  const isOwn = stat.isFile() && (stat.mode & 0o077) === 0 && stat.uid === (process.getuid?.() ?? stat.uid);
  return isOwn ? await readFile(file, "utf8") : "";
}
