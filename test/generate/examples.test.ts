import { describe, expect, it } from "vitest";
import { buildAndTest } from "./examples/build-and-test.ts";
import { failedRun } from "./examples/failed-run.ts";
import { generateRun, kubectlList } from "./index.ts";

describe("the example dumps", () => {
  // Run with --update, this writes the files: see examples/README.md.
  it.each([
    { file: "build-and-test.json", scenario: buildAndTest, seed: 412 },
    { file: "failed-run.json", scenario: failedRun, seed: 2 },
  ])("examples/$file is what its scenario generates", async ({ file, scenario, seed }) => {
    const text = [...kubectlList(generateRun(scenario, seed).all())].join("");
    await expect(text).toMatchFileSnapshot(`../../examples/${file}`);
  });

  it("shows a run of seven to nine minutes that completed with one task skipped", () => {
    const { truth } = generateRun(buildAndTest, 412);
    const minutes = (truth.completedMs - truth.createdMs) / 60_000;
    expect(minutes).toBeGreaterThan(7);
    expect(minutes).toBeLessThan(9);
    expect(truth.outcome.reason).toBe("Completed");
    expect(truth.skipped.map(({ name }) => name)).toEqual(["publish"]);
  });
});
