import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { describeConformance, freshTraceId, NOON_NS, spanWith } from "../conformance.testing.ts";
import { keepable } from "../keepable.ts";
import { spansOfTraces } from "../queries/trace.ts";
import { sql } from "../sql.ts";
import type { TraceStore } from "../trace-store.ts";
import { encodeSpans, Versions } from "./encode.ts";
import { Journal } from "./journal.ts";
import { RowWriter } from "./row-writer.ts";
import { openEmbeddedStore } from "./store.ts";

const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "throughline-store-"));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describeConformance("the embedded store", () => openEmbeddedStore({ directory: newFolder() }));

describe("the embedded store's directory", () => {
  it("brings back everything after it was closed", async () => {
    const directory = newFolder();
    const span = spanWith({ traceId: freshTraceId(), attributes: { "throughline.type": "pipelinerun" } });
    const first = await openEmbeddedStore({ directory });
    await first.addSpans([span]);
    await first.close();
    const second = await openEmbeddedStore({ directory });
    expect(await second.select(spansOfTraces([span.traceId]))).toHaveLength(1);
    expect(await countRuns(second)).toBe(1);
    await second.close();
  });

  it("inserts a batch that an interrupted process had written down, once", async () => {
    const directory = newFolder();
    const span = spanWith({ traceId: freshTraceId(), attributes: { "throughline.type": "pipelinerun" } });
    const journal = new Journal(join(directory, "journal"));
    for (let copy = 0; copy < 2; copy++) await journal.write("spans", rowsOf([span]));
    const store = await openEmbeddedStore({ directory });
    expect(await store.select(spansOfTraces([span.traceId]))).toHaveLength(1);
    expect(await countRuns(store)).toBe(1);
    expect(readdirSync(join(directory, "journal"))).toEqual([]);
    await store.close();
  });

  it("forgets a batch that was not written whole, and sets aside one that is damaged", async () => {
    const directory = newFolder();
    const journal = new Journal(join(directory, "journal"));
    const { path } = await journal.write("spans", rowsOf([spanWith({ traceId: freshTraceId() })]));
    renameSync(path, `${path}.partial`);
    const damaged = await journal.write("spans", new Uint8Array([1, 2, 3]));
    writeFileSync(join(directory, "journal", "notes.txt"), "not ours");
    const warnings: string[] = [];
    const store = await openEmbeddedStore({ directory, onWarning: (message) => warnings.push(message) });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`${damaged.path}.damaged`);
    const left = readdirSync(join(directory, "journal")).map((name) => join(directory, "journal", name));
    expect(left.toSorted()).toEqual(
      [join(directory, "journal", "notes.txt"), `${damaged.path}.damaged`].toSorted(),
    );
    await store.close();
  });

  it("drops whole weeks that are older than what is to be kept", async () => {
    const directory = newFolder();
    const day = 86_400_000_000_000n;
    const now = BigInt(Date.now()) * 1_000_000n;
    const ages = [1n, 20n, 60n, 400n];
    const traceIds = ages.map(freshTraceId);
    const first = await openEmbeddedStore({ directory });
    await first.addSpans(
      ages.map((age, index) =>
        spanWith({ traceId: traceIds[index] ?? "", startNs: now - age * day, endNs: now }),
      ),
    );
    await first.close();
    const second = await openEmbeddedStore({ directory, retainDays: 30 });
    await expect.poll(async () => (await second.select(spansOfTraces(traceIds))).length).toBe(2);
    const left = await second.select(spansOfTraces(traceIds));
    expect(left.map(({ traceId }) => traceId)).toEqual(traceIds.slice(0, 2));
    await second.close();
  });

  it("takes nothing more once it is closing, and finishes what it had taken", async () => {
    const directory = newFolder();
    const span = spanWith({ traceId: freshTraceId() });
    const store = await openEmbeddedStore({ directory });
    const added = store.addSpans([span]);
    const closed = store.close();
    expect((await store.addSpans([span])).kind).toBe("busy");
    expect((await added).kind).toBe("kept");
    await closed;
  });

  it("says what to do when it cannot be made", async () => {
    const file = join(newFolder(), "file");
    writeFileSync(file, "");
    await expect(openEmbeddedStore({ directory: join(file, "data") })).rejects.toThrow(
      /cannot be written; name another with --data/,
    );
  });

  it("answers busy instead of taking more than it can hold", async () => {
    const store = await openEmbeddedStore({ directory: newFolder() });
    const large = { payload: "x".repeat(60_000) };
    const answers = Array.from({ length: 120 }, (_, request) => {
      const spans = Array.from({ length: 20 }, (_each, index) =>
        spanWith({
          traceId: freshTraceId(),
          attributes: large,
          startNs: NOON_NS + BigInt(request * 20 + index),
          endNs: NOON_NS + 2_000n,
        }),
      );
      return store.addSpans(spans);
    });
    const kinds = (await Promise.all(answers)).map(({ kind }) => kind);
    expect(kinds[0]).toBe("kept");
    expect(kinds.at(-1)).toBe("busy");
    expect((await store.addSpans([spanWith({ traceId: freshTraceId() })])).kind).toBe("kept");
    await store.close();
  });
});

function rowsOf(spans: Parameters<typeof keepable<ReturnType<typeof spanWith>>>[0]): Uint8Array {
  const out = new RowWriter();
  encodeSpans(
    keepable(spans, ({ startNs }) => startNs),
    new Versions(),
  )(out);
  return out.written();
}

async function countRuns(store: TraceStore): Promise<number> {
  const [count] = await store.select({
    purpose: "analysis",
    text: ({ runs }) => sql`SELECT count() AS Runs FROM ${runs}`,
    row: (row) => row.number("Runs"),
  });
  return count ?? 0;
}
