/** A certificate authority to throw away, with a server and a client it vouches for. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

export interface Identity {
  certificateFile: string;
  keyFile: string;
  cert: Buffer;
  key: Buffer;
}

export interface Authority {
  certificateFile: string;
  certificate: Buffer;
  server: Identity;
  client: Identity;
}

/** Makes one in a directory that is gone after the test. */
export function makeAuthority(): Authority {
  const directory = mkdtempSync(join(tmpdir(), "authority-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = (name: string) => join(directory, name);
  const key = (name: string) => [
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    file(`${name}.key`),
    "-subj",
    `/CN=${name}`,
  ];
  openssl("req", "-x509", ...key("ca"), "-days", "1", "-out", file("ca.pem"));
  writeFileSync(file("extensions"), "subjectAltName=IP:127.0.0.1");
  const identity = (name: string): Identity => {
    openssl("req", ...key(name), "-out", file(`${name}.csr`));
    const issuer = ["-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial", "-days", "1"];
    const subject = ["-in", file(`${name}.csr`), "-out", file(`${name}.pem`), "-extfile", file("extensions")];
    openssl("x509", "-req", ...issuer, ...subject);
    return {
      certificateFile: file(`${name}.pem`),
      keyFile: file(`${name}.key`),
      cert: readFileSync(file(`${name}.pem`)),
      key: readFileSync(file(`${name}.key`)),
    };
  };
  return {
    certificateFile: file("ca.pem"),
    certificate: readFileSync(file("ca.pem")),
    server: identity("server"),
    client: identity("client"),
  };
}

function openssl(...parameters: string[]): void {
  execFileSync("openssl", parameters, { stdio: "ignore" });
}
