import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SPAN_TYPE } from "./columns.ts";
import { freshTraceId, spanWith } from "./conformance.testing.ts";
import { openEmbeddedStore } from "./embedded/store.ts";
import { spanTypeOf } from "./span-type.ts";
import { sql } from "./sql.ts";

const KEYS = [
  "throughline.type",
  "cicd.pipeline.name",
  "cicd.pipeline.run.id",
  "cicd.pipeline.result",
  "cicd.pipeline.task.run.id",
  "cicd.pipeline.task.run.result",
];

/** Each key alone, on the span and on the resource, and a few together; as a root, a child and a server span. */
function everySort() {
  const sets = [
    {},
    ...KEYS.map((key) => ({ [key]: "x" })),
    ...KEYS.map((key) => ({ [key]: "" })),
    { [KEYS[0] ?? ""]: "step", [KEYS[1] ?? ""]: "x" },
  ];
  const places = [
    { parentSpanId: undefined, kind: 1 },
    { parentSpanId: "1111111111111111", kind: 1 },
    { parentSpanId: "1111111111111111", kind: 2 },
  ];
  const traceId = freshTraceId();
  return sets
    .flatMap((attributes) =>
      places.flatMap((place) => [
        { ...place, attributes },
        { ...place, resource: { attributes, droppedAttributesCount: 0, schemaUrl: "" } },
      ]),
    )
    .map((given, index) =>
      spanWith({ ...given, traceId, spanId: (index + 1).toString(16).padStart(16, "0") }),
    );
}

it("a span is the same to the program and to the engine", async () => {
  const directory = mkdtempSync(join(tmpdir(), "throughline-type-"));
  const store = await openEmbeddedStore({ directory });
  const spans = everySort();
  await store.addSpans(spans);
  const found = await store.select({
    purpose: "analysis",
    text: (tables) =>
      sql`SELECT SpanId, SpanType, ${SPAN_TYPE} AS ByEngine FROM ${tables.spans} ORDER BY SpanId`,
    row: (row) => ({ stored: row.text("SpanType"), byEngine: row.text("ByEngine") }),
  });
  const types = spans.map(spanTypeOf);
  expect(found).toEqual(types.map((type) => ({ stored: type, byEngine: type })));
  expect(new Set(types)).toEqual(new Set(["", "x", "step", "taskrun", "pipelinerun"]));
  await store.close();
  rmSync(directory, { recursive: true });
});
