import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childName, claimName } from "./names.ts";

describe("names of children", () => {
  it("are parent and suffix when that is short enough", () => {
    expect(childName("run", "-task")).toBe("run-task");
    expect(childName("r".repeat(58), "-task")).toBe(`${"r".repeat(58)}-task`);
  });

  it("have the shape that Tekton's have when they are long", () => {
    const digits = "-0123456789".repeat(5);
    expect(childName(`task-run-0123456789${digits}`, "-pod")).toBe(
      "task-run-0123456789-01234560d38957287bb0283c59440df14069f59-pod",
    );
    expect(childName("pipeline-run", `-task2${digits}`)).toBe(
      "pipeline-runee4a397d6eab67777d4e6f9991cd19e6-task2-0123456789-0",
    );
  });

  it("never exceed a label, and differ for different parents", () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,90}$/);
    fc.assert(
      fc.property(name, name, (parent, suffix) => {
        const child = childName(parent, `-${suffix}`);
        expect(child.length).toBeLessThanOrEqual(
          Math.max(63, parent.length + suffix.length + 1 <= 63 ? 63 : 0),
        );
        expect(childName(`${parent}x`, `-${suffix}`)).not.toBe(child);
        if (suffix.length < 30 && parent.length + suffix.length + 1 > 63) expect(child).toHaveLength(63);
      }),
    );
  });

  it("end in a letter or digit when even the suffix is long", () => {
    expect(childName("run", `-${"a".repeat(27)}----${"b".repeat(40)}`)).toMatch(/^run[0-9a-f]{32}-a{27}$/);
  });
});

describe("names of claims", () => {
  it("are the same for the same workspace of the same run", () => {
    const claim = { workspace: "ws", ownerUid: "u-1" };
    expect(claimName({ template: undefined, ...claim })).toMatch(/^pvc-[0-9a-f]{10}$/);
    expect(claimName({ template: "cache", ...claim })).toBe(claimName({ template: "cache", ...claim }));
    expect(claimName({ template: "cache", ...claim })).not.toBe(
      claimName({ template: "cache", ...claim, ownerUid: "u-2" }),
    );
  });
});
