import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // Built programs and real servers are started by tests; two cores are what a CI machine has.
    testTimeout: 30_000,
    maxWorkers: 2,
  },
});
