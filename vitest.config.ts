import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.ts";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "task/**/*.test.ts", "test/**/*.test.ts", "web/src/**/*.test.ts"],
    reporters: ["default", new SummaryReporter()],
    // Built programs and real servers are started by tests; two cores are what a CI machine has.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
