import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { hiddenWithin, refusalOf } from "./host-access.ts";

const root = mkdtempSync(join(tmpdir(), "throughline-access-"));
afterAll(() => rmSync(root, { recursive: true }));
const [project, data, other] = ["project", "project/.throughline", "other"].map((name) =>
  join(root, name),
) as [string, string, string];
mkdirSync(data, { recursive: true });
mkdirSync(other);
symlinkSync(other, join(project, "link"));
const access = { shared: [project], hidden: [data] };

describe("directories of this machine", () => {
  it("are mounted only where they are offered", () => {
    expect(refusalOf(project, access)).toBeUndefined();
    expect(refusalOf(join(project, "src"), access)).toBeUndefined();
    expect(refusalOf(other, access)).toContain(`offer it with --host-path ${other}`);
    expect(refusalOf(`${project}-2`, access)).toBeDefined();
    expect(refusalOf(join(project, "../other"), access)).toBeDefined();
    expect(refusalOf("/", access)).toBeDefined();
  });

  it("are told by where they are, not by what they are called", () => {
    expect(refusalOf(join(project, "link"), access)).toBeDefined();
  });

  it("do not show our own data", () => {
    expect(refusalOf(data, access)).toContain("keeps its own data");
    expect(hiddenWithin(project, access)).toEqual([".throughline"]);
    expect(hiddenWithin(root, access)).toEqual(["project/.throughline"]);
    expect(hiddenWithin(other, access)).toEqual([]);
  });
});
