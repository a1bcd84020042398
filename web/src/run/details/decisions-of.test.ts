import { describe, expect, it } from "vitest";
import { decisionsOf } from "./decisions-of.ts";

const decisions = (text: string) => decisionsOf({ attributes: { "throughline.reconcile.decisions": text } });

describe("what a reconciler decided", () => {
  it("is a list", () => {
    expect(decisions('["created TaskRun a","requeued after 5 s"]')).toEqual([
      "created TaskRun a",
      "requeued after 5 s",
    ]);
  });

  it("is nothing for other spans, and the text itself where it is no list", () => {
    expect(decisionsOf({ attributes: {} })).toEqual([]);
    expect(["[oops", "{}"].map(decisions)).toEqual([["[oops"], ["{}"]]);
  });
});
