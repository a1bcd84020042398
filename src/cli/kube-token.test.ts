import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { kubeToken } from "./kube-token.ts";

function emptyDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "throughline-token-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

it("is the same at every start, and only the owner may read it", async () => {
  const data = emptyDirectory();
  const token = await kubeToken(data);
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect(await kubeToken(data)).toBe(token);
  expect(await kubeToken(emptyDirectory())).not.toBe(token);
  expect(statSync(join(data, "kube-token")).mode & 0o777).toBe(0o600);
});

it("is made anew where its file is damaged", async () => {
  const data = emptyDirectory();
  writeFileSync(join(data, "kube-token"), "");
  const token = await kubeToken(data);
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect(await kubeToken(data)).toBe(token);
});

it("is made anew where others can read it, for they may have put it there", async () => {
  const data = emptyDirectory();
  const known = "0".repeat(64);
  writeFileSync(join(data, "kube-token"), known, { mode: 0o644 });
  expect(await kubeToken(data)).not.toBe(known);
});
