import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { KubeAccess } from "../http/index.ts";

/** Where the kubelet puts a Pod's credentials (Kubernetes docs, "Accessing the Kubernetes API from a Pod"). */
export const SERVICE_ACCOUNT_DIRECTORY = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The API server of the cluster whose Pod we are in; undefined where we are in none. */
export async function inCluster(
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
): Promise<KubeAccess | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port) return undefined;
  const tokenFile = join(directory, "token");
  const [certificateAuthority, namespace] = await Promise.all([
    readFile(join(directory, "ca.crt"), "utf8"),
    readFile(join(directory, "namespace"), "utf8").catch(() => undefined),
  ]);
  const address = host.includes(":") ? `[${host}]` : host;
  return {
    server: `https://${address}:${port}`,
    tokenFile,
    certificateAuthority,
    namespace: namespace?.trim(),
  };
}
