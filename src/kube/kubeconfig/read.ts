import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import type { KubeAccess } from "../http/index.ts";
import { type Entry, type Kubeconfig, readConfigFiles, textOf } from "./config-file.ts";
import { inCluster, SERVICE_ACCOUNT_DIRECTORY } from "./in-cluster.ts";

export interface KubeconfigOptions {
  /** A file to read in place of those in the environment. */
  file?: string;
  /** A context in place of the current one. */
  context?: string;
  /** Read for KUBECONFIG, HOME and, within a Pod, the API server's address. */
  env: Readonly<Record<string, string | undefined>>;
  /** Where a Pod's credentials are, if not in the usual place. */
  serviceAccountDirectory?: string;
}

/**
 * Finds the API server, as kubectl does: the files of KUBECONFIG, else `~/.kube/config`, else the cluster whose Pod we
 * are in. Throws where there is none, or where it asks for something we do not do, and names it.
 */
export async function readKubeconfig(options: KubeconfigOptions): Promise<KubeAccess> {
  const files = configFiles(options).filter(existsSync);
  if (files.length > 0) return serverOf(await readConfigFiles(files), { ...options, files });
  const { env, file, serviceAccountDirectory = SERVICE_ACCOUNT_DIRECTORY } = options;
  const server = file === undefined ? await inCluster(env, serviceAccountDirectory) : undefined;
  if (server !== undefined) return server;
  throw new Error(`no kubeconfig at ${configFiles(options).join(", ")}; name one with KUBECONFIG`);
}

function configFiles({ file, env }: KubeconfigOptions): string[] {
  if (file !== undefined) return [file];
  const named = (env.KUBECONFIG ?? "").split(delimiter).filter((path) => path !== "");
  return named.length > 0 ? named : [join(env.HOME ?? ".", ".kube", "config")];
}

async function serverOf(
  config: Kubeconfig,
  { context: wanted, files }: { context?: string; files: readonly string[] },
): Promise<KubeAccess> {
  const where = `kubeconfig ${files.join(", ")}`;
  const name = wanted ?? config.currentContext;
  if (name === undefined)
    throw new Error(`${where}: no current-context; set one with kubectl config use-context`);
  const context = entryOf(config.contexts, { what: "context", name, where }).value;
  const cluster = entryOf(config.clusters, {
    what: "cluster",
    name: textOf(context, "cluster") ?? "",
    where,
  });
  const userName = textOf(context, "user");
  const user =
    userName === undefined ? undefined : entryOf(config.users, { what: "user", name: userName, where });
  const server = textOf(cluster.value, "server");
  if (server === undefined) throw new Error(`${where}: the cluster of context ${name} has no server`);
  refuse(cluster, CLUSTER_REFUSALS, where);
  return {
    server,
    certificateAuthority: await contentOf(cluster, "certificate-authority"),
    serverName: textOf(cluster.value, "tls-server-name"),
    isUnverified: cluster.value["insecure-skip-tls-verify"] === true || undefined,
    namespace: textOf(context, "namespace"),
    ...(user === undefined ? {} : await credentialsOf(user, where)),
  };
}

async function credentialsOf(user: Entry, where: string): Promise<Partial<KubeAccess>> {
  refuse(user, USER_REFUSALS, where);
  const tokenFile = textOf(user.value, "tokenFile");
  return {
    token: textOf(user.value, "token"),
    tokenFile: tokenFile === undefined ? undefined : resolve(user.directory, tokenFile),
    clientCertificate: await contentOf(user, "client-certificate"),
    clientKey: await contentOf(user, "client-key"),
  };
}

const CLUSTER_REFUSALS = ["proxy-url"];
const USER_REFUSALS = ["exec", "auth-provider", "username", "as"];

/** What we would have to leave out is said before a request fails for the lack of it. */
function refuse({ value }: Entry, keys: readonly string[], where: string): void {
  const key = keys.find((candidate) => value[candidate] !== undefined && value[candidate] !== "");
  if (key === undefined) return;
  const plugin = key === "exec" ? ` (${textOf(Object(value.exec), "command") ?? "no command"})` : "";
  throw new Error(
    `${where}: "${key}"${plugin} is not supported; use a token or a client certificate, e.g. kubectl create token`,
  );
}

/** PEM from the file that is named, or from the base64 beside it, which wins (client-go, clientcmd/api). */
async function contentOf({ value, directory }: Entry, key: string): Promise<string | undefined> {
  const data = textOf(value, `${key}-data`);
  if (data !== undefined) return Buffer.from(data, "base64").toString();
  const file = textOf(value, key);
  return file === undefined ? undefined : readFile(resolve(directory, file), "utf8");
}

function entryOf(
  entries: ReadonlyMap<string, Entry>,
  { what, name, where }: { what: string; name: string; where: string },
): Entry {
  const entry = entries.get(name);
  if (entry === undefined) throw new Error(`${where}: there is no ${what} "${name}"`);
  return entry;
}
