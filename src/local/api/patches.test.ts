import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frozenCopy, isSameJson } from "./json.ts";
import { jsonPatch, mergePatch, strategicPatch } from "./patches.ts";
import { serverSideApply } from "./server-side-apply.ts";

/** JSON objects without nulls, which a merge patch cannot set. */
const { object } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.constantFrom("a", "b", "constructor"), tie("value"), { noNullPrototype: true }),
}));

/** The merge patch that makes one of the other. */
function difference(from: unknown, to: unknown): unknown {
  if (!isPlain(from) || !isPlain(to)) return to;
  const removed = Object.keys(from).filter((key) => !Object.hasOwn(to, key));
  const changed = Object.keys(to).filter(
    (key) => !isSameJson(from[key], to[key]) || !Object.hasOwn(from, key),
  );
  return Object.fromEntries([
    ...removed.map((key) => [key, null]),
    ...changed.map((key) => [key, difference(Object.hasOwn(from, key) ? from[key] : undefined, to[key])]),
  ]);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

describe("a merge patch", () => {
  it("makes the one object of the other", () => {
    fc.assert(
      fc.property(object, object, (from, to) => {
        expect(mergePatch(from, difference(from, to))).toEqual(to);
      }),
    );
  });

  it("to nothing else is nothing new, whatever fields are called", () => {
    fc.assert(
      fc.property(object, object, (one, other) => {
        expect(isSameJson(one, other)).toBe(isDeepStrictEqual(one, other));
      }),
    );
  });

  it("changes nothing of what it is applied to, and nothing in all objects", () => {
    const target = frozenCopy({ a: { b: [1] } });
    expect(mergePatch(target, JSON.parse('{"a":{"c":2},"__proto__":{"polluted":1}}'))).toMatchObject({
      a: { b: [1], c: 2 },
    });
    expect(target).toEqual({ a: { b: [1] } });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(frozenCopy(JSON.parse('{"__proto__":{"polluted":1}}')))).toBe(
      Object.prototype,
    );
  });
});

describe("a JSON patch", () => {
  const target = { spec: { list: ["a", "b"], "with/slash": 1 } };

  it.each([
    [
      { op: "add", path: "/spec/list/1", value: "x" },
      { list: ["a", "x", "b"], "with/slash": 1 },
    ],
    [
      { op: "add", path: "/spec/list/-", value: "x" },
      { list: ["a", "b", "x"], "with/slash": 1 },
    ],
    [
      { op: "remove", path: "/spec/list/0" },
      { list: ["b"], "with/slash": 1 },
    ],
    [
      { op: "replace", path: "/spec/with~1slash", value: 2 },
      { list: ["a", "b"], "with/slash": 2 },
    ],
    [
      { op: "replace", path: "/spec/list/0", value: "x" },
      { list: ["x", "b"], "with/slash": 1 },
    ],
    [
      { op: "move", from: "/spec/with~1slash", path: "/spec/moved" },
      { list: ["a", "b"], moved: 1 },
    ],
    [
      { op: "copy", from: "/spec/list/0", path: "/spec/list/2" },
      { list: ["a", "b", "a"], "with/slash": 1 },
    ],
    [{ op: "test", path: "/spec/list", value: ["a", "b"] }, target.spec],
  ])("does %j", (operation, spec) => {
    expect(jsonPatch(target, [operation])).toEqual({ spec });
  });

  it.each([
    { op: "remove", path: "/spec/none" },
    { op: "replace", path: "/spec/list/2", value: 1 },
    { op: "add", path: "/spec/list/3", value: 1 },
    { op: "test", path: "/spec/list/0", value: "b" },
    { op: "guess", path: "/spec" },
    { op: "add", path: "spec", value: 1 },
  ])("is refused where it does not fit: %j", (operation) => {
    expect(() => jsonPatch(target, [operation])).toThrow(expect.objectContaining({ status: 422 }));
  });
});

describe("a strategic merge patch", () => {
  const spec = {
    containers: [
      { name: "a", image: "one", args: ["x", "y"], env: [{ name: "E", value: "1" }] },
      { name: "b", image: "two" },
    ],
  };

  it("merges containers by their names, and replaces lists without names", () => {
    const patch = {
      containers: [{ name: "a", args: ["z"], env: [{ name: "F", value: "2" }] }, { name: "c" }],
    };
    expect(strategicPatch({ spec }, { spec: patch })).toEqual({
      spec: {
        containers: [
          {
            name: "a",
            image: "one",
            args: ["z"],
            env: [
              { name: "E", value: "1" },
              { name: "F", value: "2" },
            ],
          },
          { name: "b", image: "two" },
          { name: "c" },
        ],
      },
    });
  });

  it("follows its directives", () => {
    const patch = {
      $setElementOrder: ["ignored"],
      containers: [{ name: "a", $patch: "delete" }],
      "$deleteFromPrimitiveList/finalizers": ["x"],
      labels: { $patch: "replace", only: "this" },
    };
    const target = { ...spec, finalizers: ["x", "y"], labels: { old: "label" } };
    expect(strategicPatch(target, patch)).toEqual({
      containers: [{ name: "b", image: "two" }],
      finalizers: ["y"],
      labels: { only: "this" },
    });
  });
});

describe("a JSON patch that means harm", () => {
  const doubling = Array.from({ length: 40 }, (_, at) => ({
    op: "copy",
    from: "/data",
    path: `/data/k${at}`,
  }));

  it("may not copy copies without end", () => {
    expect(() => jsonPatch({ data: { text: "x".repeat(100) } }, doubling)).toThrow(
      "what it copies is more than",
    );
    const many = Array.from({ length: 10_001 }, () => ({ op: "test", path: "/data", value: 1 }));
    expect(() => jsonPatch({ data: 1 }, many)).toThrow("may have 10000 operations");
    expect(() => jsonPatch({}, [null])).toThrow("not an operation");
  });
});

describe("server-side apply", () => {
  const manager = { name: "me", time: "2026-01-01T00:00:00Z" };
  const other = { ...manager, name: "other" };
  const applied = (data: Record<string, string>) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "shared" },
    data,
  });

  it("removes what its manager no longer applies, and nothing of anybody else's", () => {
    const first = serverSideApply({ data: { made: "elsewhere" } }, applied({ a: "1", b: "1" }), manager);
    const second = serverSideApply(first, applied({ b: "2" }), other);
    const third = serverSideApply(second, applied({ c: "3" }), manager);
    expect(third).toMatchObject({
      data: { made: "elsewhere", b: "2", c: "3" },
      metadata: { name: "shared" },
    });
    expect(third["data"]).not.toHaveProperty("a");
  });
});
