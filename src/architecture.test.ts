import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { describe, expect, it } from "vitest";
import rules from "../rings.json" with { type: "json" };

const root = join(import.meta.dirname ?? __dirname, "..");
const sources = sourcesIn("src");
const taskSources = sourcesIn("task/src");

/** Rooms and the rooms they may use, from rings.json: everything further in. */
const rings = rules.rings;
const ringOf = new Map(rings.flatMap((ring, index) => ring.map((room) => [room, index] as const)));

/** The same for the folders and files of task/src; what is not named is on the outside. */
const TASK_RINGS = [["context", "redact.ts"], ["wire"], ["command"], ["cli", "sdk"]];

interface Import {
  from: string;
  to: string;
}

const imports = sources.flatMap(importsOf);

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file).split(sep).join("/"));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const specifiers = text.matchAll(
    /^(?:import|export)\b[^;]*?\bfrom\s+"(\.[^"]+)"|\bimport\(\s*"(\.[^"]+)"\s*\)/gm,
  );
  return [...specifiers].map(([, fixed, lazy]) => ({
    from: file,
    to: relative(root, join(root, file, "..", fixed ?? lazy ?? ""))
      .split(sep)
      .join("/"),
  }));
}

function roomOf(file: string): string | undefined {
  return /^src\/([^/]+)\//.exec(file)?.[1];
}

function taskRoomOf(file: string): string {
  return file.split("/")[2] ?? "";
}

function taskRingOf(file: string): number {
  const ring = TASK_RINGS.findIndex((rooms) => rooms.includes(taskRoomOf(file)));
  return ring === -1 ? TASK_RINGS.length : ring;
}

describe("the house", () => {
  it("has a ring for every room", () => {
    const rooms = new Set(sources.map(roomOf).filter((room) => room !== undefined));
    expect([...rooms].filter((room) => !ringOf.has(room))).toEqual([]);
  });

  it("imports only from rings further in", () => {
    const outward = imports.filter(({ from, to }) => {
      const [inner, outer] = [roomOf(from), roomOf(to)];
      if (inner === undefined || outer === undefined || inner === outer) return false;
      return (ringOf.get(outer) ?? 0) >= (ringOf.get(inner) ?? 0);
    });
    expect(outward).toEqual([]);
  });

  it("enters a room by its index.ts", () => {
    const sideways = imports.filter(
      ({ from, to }) =>
        roomOf(to) !== undefined && roomOf(from) !== roomOf(to) && !/^src\/[^/]+\/index\.ts$/.test(to),
    );
    expect(sideways).toEqual([]);
  });

  it("keeps what goes into task images apart: task/ imports nothing of src/, and src/ nothing of task/", () => {
    const outOfTask = taskSources.flatMap(importsOf).filter(({ to }) => !to.startsWith("task/"));
    const intoTask = imports.filter(({ to }) => to.startsWith("task/"));
    expect([...outOfTask, ...intoTask]).toEqual([]);
    expect(taskSources.flatMap(importsOf)).toContainEqual({
      from: "task/src/index.ts",
      to: "task/src/sdk/span.ts",
    });
  });

  it("has rings in task/ too, so that the commands and the SDK share what they do alike, and nothing else", () => {
    const outward = taskSources
      .flatMap(importsOf)
      .filter(({ from, to }) => taskRingOf(from) < TASK_RINGS.length && taskRoomOf(from) !== taskRoomOf(to))
      .filter(({ from, to }) => taskRingOf(to) >= taskRingOf(from));
    expect(outward).toEqual([]);
  });

  it("sees the imports it judges", () => {
    expect(imports).toContainEqual({ from: "src/trace/span.ts", to: "src/tekton/index.ts" });
    expect(imports).toContainEqual({ from: "src/cli/commands.ts", to: "src/cli/import.ts" });
  });

  it("uses nothing of the machine in the rooms that only compute", () => {
    const impure = sources.filter(
      (file) => file.startsWith("src/trace/") && /from "node:/.test(readFileSync(join(root, file), "utf8")),
    );
    expect(impure.filter((file) => !file.endsWith(".test.ts"))).toEqual([]);
  });
});
