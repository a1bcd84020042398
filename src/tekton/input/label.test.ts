import { describe, expect, it } from "vitest";
import { labelOfJson, labelOfYaml } from "./label.ts";

describe("the name of a broken object", () => {
  it.each([
    ['{"kind":"Pod","metadata":{"name":"a","namespace":"demo"', "Pod demo/a"],
    ['{"involvedObject":{"kind":"Pod","name":"x"},"kind":"Event","metadata":{"name":"e"}}', "Event e"],
    ['{"metadata":{"ownerReferences":[{"kind":"A","name":"x"}],"name":"a"},"kind":"Pod"}', "Pod a"],
    ['{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"a"}', "Pod a"],
    ['{"kind":\n  "Pod","metadata":{"name":"cut of', "Pod"],
    ['{"kind":"{not a kind}","metadata":{"name":"a"}', "a"],
    ['{"x":1', undefined],
    ["", undefined],
  ])("is told from the JSON text %s", (text, label) => expect(labelOfJson(Buffer.from(text))).toBe(label));

  it("is told from text that is cut off within a long string", () => {
    expect(labelOfJson(Buffer.from(`{"kind":"Pod","spec":"${'\\"'.repeat(500_000)}`))).toBe("Pod");
  });

  it("takes the kind of the list when the text has none", () => {
    expect(labelOfJson(Buffer.from('{"metadata":{"name":"a"}'), "Pod")).toBe("Pod a");
  });

  it.each([
    [
      "kind: Pod\nmetadata:\n  labels:\n    name: x\n  name: a\n  namespace: 'demo'\nspec:\n  name: y\n",
      "Pod demo/a",
    ],
    ["# note\n  apiVersion: v1\n  kind: Pod\n  metadata:\n      name: a\n", "Pod a"],
    ["spec:\n  kind: x\n  metadata:\n    name: y\n", undefined],
  ])("is told from the YAML text %j", (text, label) => expect(labelOfYaml(text)).toBe(label));
});
