import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as room from "./index.ts";

const traceparent = "00-0f57e147e992b304d977436289d10628-73d5909e31793992-01";

/** Hands one text to everything of this room that reads text, in every place where it can appear. */
function readEverywhere(text: string): room.ContextReading[] {
  room.traceIdOfUid(text);
  room.deriveSpanId({ uid: text, role: text });
  room.formatBaggage([{ key: "key", value: text, properties: [] }]);
  const fields = [
    { traceparent: text, tracestate: text, baggage: text },
    { traceparent, tracestate: text, baggage: text },
    {
      traceparent: `cc${traceparent.slice(2)}-${text}`,
      tracestate: `a=${text}`,
      baggage: `a=${text};${text}`,
    },
  ];
  return [room.readJson(text), room.readMap(text), ...fields.flatMap(readFields)];
}

/** Hands one text to each parser. */
function readOnce(text: string): void {
  room.parseTraceparent(text);
  room.parseTraceparent(`cc${traceparent.slice(2)}-${text}`);
  room.parseTracestate(text);
  room.parseTracestate(`a=${text}`);
  room.parseBaggage(text);
  room.parseBaggage(`a=${text};${text}`);
  room.formatBaggage([{ key: "key", value: text, properties: [] }]);
  room.readJson(text);
  room.traceIdOfUid(text);
  room.deriveSpanId({ uid: text, role: text });
}

function readFields(fields: { traceparent: string; tracestate: string; baggage: string }) {
  const { traceparent, tracestate, baggage } = fields;
  const annotations = {
    "tekton.dev/pipelinerunSpanContext": JSON.stringify(fields),
    "tekton.dev/traceparent": traceparent,
    "tekton.dev/tracestate": tracestate,
    "tekton.dev/baggage": baggage,
    "tekton/pipelinerun-span-context": tracestate,
  };
  room.settleContext({ kind: "PipelineRun", annotations, spanContext: fields });
  return [
    room.readHeaders({ ...fields, tracestate: [tracestate, tracestate] }),
    room.readW3cAnnotations(annotations),
    room.readEnvironment({ TRACEPARENT: traceparent, TRACESTATE: tracestate, BAGGAGE: baggage }),
  ];
}

function expectAnswers(text: string) {
  for (const reading of readEverywhere(text)) {
    expect(["absent", "valid", "invalid"]).toContain(reading.kind);
    if (reading.kind === "valid") expect(room.readHeaders(room.headersFor(reading.context))).toEqual(reading);
  }
}

describe("whatever a carrier holds", () => {
  it("is answered, and what is valid goes on as it was read: any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), expectAnswers));
  });

  it("is answered, and what is valid goes on as it was read: any bytes", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => expectAnswers(Buffer.from(bytes).toString("latin1"))));
    fc.assert(fc.property(fc.uint16Array(), (units) => expectAnswers(String.fromCharCode(...units))));
  });

  it("is answered, and what is valid goes on as it was read: texts that look almost right", () => {
    const piece = fc.constantFrom(
      "a",
      "Z",
      "0",
      "=",
      ",",
      ";",
      " ",
      "\t",
      "%",
      "%e2",
      "%41",
      "@",
      "-",
      '"',
      "\\",
      "ü",
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join("")),
        expectAnswers,
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    ",",
    " ",
    "\t",
    "%",
    "%41",
    "%ff",
    ";",
    "=",
    "a=",
    "a=1,",
    "a;",
    " ,",
    "a ",
    '{"',
    "[",
    "\\",
    "00-",
    "0",
    "-",
    "ü",
    "\uD800",
  ])("is answered in linear time: 1 MB of %j", (piece) => {
    const text = piece.repeat(1_000_000 / piece.length);
    const start = performance.now();
    readOnce(text);
    // Takes well under a second; a quadratic reader would take minutes.
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it("is answered when there are a million headers of one name", () => {
    const reading = room.readHeaders({ traceparent, tracestate: Array(1_000_000).fill("a=1") });
    expect(reading).toMatchObject({ kind: "valid" });
  });
});
