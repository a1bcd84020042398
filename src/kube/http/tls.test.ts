import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CoreKind } from "../core.ts";
import { connectKubeApi } from "./index.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

describe.skipIf(!hasOpenssl)("a Kubernetes API over TLS (needs openssl)", () => {
  const directory = mkdtempSync(join(tmpdir(), "kube-tls-"));
  const key = { namespace: "demo", name: "a" };
  let server: Server;
  let url = "";
  let client: ReturnType<typeof certificate>;
  let authority = "";

  function certificate(name: string) {
    const [keyFile, file] = [join(directory, `${name}.key`), join(directory, `${name}.crt`)];
    const request = ["req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
    const subject = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:kubernetes.default"];
    execFileSync("openssl", [...request, "-days", "2", ...subject, "-keyout", keyFile, "-out", file], {
      stdio: "ignore",
    });
    return { key: readFileSync(keyFile, "utf8"), cert: readFileSync(file, "utf8") };
  }

  beforeAll(async () => {
    const own = certificate("server");
    client = certificate("client");
    authority = own.cert;
    const options = { ...own, ca: client.cert, requestCert: true, rejectUnauthorized: false };
    server = createServer(options, ({ socket }, response) => {
      const name = (socket as TLSSocket).getPeerCertificate().subject?.CN ?? "nobody";
      response.end(JSON.stringify({ metadata: { name } }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(directory, { recursive: true });
  });

  it("trusts the authority it is given, by the name it is given, and shows its own certificate", async () => {
    const known = { server: url, certificateAuthority: authority, serverName: "kubernetes.default" };
    const nobody = await connectKubeApi(known).get(CoreKind.pod, key);
    expect(nobody.metadata.name).toBe("nobody");
    const access = { ...known, clientCertificate: client.cert, clientKey: client.key };
    expect((await connectKubeApi(access).get(CoreKind.pod, key)).metadata.name).toBe("client");
  });

  it("refuses a server it cannot be sure of, unless it is told to take any", async () => {
    await expect(connectKubeApi({ server: url }).get(CoreKind.pod, key)).rejects.toMatchObject({ status: 0 });
    const api = connectKubeApi({ server: url, isUnverified: true });
    expect((await api.get(CoreKind.pod, key)).metadata.name).toBe("nobody");
  });
});
