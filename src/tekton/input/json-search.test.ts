import { describe, expect, it } from "vitest";
import { JsonReader } from "./json.ts";
import { type Collected, collect, feed, pipelineRun, values } from "./testing.ts";

const RUNS = ["a", "b", "c", "d"].map((letter) => pipelineRun(`run-${letter}`));
const LIST = { apiVersion: "v1", items: RUNS, kind: "List", metadata: { resourceVersion: "" } };

/** How the same objects look from different tools. */
function forms(runs: unknown[]): [string, string][] {
  const list = { ...LIST, items: runs };
  const lines = runs.map((run) => JSON.stringify(run));
  return [
    ["kubectl", JSON.stringify(list, null, 4)],
    ["jq -c", JSON.stringify(list)],
    ["json.dumps", JSON.stringify(list, null, 1).replace(/\n */g, " ")],
    ["one object per line", lines.join("\n")],
    ["an array with one object per line", `[\n${lines.join(",\n")}\n]`],
    ["indented objects", runs.map((run) => JSON.stringify(run, null, 2)).join("\n")],
    ["one list per line", runs.map((run) => JSON.stringify({ ...LIST, items: [run] })).join("\n")],
  ];
}

function read(text: string | Buffer, cuts: readonly number[] = []): Collected {
  const collected = collect();
  feed(new JsonReader("dump.json", collected), text, cuts);
  return collected;
}

/** Applies a change to the text of the second object only. */
function damage(text: string, change: (run: string) => string): string {
  const start = text.indexOf('"run-b"');
  const end = text.indexOf('"run-c"');
  return text.slice(0, start) + change(text.slice(start, end)) + text.slice(end);
}

/** Each leaves the key it is after exactly once in the text between the names of two objects. */
const DAMAGE: [string, (run: string) => string][] = [
  ["a missing closing quote", (run) => run.replace('"Succeeded"', '"Succeeded').replace('"demo"', '"demo')],
  ["a missing opening quote", (run) => run.replace('"demo"', 'demo"')],
  ["a quote too many", (run) => run.replace('"demo"', '"de"mo"')],
  ["a missing comma", (run) => run.replace(/,(\s*)"spec"/, '$1"spec"')],
  ["a missing closing brace", (run) => run.replace("}", "")],
  ["a missing closing bracket", (run) => run.replace("]", "")],
  ["a closing brace too many", (run) => run.replace("}", "}}")],
  ["a closing bracket too many", (run) => run.replace("]", "]]")],
  ["an opening brace too many", (run) => run.replace("{", "{{")],
  ["an opening bracket too many", (run) => run.replace("[", "[[")],
  ["a missing colon", (run) => run.replace(/"spec":/, '"spec"')],
  ["an escape that is none", (run) => run.replace("demo", "de\\mo")],
  ["foreign text", (run) => run.replace('"spec"', '<<<<<<< HEAD "spec"')],
  ["a gap", (run) => run.slice(0, run.indexOf("demo")) + run.slice(run.indexOf('"spec"'))],
];

const CASES = forms(RUNS).flatMap(([form, text]) =>
  DAMAGE.map(([name, change]) => ({ form, name, text, change })),
);

