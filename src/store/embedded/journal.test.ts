import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Journal } from "./journal.ts";
import { SCHEMA_VERSION } from "./tables.ts";

it("hands on the whole batches that an earlier process left, and leaves a later version's alone", () => {
  const directory = mkdtempSync(join(tmpdir(), "throughline-journal-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const ours = new Journal(directory).write("spans", Buffer.from("rows"));
  const old = "logs-1-000000000.v1.rows";
  const later = `spans-2-000000000.v${SCHEMA_VERSION + 1}.rows`;
  const strange = ["spans-3-000000000.rows", `spans-4-000000000.v${SCHEMA_VERSION}.rows.partial`];
  for (const name of [old, later, ...strange]) writeFileSync(join(directory, name), "");

  expect(new Journal(directory).leftBehind()).toEqual([
    { signal: "logs", path: join(directory, old), version: 1 },
    ours,
  ]);
  expect(readdirSync(directory)).toContain(later);
  expect(readdirSync(directory).filter((name) => name.endsWith(".partial"))).toEqual([]);
});
