import type { Reporter, TestCase, TestModule } from "vitest/node";

/** Says at the end which tests were skipped, since each of them is something this machine did not check. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const skipped = tests.filter((test) => stateOf(test) === "skipped");
    if (skipped.length > 0)
      write(`skipped here:\n${skipped.map((test) => `  ${test.fullName}`).join("\n")}\n`);
    const passed = tests.filter((test) => stateOf(test) === "passed").length;
    write(
      `\n${passed} passed, ${tests.length - passed - skipped.length} failed, ${skipped.length} skipped\n`,
    );
  }
}

function stateOf(test: TestCase): string {
  return test.result().state;
}

function write(text: string): void {
  process.stdout.write(text);
}
