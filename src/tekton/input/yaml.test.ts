import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { type Collected, collect, feed, pipelineRun, values } from "./testing.ts";
import { openYamlReader } from "./yaml.ts";

async function read(text: string, cuts: readonly number[] = []): Promise<Collected> {
  const collected = collect();
  feed(await openYamlReader("run.yaml", collected), text, cuts);
  return collected;
}

const LIST = `apiVersion: v1
items:
# the first
- apiVersion: tekton.dev/v1
  kind: PipelineRun
  metadata:
    name: ship
    namespace: demo
  script: |
    - not an item
    kind: nothing

- kind: Pod
  args:
  - "a
    b"
-
  kind: Event
kind: List
metadata:
  resourceVersion: ""
`;

describe("YAML", () => {
  it("reads the documents of a file and says which one", async () => {
    const collected = await read("# intro\n---\nkind: Pod\n--- # next\nkind: Task\n...\n---\n{kind: Job}\n");
    expect(collected.objects).toEqual([
      { value: { kind: "Pod" }, where: "run.yaml: document 1" },
      { value: { kind: "Task" }, where: "run.yaml: document 2" },
      { value: { kind: "Job" }, where: "run.yaml: document 3" },
    ]);
    expect(collected.problems).toEqual([]);
  });

  it.each(["# nothing\n", "---\n---\n# nothing\n...\n", "%YAML 1.2\n---\n", "--- ~\n"])(
    "finds nothing in %j, and nothing wrong with it",
    async (text) => expect(await read(text)).toMatchObject({ objects: [], problems: [] }),
  );

  it("reads JSON documents between YAML documents", async () => {
    const collected = await read(
      'kind: Pod\n---\n{\n\t"kind": "List",\n\t"items": [{"a": 1}]\n}\n---\nkind: Job\n',
    );
    expect(values(collected)).toEqual([{ kind: "Pod" }, { a: 1 }, { kind: "Job" }]);
    expect(collected.problems).toEqual([]);
  });

  it("reads the items of a list as kubectl writes it", async () => {
    const collected = await read(`${LIST}---\n${LIST}`);
    const items = [
      {
        apiVersion: "tekton.dev/v1",
        kind: "PipelineRun",
        metadata: { name: "ship", namespace: "demo" },
        script: "- not an item\nkind: nothing\n",
      },
      { kind: "Pod", args: ["a b"] },
      { kind: "Event" },
    ];
    expect(values(collected)).toEqual([...items, ...items]);
    expect(collected.objects[1]?.where).toBe("run.yaml: items[1]");
    expect(collected.objects[5]?.where).toBe("run.yaml: document 2, items[2]");
    expect(collected.problems).toEqual([]);
  });

  it("reads indented items, and Windows line ends", async () => {
    const collected = await read(
      "items:\r\n  - kind: Pod\r\n    a: |\r\n      x\r\n  - kind: Job\r\nkind: List\r\n",
    );
    expect(values(collected)).toEqual([{ kind: "Pod", a: "x\n" }, { kind: "Job" }]);
  });

  it("gives items without a kind that of their list", async () => {
    const collected = await read("apiVersion: v1\nitems:\n- a: 1\nkind: PodList\n");
    expect(values(collected)).toEqual([{ a: 1, kind: "Pod", apiVersion: "v1" }]);
  });

  it("follows anchors and merge keys within a document", async () => {
    const collected = await read("a: &a {x: 1}\nb: *a\nc: {<<: *a, y: 2}\n");
    expect(values(collected)).toEqual([{ a: { x: 1 }, b: { x: 1 }, c: { x: 1, y: 2 } }]);
  });

  it.each([
    ["a duplicate key", "a: 1\na: 2\n"],
    ["a tab", "a:\n\tb: 1\n"],
    ["an alias without anchor", "a: *b\n"],
    ["an alias to itself", "a: &a [*a, *a]\n"],
    ["deep nesting in brackets", `a: ${"[".repeat(100_000)}\n`],
    ["deep nesting in dashes", `${"- ".repeat(20_000)}a\n`],
    ["nesting one level too deep", `${"[".repeat(257)}${"]".repeat(257)}\n`.replace(/^/, "a: ")],
    ["aliases that multiply", aliasBomb()],
    ["text", "hello world\n"],
    ["a broken quote", 'a: "x\nb: 2\n'],
  ])("leaves out a document with %s, and nothing else", async (_, text) => {
    const collected = await read(`kind: Pod\n---\n${text}---\nkind: Job\n`);
    expect(values(collected)).toEqual([{ kind: "Pod" }, { kind: "Job" }]);
    expect(collected.problems).toEqual([{ where: "run.yaml: document 2", message: expect.any(String) }]);
  });

  it("leaves out a damaged item, and names it", async () => {
    for (const damage of ["  kind: again\n", "\tx: 1\n", "garbage\n", '  x: "\n', "  metadata: {\n"]) {
      const collected = await read(LIST.replace("  script: |\n", `${damage}  script: |\n`));
      expect(values(collected)).toEqual([{ kind: "Pod", args: ["a b"] }, { kind: "Event" }]);
      expect(collected.problems).toEqual([
        {
          where: "run.yaml: items[0]",
          object: "PipelineRun demo/ship",
          message: expect.stringContaining("line"),
        },
      ]);
    }
  });

  it("says so when a list is cut off", async () => {
    const collected = await read(LIST.slice(0, LIST.indexOf("kind: Event")));
    expect(values(collected)).toHaveLength(2);
    expect(collected.problems).toEqual([
      { where: "run.yaml: items", message: expect.stringContaining("cut off") },
    ]);
  });

  it("does not let the library read more than memory allows", async () => {
    const big = `kind: Pod\nmetadata:\n  namespace: demo\n  name: big\na: "${"x".repeat(9 * 1024 * 1024)}"\n`;
    const collected = await read(`${big}---\n${JSON.stringify({ a: "x".repeat(9 * 1024 * 1024) })}\n`);
    expect(collected.objects).toHaveLength(1);
    expect(collected.problems).toEqual([
      { where: "run.yaml: document 1", object: "Pod demo/big", message: expect.stringContaining("8 MiB") },
    ]);
  });

  it("passes by a document of 200 MB without keeping it", async () => {
    const collected = collect();
    const reader = await openYamlReader("run.yaml", collected);
    reader.write(Buffer.from("kind: Pod\na: "));
    for (let written = 0; written < 200; written++) reader.write(Buffer.alloc(1024 * 1024, "x"));
    reader.write(Buffer.from("\n---\nkind: Job\n"));
    reader.end();
    expect(values(collected)).toEqual([{ kind: "Job" }]);
    expect(collected.problems).toEqual([
      { where: "run.yaml: document 1", object: "Pod", message: expect.stringContaining("64 MiB") },
    ]);
  });

  it("reads the same wherever the chunks are cut", async () => {
    const text = `${LIST}--- \nkind: Pod\na: "é😀"\n...\n`;
    const whole = await read(text);
    for (let cut = 0; cut < Buffer.byteLength(text); cut++) {
      expect((await read(text, [cut])).objects).toEqual(whole.objects);
    }
  });

  it("reads back any objects, as documents and as items", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 5 }), async (specs) => {
        const objects = specs.map((spec, index) => ({ ...pipelineRun(`run-${index}`), spec: plain(spec) }));
        const list = stringify(
          { apiVersion: "v1", items: objects, kind: "List" },
          { aliasDuplicateObjects: false },
        );
        const documents = objects
          .map((object) => stringify(object, { aliasDuplicateObjects: false }))
          .join("---\n");
        expect(values(await read(list))).toEqual(objects);
        expect(values(await read(documents))).toEqual(objects);
      }),
      { numRuns: 50 },
    );
  });
});

/** JSON has no negative zero. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function aliasBomb(): string {
  const levels = [..."bcdefghi"].map((name, index) => {
    const before = "abcdefgh"[index];
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(", ")}]\n`;
  });
  return `a: &a [x, x, x]\n${levels.join("")}`;
}
