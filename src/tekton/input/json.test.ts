import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonReader } from "./json.ts";
import { MAX_DEPTH } from "./limits.ts";
import { type Collected, collect, feed, pipelineRun, values } from "./testing.ts";

const MIB = 1024 * 1024;

function read(text: string | Buffer, cuts: readonly number[] = []): Collected {
  const collected = collect();
  feed(new JsonReader("dump.json", collected), text, cuts);
  return collected;
}

function places({ objects }: Collected): string[] {
  return objects.map(({ where }) => where);
}

describe("JSON", () => {
  it("reads a single object", () => {
    const collected = read('\n {"kind":"Pod"}\n');
    expect(collected.objects).toEqual([{ value: { kind: "Pod" }, where: "dump.json: line 2" }]);
    expect(collected.problems).toEqual([]);
  });

  it("reads one object per line and says in which line it stood", () => {
    const collected = read('{"a":1}\r\n\n{"a":2}\n{"a":3}');
    expect(values(collected)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
    expect(places(collected)).toEqual(["dump.json: line 1", "dump.json: line 3", "dump.json: line 4"]);
  });

  it.each([
    ["nothing", '{"a":{}}{"a":[]}'],
    ["indentation", '{\n  "a": {}\n}\n{\n  "a": []\n}\n'],
    ["commas", '{"a":{}},\n{"a":[]},\n'],
    ["document markers", '{"a":{}}\n---\n{"a":[]}\n'],
    ["byte order marks", '\ufeff{"a":{}}\n\ufeff{"a":[]}\n'],
  ])("reads objects with %s between them", (_, text) => {
    const collected = read(text);
    expect(values(collected)).toEqual([{ a: {} }, { a: [] }]);
    expect(collected.problems).toEqual([]);
  });

  it("reads an array of objects", () => {
    const collected = read('[{"a":1},\n {"a":2}]\n');
    expect(values(collected)).toEqual([{ a: 1 }, { a: 2 }]);
    expect(places(collected)).toEqual(["dump.json: [0]", "dump.json: [1]"]);
  });

  it("reads the items of lists in lists, and says where they stood", () => {
    const pod = '{"kind":"Pod"}';
    const list = (items: string) => `{"apiVersion":"v1","items":[${items}],"kind":"List"}`;
    const collected = read(`${list(`${pod},${list(pod)}`)}\n${list(pod)}\n[${list(pod)},[${pod}]]`);
    expect(places(collected)).toEqual([
      "dump.json: items[0]",
      "dump.json: items[1].items[0]",
      "dump.json: line 2, items[0]",
      "dump.json: line 3[0].items[0]",
      "dump.json: line 3[1][0]",
    ]);
    expect(collected.problems).toEqual([]);
  });

  it("does not take the items of a volume for those of a list", () => {
    const pod = {
      kind: "Pod",
      spec: { volumes: [{ configMap: { items: [{ key: "a" }] } }] },
      'x"items': [{}],
    };
    expect(values(read(JSON.stringify(pod)))).toEqual([pod]);
  });

  it("finds nothing in empty lists, and nothing wrong with them", () => {
    const collected = read('[]{"kind":"List","items":[]}\n{"kind":"PodList","items":null}');
    expect(collected).toMatchObject({ objects: [], problems: [] });
  });

  it.each([
    ["before", '{"kind":"PodList","apiVersion":"v1","items":[{"a":1}]}'],
    ["after", '{"items":[{"a":1}],"kind":"PodList","apiVersion":"v1"}'],
    ["around", '{"apiVersion":"v1","items":[{"a":1}],"kind":"PodList"}'],
  ])("gives items without a kind that of their list, when it stands %s them", (_, text) => {
    expect(values(read(text))).toEqual([{ a: 1, kind: "Pod", apiVersion: "v1" }]);
  });

  it("keeps items whose kind nobody tells", () => {
    expect(values(read('{"items":[{"a":1}]}'))).toEqual([{ a: 1 }]);
    expect(values(read('{"kind":"List","apiVersion":"v1","items":[{"a":1}]}'))).toEqual([{ a: 1 }]);
    expect(values(read('{"items":[{"a":1},'))).toEqual([{ a: 1 }]);
  });

  it("unpacks watch events", () => {
    const events = [
      { type: "ADDED", object: { kind: "Pod" } },
      { type: "BOOKMARK", object: { kind: "Pod" } },
      { type: "DELETED", object: { kind: "PodList", items: [{ a: 1 }] } },
      { type: "ERROR", object: { kind: "Status", message: "too old resource version" } },
    ];
    const collected = read(events.map((event) => JSON.stringify(event)).join("\n"));
    expect(values(collected)).toEqual([{ kind: "Pod" }, { kind: "Pod", a: 1 }]);
    expect(collected.problems).toEqual([
      { where: "dump.json: line 4", message: expect.stringContaining("too old resource version") },
    ]);
  });

  it.each(["42", '"text"', "null", "true\n", "-1", '[1, "a", null]', '{"kind":"List","items":[1]}'])(
    "says that %s is not an object",
    (text) => {
      const collected = read(text);
      expect(collected.objects).toEqual([]);
      expect(collected.problems).toEqual([
        { where: "dump.json: line 1", message: expect.stringContaining("belongs to no object") },
      ]);
    },
  );

  it("reads the objects around values that are none", () => {
    const collected = read('7 {"a":1} "x" {"a":2}\nWarning: deprecated\n{"a":3}');
    expect(values(collected)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
    expect(collected.problems).toHaveLength(3);
  });

  it("reads the same wherever the chunks are cut", () => {
    const tricky = {
      'k\\"': 'a\\\\"}]{[,:\\',
      n: "é😀\u2028",
      items: [],
      o: [{ "": "\ud83d" }, -1.5e-3, true],
    };
    const text = Buffer.from(
      `\ufeff[${JSON.stringify({ o: tricky })}, {"items": [{"\\u0022":"\\\\"}], "kind":"XList"}]`,
    );
    const whole = read(text);
    expect(whole.problems).toEqual([]);
    expect(whole.objects).toHaveLength(2);
    for (let cut = 0; cut <= text.length; cut++) expect(read(text, [cut])).toMatchObject(onlyData(whole));
    expect(read(text, [...text.keys()])).toMatchObject(onlyData(whole));
  });

  it("reads back any objects, in any form, in any chunks", () => {
    fc.assert(
      fc.property(
        objectsInAnyForm,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (written, shares) => {
          const text = Buffer.from(written.text);
          const cuts = shares.map((share) => Math.floor(share * text.length)).sort((a, b) => a - b);
          const collected = read(text, cuts);
          expect(collected.problems).toEqual([]);
          expect(values(collected)).toEqual(written.objects);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("reads what is nested as deep as allowed and leaves out what is deeper", () => {
    const nested = (levels: number) =>
      `{"kind":"Pod","a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
    const collected = read(`[${nested(MAX_DEPTH)},${nested(MAX_DEPTH + 1)},{"a":1}]`);
    expect(places(collected)).toEqual(["dump.json: [0]", "dump.json: [2]"]);
    expect(collected.problems).toEqual([
      { where: "dump.json: [1]", object: "Pod", message: expect.stringContaining("256 levels") },
    ]);
  });

  it.each([
    ["arrays", "[".repeat(100_000) + "]".repeat(100_000)],
    ["objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
    ["lists", '{"items":['.repeat(100_000) + "]}".repeat(100_000)],
  ])("survives %s nested 100,000 levels deep", (_, text) => {
    const collected = read(`${text}\n{"a":1}`);
    expect(values(collected)).toEqual([{ a: 1 }]);
    expect(collected.problems).toEqual([
      expect.objectContaining({ message: expect.stringContaining("256 levels") }),
    ]);
  });

  it("passes by a string of 1 GB without keeping it", () => {
    const before = process.memoryUsage().rss;
    let peak = before;
    const collected = readStringOf(1024 * MIB, () => {
      peak = Math.max(peak, process.memoryUsage().rss);
    });
    expect(values(collected)).toEqual([{ a: 1 }]);
    expect(collected.problems).toEqual([
      {
        where: "dump.json: items[0]",
        object: "Pod giant",
        message: expect.stringContaining("larger than 64 MiB"),
      },
    ]);
    expect(peak - before).toBeLessThan(200 * MIB);
  });

  it("keeps an object that is just small enough", () => {
    const spare = Buffer.byteLength(`${GIANT_START}"}`);
    expect(readStringOf(64 * MIB - spare)).toMatchObject({ objects: { length: 2 }, problems: [] });
    expect(readStringOf(64 * MIB - spare + 1)).toMatchObject({
      objects: { length: 1 },
      problems: { length: 1 },
    });
  });

  it("keeps an object with bytes that are not UTF-8, and says so", () => {
    const text = Buffer.from(JSON.stringify(pipelineRun("run-é")).replace("é", "#"));
    text[text.indexOf("#")] = 0xe9;
    const collected = read(text);
    expect(collected.objects).toHaveLength(1);
    expect(collected.problems[0]).toMatchObject({ message: expect.stringContaining("not UTF-8") });
  });
});

const GIANT_START = '{"kind":"Pod","metadata":{"name":"giant"},"a":"';

/** Reads a list of an object with a string of so many bytes, which is never in memory as a whole, and a small one. */
function readStringOf(bytes: number, afterChunk = () => {}): Collected {
  const collected = collect();
  const reader = new JsonReader("dump.json", collected);
  const filler = Buffer.alloc(MIB, "x");
  reader.write(Buffer.from(`{"items":[${GIANT_START}`));
  for (let left = bytes; left > 0; left -= MIB) {
    reader.write(filler.subarray(0, left));
    afterChunk();
  }
  reader.write(Buffer.from('"},{"a":1}]}'));
  reader.end();
  return collected;
}

function onlyData({ objects, problems }: Collected): Pick<Collected, "objects" | "problems"> {
  return { objects, problems };
}

/** Objects that are nothing special themselves: no lists, watch events, or keys a list would add. */
const plainObjects = fc.array(
  fc.dictionary(
    fc
      .string({ unit: "grapheme" })
      .filter((key) => !["items", "type", "kind", "apiVersion", "__proto__"].includes(key)),
    fc.jsonValue({ maxDepth: 4 }).map((value): unknown => JSON.parse(JSON.stringify(value))),
  ),
);

const FORMS: ((objects: unknown[], indent: number) => string)[] = [
  (objects) => objects.map((object) => JSON.stringify(object)).join("\n"),
  (objects, indent) => objects.map((object) => JSON.stringify(object, null, indent)).join(""),
  (objects, indent) => JSON.stringify(objects, null, indent),
  (items, indent) => JSON.stringify({ kind: "List", items, metadata: {} }, null, indent),
  (items, indent) => JSON.stringify({ apiVersion: "v1", items, kind: "List" }, null, indent),
  (objects) => objects.map((object) => JSON.stringify({ type: "ADDED", object })).join("\r\n"),
];

const objectsInAnyForm = fc
  .tuple(plainObjects, fc.constantFrom(...FORMS), fc.integer({ min: 0, max: 4 }))
  .map(([objects, form, indent]) => ({ objects, text: form(objects, indent) }));