describe("a damaged object", () => {
  it.each(CASES)("with $name in text from $form costs no other object", ({ text, change }) => {
    const collected = read(damage(text, change));
    expect(names(collected)).toEqual(["run-a", "run-c", "run-d"]);
    expect(collected.problems.length).toBeGreaterThan(0);
    expect(collected.problems.length).toBeLessThan(4);
    expect(collected.problems[0]?.object ?? "PipelineRun run-b").toMatch(/^PipelineRun ((demo|de)\/)?run-b$/);
  });

  it("is named with its place, as far as its text tells", () => {
    const text =
      '{"kind":"PodList","items":[{"metadata":{"name":"a"}},\n{"metadata":{"name":"b", oops}},{"metadata":{}}]}';
    expect(read(text).problems).toEqual([
      {
        where: "dump.json: items[1]",
        object: "Pod b",
        message: "is not valid JSON (it starts at line 2, byte 54): left out, the rest is read",
      },
    ]);
  });

  it("costs no other object wherever the chunks are cut", () => {
    const text = Buffer.from(damage(JSON.stringify(LIST), (run) => run.replace('"demo"', '"demo')));
    const expected = read(text);
    for (let cut = 0; cut < text.length; cut += 7) {
      expect(names(read(text, [cut]))).toEqual(names(expected));
      expect(read(text, [cut]).problems).toEqual(expected.problems);
    }
  });

  it("does not swallow the next line when its brackets do not match", () => {
    const collected = read('{"a":{"b":1}\n{"a":2}\n{"a":[1,\n{"a":3}\n{"a":"x\n{"a":4}\n{"a\n":5}\n{"a":6}');
    expect(values(collected)).toEqual([{ a: 2 }, { a: 3 }, { a: 4 }, { a: 6 }]);
    expect(collected.problems.map(({ where }) => where)).toEqual([
      "dump.json: line 1",
      "dump.json: line 3",
      "dump.json: line 5",
      "dump.json: line 7",
    ]);
  });

  it("is found again and again in text that is damaged everywhere", () => {
    const open = JSON.stringify(pipelineRun("run")).slice(0, -3);
    for (const text of ['{"a":[1,\n'.repeat(20_000), `[${`${open},`.repeat(2_000)}`]) {
      const collected = read(text);
      expect(collected.objects).toEqual([]);
      expect(collected.problems.length).toBeGreaterThan(1_999);
    }
  });

  it("is passed by when much text follows before the next one begins", () => {
    const filler = `"${"x".repeat(3_000_000)}",`;
    const text = `{"kind":"List","items":[{"kind":"Pod","metadata":{"name":"b"},oops${filler}},{"kind":"Pod","metadata":{}}]}`;
    const collected = read(text, [1_000_000, 2_000_000]);
    expect(values(collected)).toEqual([{ kind: "Pod", metadata: {} }]);
    expect(collected.problems[0]).toMatchObject({ object: "Pod b" });
  });

  it("does not cost the items when it is the list around them", () => {
    for (const [from, to] of [
      ['"v1"', 'v1"'],
      ['"v1"', '"v1'],
      ['"List"', '"List'],
      ['"apiVersion"', "apiVersion"],
    ]) {
      for (const indent of [0, 4]) {
        const collected = read(JSON.stringify(LIST, null, indent).replace(from ?? "", to ?? ""));
        expect(names(collected)).toEqual(["run-a", "run-b", "run-c", "run-d"]);
        expect(collected.problems).toHaveLength(1);
      }
    }
  });

  it("is reported when it is a list whose items cannot be found", () => {
    expect(read('{"kind":"List","itms":[{"kind":"Pod"}]}').problems).toEqual([
      { where: "dump.json: line 1", message: expect.stringContaining("a list without items") },
    ]);
  });
});

describe("text that is cut off", () => {
  it.each(forms(RUNS.slice(0, 2)))("loses only what was cut, at every byte of text from %s", (_, text) => {
    const bytes = Buffer.from(text);
    const ends = objectEnds(bytes);
    for (let cut = 1; cut < bytes.length; cut++) {
      const collected = read(bytes.subarray(0, cut), [cut >> 1]);
      expect(collected.objects.length, `cut at ${cut}`).toBe(ends.filter((end) => end <= cut).length);
      expect(collected.problems.length, `cut at ${cut}`).toBeLessThan(2);
      expect(values(collected)).toEqual(RUNS.slice(0, collected.objects.length));
    }
  });

  it("says where it ends and within which object", () => {
    const text =
      '{"kind":"List","items":[\n{"kind":"Pod","metadata":{"namespace":"demo","name":"a"},"spec":{';
    expect(read(text).problems).toEqual([
      {
        where: "dump.json: items[0]",
        object: "Pod demo/a",
        message: "is cut off: the text ends within it, at line 2, byte 90; collect it again for the rest",
      },
    ]);
  });

  it.each([
    '{"kind":"List","items":[{"a":1}',
    '{"kind":"List","items":[{"a":1},',
    '{"kind":"List","items":[{"a":1}]',
  ])("says so when %s is all there is", (text) => {
    const collected = read(text);
    expect(values(collected)).toEqual([{ a: 1 }]);
    expect(collected.problems).toEqual([
      { where: "dump.json: items", message: expect.stringContaining("cut off") },
    ]);
  });
});

function names(collected: Collected): unknown[] {
  return values(collected).map(({ metadata }) => (metadata as { name?: string } | undefined)?.name);
}

/** Where each object of the text ends, told by the text of its last field. */
function objectEnds(bytes: Buffer): number[] {
  const ends: number[] = [];
  const last = Buffer.from('\u2028"');
  for (let at = bytes.indexOf(last); at !== -1; at = bytes.indexOf(last, at + 1)) {
    const status = bytes.indexOf("}", at);
    ends.push(bytes.indexOf("}", status + 1) + 1);
  }
  return ends;
}
