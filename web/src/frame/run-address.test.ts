import { describe, expect, it } from "vitest";
import { runIdOf } from "./run-address.ts";

describe("the address of a run", () => {
  it("says which one", () => {
    expect(runIdOf("/runs/shop-ci/build%201")).toBe("shop-ci/build 1");
    expect(runIdOf("/runs/100%")).toBe("100%");
  });

  it("is that of no other page", () => {
    expect(["/runs", "/runs/", "/pipeline", "/"].map(runIdOf)).toEqual(Array(4).fill(undefined));
  });
});
