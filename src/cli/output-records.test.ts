import { describe, expect, it } from "vitest";
import type { Output } from "../local/index.ts";
import { OutputRecords } from "./output-records.ts";

const SPAN = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

function outputOf(
  text: string | Buffer,
  { flags = "01", stream = "stdout" as Output["stream"] } = {},
): Output {
  const value = `00-${SPAN.traceId}-${SPAN.spanId}-${flags}`;
  const metadata = { name: "pod", namespace: "ns", uid: "u", resourceVersion: "1", creationTimestamp: "" };
  const containers = [{ name: "step-a", env: [{ name: "TRACEPARENT", value }] }, { name: "sidecar" }];
  const pod = { apiVersion: "v1", kind: "Pod", metadata, spec: { containers } };
  return { pod, container: "step-a", stream, chunk: Buffer.from(text) };
}

function recordsOf(): OutputRecords {
  const records = OutputRecords.of(outputOf(""));
  if (records === undefined) throw new Error("the step is in a sampled span");
  return records;
}

const bodies = (records: OutputRecords, isEnd = false) => records.take({ isEnd }).map(({ body }) => body);

describe("what a container prints, as log records", () => {
  it("is a record for each line, of the step's span, in its order", () => {
    const records = recordsOf();
    records.add("stdout", Buffer.from("one\ntw"));
    records.add("stderr", Buffer.from("warning\n"));
    records.add("stdout", Buffer.from("o\nthree"));
    const taken = records.take({ isEnd: false });
    expect(taken).toMatchObject([
      { ...SPAN, flags: 1, body: "one", attributes: { "log.iostream": "stdout" } },
      { ...SPAN, body: "warning", attributes: { "log.iostream": "stderr" } },
      { ...SPAN, body: "two" },
    ]);
    const times = taken.map(({ timeNs }) => timeNs);
    expect(new Set(times).size).toBe(3);
    expect([...times].sort()).toEqual(times);
    expect(bodies(records, true)).toEqual(["three"]);
  });

  it("does not exist for a container that is in no span, or in one that is not sampled", () => {
    expect(OutputRecords.of({ ...outputOf(""), container: "sidecar" })).toBeUndefined();
    expect(OutputRecords.of(outputOf("", { flags: "00" }))).toBeUndefined();
  });

  it("puts characters together that came in pieces, and keeps half a one at the end", () => {
    const records = recordsOf();
    const [first, second] = [Buffer.from("ä").subarray(0, 1), Buffer.from("ä").subarray(1)];
    records.add("stdout", first);
    records.add("stdout", second);
    records.add("stdout", first);
    expect(bodies(records, true)).toEqual(["ä\ufffd"]);
  });

  it("does not wait for ever for the end of a last line", () => {
    const records = recordsOf();
    records.add("stdout", Buffer.from("no newline"));
    const turns = Array.from({ length: 20 }, () => bodies(records));
    expect(turns.slice(0, 10)).toEqual(Array(10).fill([]));
    expect(turns.flat()).toEqual(["no newline"]);
  });

  it("cuts a line that is too long, and shows that it did", () => {
    const records = recordsOf();
    records.add("stdout", Buffer.from(`${"x".repeat(100_000)}\nnext\n`));
    expect(bodies(records)).toEqual([`${"x".repeat(16 * 1024)}…`, "next"]);
  });

  it("keeps the beginning and the end of an output that is too long, and says how much is missing", () => {
    const records = recordsOf();
    for (let block = 0; block < 30; block++) {
      const lines = Array.from({ length: 1_000 }, (_, index) => `line ${block * 1_000 + index}`);
      records.add("stdout", Buffer.from(`${lines.join("\n")}\n`));
    }
    expect(bodies(records)).toHaveLength(20_000);
    const end = bodies(records);
    expect(end).toHaveLength(201);
    expect([end[0], end[1], end.at(-1)]).toEqual(["… 9800 lines left out", "line 29800", "line 29999"]);
    expect(bodies(records, true)).toEqual([]);
  });
});
