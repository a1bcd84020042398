/** Data directories that an earlier version made. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { numberMetric, secondNs } from "../../../test/task-metrics.ts";
import { keepable } from "../keepable.ts";
import { taskCompletions } from "../queries/task-metrics.ts";
import { METRIC_COLUMNS } from "../signal-columns.ts";
import { Versions } from "./encode.ts";
import { openEngine } from "./engine.ts";
import { encodePoints, pointsOf } from "./metric-rows.ts";
import { RowWriter } from "./row-writer.ts";
import { openEmbeddedStore } from "./store.ts";
import { creationStatements, insertFromFile, METRICS } from "./tables.ts";

const directory = mkdtempSync(join(tmpdir(), "throughline-migration-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const BUILD = { task: "build", pipeline: "ship", result: "success" };
const POINT_BYTES = 8;
const VERSION_BYTES = 8;

/** A row as version 1 wrote it: without the last column before the version. */
function rowOfVersion1(second: number): Uint8Array {
  const metric = numberMetric("completions", BUILD, { timeNs: secondNs(second), value: 1n });
  const writer = new RowWriter();
  encodePoints(
    keepable(pointsOf([metric]), ({ point }) => point.timeNs),
    new Versions(),
  )(writer);
  const row = Buffer.from(writer.written());
  const end = row.length - POINT_BYTES - VERSION_BYTES;
  return Buffer.concat([row.subarray(0, end), row.subarray(end + POINT_BYTES)]);
}

/** The tables of version 1, with a row, and another one in the journal. */
async function leaveVersion1(): Promise<void> {
  const engine = await openEngine(directory);
  for (const statement of creationStatements()) {
    if (statement.startsWith("ALTER TABLE")) continue;
    engine.runNow(statement.replace(", Point)", ")").replace(/`Point` UInt64 CODEC\(ZSTD\(1\)\), /, ""));
  }
  const columns = "SELECT name FROM system.columns WHERE database = 'throughline' AND table = 'metrics'";
  expect(await engine.run("lookup", columns)).not.toContain("Point");
  const path = join(directory, "row");
  writeFileSync(path, rowOfVersion1(1));
  await engine.run("write", insertFromFile(METRICS, { path, version: 1 }));
  await engine.close();
  await mkdir(join(directory, "journal"), { recursive: true });
  writeFileSync(join(directory, "journal", "metrics-1-000000000.v1.rows"), rowOfVersion1(2));
}

it("are brought up to date with what is in them, and with what an interrupted process left", async () => {
  expect(METRIC_COLUMNS.at(-1)).toMatchObject({ name: "Point", since: 2 });
  await leaveVersion1();
  for (const time of [1, 2]) {
    const store = await openEmbeddedStore({ directory });
    const twins = [3, 4].map((second) =>
      numberMetric("completions", BUILD, { startNs: secondNs(second), timeNs: secondNs(5), value: 1n }),
    );
    await store.addMetrics(twins);
    const counts = await store.select(taskCompletions({ task: "build" }, 3_600_000_000_000n));
    expect(counts, `opened for the ${time}. time`).toMatchObject([{ result: "success", count: 4 }]);
    await store.close();
  }
});
