import { expect, it } from "vitest";
import { runDuration } from "./run-duration.ts";

const start = Date.parse("2026-11-08T12:00:00Z");
const run = (result: "running" | "success") => ({
  result,
  startTime: "2026-11-08T12:00:00Z",
  durationMs: 60_000,
});

it("lets a run grow while something is heard of it", () => {
  expect(runDuration(run("running"), start + 90_000)).toBe(90_000);
});

it("does not let one grow that was silent for long: its end may have been missed", () => {
  expect(runDuration(run("running"), start + 86_400_000)).toBe(60_000);
});

it("never shrinks one when the clocks differ", () => {
  expect(runDuration(run("running"), start + 1000)).toBe(60_000);
});

it("leaves a run that is over alone", () => {
  expect(runDuration(run("success"), start + 90_000)).toBe(60_000);
});
