/** The file that tells `kubectl` where this API is. */
import { chmod, rename, writeFile } from "node:fs/promises";
import { pathWithToken } from "./access.ts";

export interface KubeconfigOptions {
  /** Path of the file; replaced as a whole when it is there. */
  file: string;
  /** URL of the API. */
  server: string;
  token?: string;
}

const NAME = "throughline";

/** Writes a kubeconfig only its owner can read. JSON is YAML too, and every reader takes it. */
export async function writeKubeconfig({ file, server, token }: KubeconfigOptions): Promise<void> {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: NAME, cluster: { server: token === undefined ? server : server + pathWithToken(token) } },
    ],
    users: [{ name: NAME, user: token === undefined ? {} : { token } }],
    contexts: [{ name: NAME, context: { cluster: NAME, user: NAME, namespace: "default" } }],
    "current-context": NAME,
  };
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  // Of a file that was there already, from a process that was killed, writing keeps the mode.
  await chmod(draft, 0o600);
  await rename(draft, file);
}
