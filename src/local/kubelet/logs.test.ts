import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { textOf } from "./kubelet.testing.ts";
import { LogStore } from "./logs.ts";
import { placesIn } from "./places.ts";

const directory = mkdtempSync(join(tmpdir(), "throughline-logs-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const places = placesIn(directory);
const logs = new LogStore({ places, onTrouble: () => {} });
const DAY_MILLIS = 24 * 60 * 60 * 1_000;

/** The log of a Pod, as old as that. */
function logOf(name: string, uid: string, days: number): string {
  const path = places.podLogs({ namespace: "default", name, uid });
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "one.log"), `${uid} of ${name}\n`);
  const seconds = (Date.now() - days * DAY_MILLIS) / 1_000;
  utimesSync(path, seconds, seconds);
  return path;
}

it("keeps logs for a week, and those of Pods that are there for longer", async () => {
  const [old, there, fresh] = [logOf("a", "old", 8), logOf("b", "there", 8), logOf("c", "fresh", 6)];
  await logs.prune({ nowMillis: Date.now(), isThere: (uid) => uid === "there" });
  expect([old, there, fresh].map((path) => existsSync(path))).toEqual([false, true, true]);
});

it("reads the latest log of several Pods of one name", async () => {
  logOf("twice", "first", 2);
  logOf("twice", "second", 1);
  const query = { namespace: "default", pod: "twice", container: "one" };
  expect(await textOf(logs.read(query))).toBe("second of twice\n");
  expect(logs.read({ ...query, pod: "never" })).toBeUndefined();
});
