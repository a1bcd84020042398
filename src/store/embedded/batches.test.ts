import { describe, expect, it } from "vitest";
import { Batches, type EncodeRows } from "./batches.ts";

const row =
  (text: string): EncodeRows =>
  (out) => {
    out.text(text);
    return { count: 1, weeks: new Set([1]) };
  };
const half: EncodeRows = (out) => {
  out.text("half of a row");
  throw new Error("no such value");
};
const given = (encode: EncodeRows) => ({ encode, rejected: 0, reason: "" });

describe("batches", () => {
  it("are whole: rows that cannot be encoded leave nothing behind", async () => {
    const inserted: string[] = [];
    const batches = new Batches(async (_signal, { rows }) => {
      inserted.push(Buffer.from(rows).toString("latin1"));
    });
    const added = [row("one"), half, row("two")].map((encode) => batches.add("spans", given(encode)));
    const outcomes = await Promise.allSettled(added);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(inserted).toEqual(["\u0003one\u0003two"]);
  });

  it("tell everybody in them when they could not be written", async () => {
    const batches = new Batches(() => Promise.reject(new Error("disk full")));
    const added = ["one", "two"].map((text) => batches.add("logs", given(row(text))));
    const outcomes = await Promise.allSettled(added);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await batches.drained();
  });

  it("grow while one is being written, and keep signals apart", async () => {
    const inserted: [string, number][] = [];
    let finishFirst = () => {};
    const first = new Promise<void>((resolve) => {
      finishFirst = resolve;
    });
    const batches = new Batches(async (signal, { count }) => {
      inserted.push([signal, count]);
      if (inserted.length === 1) await first;
    });
    const early = batches.add("spans", given(row("0")));
    await expect.poll(() => inserted.length).toBe(1);
    const late = Array.from({ length: 5 }, (_, index) => batches.add("spans", given(row(String(index)))));
    const log = batches.add("logs", given(row("log")));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(inserted).toEqual([["spans", 1]]);
    finishFirst();
    await Promise.all([early, ...late, log]);
    expect(inserted).toEqual([
      ["spans", 1],
      ["spans", 5],
      ["logs", 1],
    ]);
  });
});
