import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTelemetryLines } from "./telemetry-lines.ts";

const read = (...lines: string[]) => {
  const { bodies, unreadable } = readTelemetryLines(Buffer.from(lines.join("\n")));
  return { bodies: bodies.map(({ signal, body }) => [signal, body.toString()]), unreadable };
};

describe("the lines of a step's spool", () => {
  it("are one request for each signal, to the digit", () => {
    const { bodies, unreadable } = read(
      '{"resourceSpans":[{"n":18446744073709551615}]}',
      '{"resourceMetrics":[{"m":1}]}',
      ' { "resourceSpans" : [ {"o":[]},{"p":"]}"} ] } \r',
      '{"resourceLogs":[{"l":1}]}',
    );
    expect(bodies).toEqual([
      ["traces", '{"resourceSpans":[{"n":18446744073709551615},{"o":[]},{"p":"]}"}]}'],
      ["metrics", '{"resourceMetrics":[{"m":1}]}'],
      ["logs", '{"resourceLogs":[{"l":1}]}'],
    ]);
    expect(unreadable).toBe(0);
  });

  it("count when they are no request, and spoil none of the others", () => {
    const good = '{"resourceSpans":[{}]}';
    const bad = [
      "no JSON",
      "[]",
      "null",
      "7",
      "{}",
      '{"resourceSpans":{}}',
      '{"resourceSpans":[],"resourceLogs":[]}',
      '{"resourceSpans":[{"lost":1}],"resourceSpans":[]}',
      '{"spans":[]}',
      '{"resourceSpans":[{"traceId":"ab',
      `{"resourceSpans":["${"x".repeat(4 * 1024 * 1024)}"]}`,
    ];
    expect(read(...bad.flatMap((line) => [line, good]))).toEqual({
      bodies: [["traces", `{"resourceSpans":[${bad.map(() => "{}").join(",")}]}`]],
      unreadable: bad.length,
    });
  });

  it("may be empty, and ask for nothing then", () => {
    expect(read("", "", '{"resourceSpans":[]}', "")).toEqual({ bodies: [], unreadable: 0 });
  });

  it("come to no request that a collector would find too long", () => {
    const line = `{"resourceSpans":["${"x".repeat(1024 * 1024)}"]}`;
    const { bodies } = readTelemetryLines(Buffer.from(Array(9).fill(line).join("\n")));
    expect(bodies.map(({ body }) => JSON.parse(body.toString()).resourceSpans.length)).toEqual([3, 3, 3]);
    expect(Math.max(...bodies.map(({ body }) => body.length))).toBeLessThan(4 * 1024 * 1024);
  });

  it("are read as far as a step may keep the others waiting", () => {
    const { unreadable, isCut } = readTelemetryLines(Buffer.from("x\n".repeat(8_000_000)));
    expect({ unreadable, isCut }).toEqual({ unreadable: 100_000, isCut: true });
  });

  it("lose and add nothing, whatever is between them", () => {
    const line = fc.oneof(
      fc.array(fc.jsonValue()).map((items) => ({ text: JSON.stringify({ resourceSpans: items }), items })),
      fc.string().map((text) => ({ text: `#${text.replaceAll("\n", "")}`, items: [] })),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const { bodies } = read(...lines.map(({ text }) => text));
        const items = bodies.flatMap(([, body]) => JSON.parse(body ?? "").resourceSpans);
        expect(items).toEqual(JSON.parse(JSON.stringify(lines.flatMap((each) => each.items))));
      }),
    );
  });
});
