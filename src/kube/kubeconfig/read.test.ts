import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readKubeconfig } from "./index.ts";

let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "kubeconfig-"));
  await mkdir(join(directory, ".kube"));
  await Promise.all(Object.entries(FILES).map(([name, text]) => writeFile(join(directory, name), text)));
});
afterAll(() => rm(directory, { recursive: true }));

const FILES = {
  "ca.crt": "AUTHORITY",
  "key.pem": "KEY",
  token: "secret",
  namespace: "ci\n",
  broken: "{",
  ".kube/config": `
current-context: here
contexts:
- {name: here, context: {cluster: local, user: me, namespace: demo}}
- {name: away, context: {cluster: far, user: plugin}}
clusters:
- {name: local, cluster: {server: "https://127.0.0.1:6443", certificate-authority: ../ca.crt}}
- {name: far, cluster: {server: "https://far", insecure-skip-tls-verify: true}}
users:
- {name: me, user: {client-certificate-data: ${Buffer.from("CERTIFICATE").toString("base64")}, client-key: ../key.pem}}
- {name: plugin, user: {exec: {command: aws-iam-authenticator}}}
`,
  more: `
contexts:
- {name: extra, context: {cluster: far, user: tokens}}
users:
- {name: tokens, user: {tokenFile: token}}
`,
};

describe("a kubeconfig", () => {
  it("gives the server of the current context, with files found from where it lies", async () => {
    expect(await readKubeconfig({ env: { HOME: directory } })).toEqual({
      server: "https://127.0.0.1:6443",
      namespace: "demo",
      certificateAuthority: "AUTHORITY",
      clientCertificate: "CERTIFICATE",
      clientKey: "KEY",
    });
  });

  it("may be spread over several files", async () => {
    const KUBECONFIG = [
      join(directory, "more"),
      join(directory, "absent"),
      join(directory, ".kube/config"),
    ].join(":");
    expect(await readKubeconfig({ env: { KUBECONFIG }, context: "extra" })).toEqual({
      server: "https://far",
      isUnverified: true,
      tokenFile: join(directory, "token"),
    });
  });

  it("is refused by name where it asks for what we do not do", async () => {
    const read = readKubeconfig({ env: { HOME: directory }, context: "away" });
    await expect(read).rejects.toThrow(/"exec" \(aws-iam-authenticator\) is not supported; use a token/);
  });

  it("is refused where it is not one", async () => {
    const read = (options: object) => readKubeconfig({ env: { HOME: directory }, ...options });
    await expect(read({ context: "nowhere" })).rejects.toThrow('there is no context "nowhere"');
    await expect(read({ file: join(directory, "broken") })).rejects.toThrow("not YAML");
    await expect(read({ file: join(directory, "absent") })).rejects.toThrow("no kubeconfig at");
    await expect(read({ file: join(directory, "more") })).rejects.toThrow("no current-context");
  });

  it("is not needed within a Pod", async () => {
    const env = { HOME: "/nowhere", KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };
    expect(await readKubeconfig({ env, serviceAccountDirectory: directory })).toEqual({
      server: "https://[fd00::1]:443",
      tokenFile: join(directory, "token"),
      certificateAuthority: "AUTHORITY",
      namespace: "ci",
    });
  });
});
