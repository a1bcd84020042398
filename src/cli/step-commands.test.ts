import { describe, expect, it } from "vitest";
import { throughline } from "../../test/program.ts";

describe("the commands for use inside a step", () => {
  it("are in the list of commands", async () => {
    const { stdout } = await throughline(["--help"]);
    for (const name of ["exec", "context", "metric"])
      expect(stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
  });

  it("have help of their own, by both ways to ask for it", async () => {
    for (const name of ["exec", "context", "metric"]) {
      const [asked, optioned] = await Promise.all([
        throughline(["help", name]),
        throughline([name, "--help"]),
      ]);
      expect(asked).toEqual(optioned);
      expect(asked).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(`^Usage: throughline ${name}`),
      });
    }
  });

  it("hand on the environment as it is", async () => {
    const { exitCode, stdout } = await throughline(["exec", "printenv", "UV_THREADPOOL_SIZE"]);
    expect([exitCode, stdout]).toEqual([1, ""]);
  });

  it("come before any option", async () => {
    expect(await throughline(["--verbose", "context", "save", "--file", "x"])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("context comes first: throughline context …"),
    });
  });
});
