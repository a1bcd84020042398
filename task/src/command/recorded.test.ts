import { describe, expect, it } from "vitest";
import { redact, redactArguments } from "../redact.ts";
import { executableName, lastLines, shownArguments } from "./recorded.ts";

const shown = (words: readonly string[]) => shownArguments(words, redactArguments);

describe("the arguments of a command", () => {
  it("are shown whole, without secrets, up to 128", () => {
    expect(shown(["make", "--token", "s3cret", "all"])).toEqual(["make", "--token", "[redacted]", "all"]);
    expect(shown(Array.from({ length: 200 }, (_, index) => `a${index}`))).toHaveLength(128);
  });

  it("are cut at 4 KiB, mark and all, between characters", () => {
    const [command, long = "", ...more] = shown(["echo", "é".repeat(4000), "more"]);
    expect([command, more]).toEqual(["echo", []]);
    expect(long).toMatch(/^é+…$/);
    expect(Buffer.byteLength(`echo${long}`)).toBeGreaterThan(4092);
    expect(Buffer.byteLength(`echo${long}`)).toBeLessThanOrEqual(4096);
  });

  it("say so where the rest of a long one was not read, though what was read fits", () => {
    expect(shown(["deploy", `--token=${"x".repeat(20_000)}`])).toEqual(["deploy", "--token=[redacted]…"]);
  });
});

describe("the last lines of a command", () => {
  const text = (lines: string, isCut: boolean) => lastLines({ bytes: Buffer.from(lines), isCut }, redact);

  it("begin with a whole line where there is one", () => {
    expect(text("e\nbroken\n", true)).toBe("broken");
    expect(text("e\nbroken\n", false)).toBe("e\nbroken");
    expect(text("a line without an end\n", true)).toBe("a line without an end");
    expect(text("", false)).toBe("");
  });

  it("are 4 KiB after what is no UTF-8 has been replaced, too", () => {
    const bytes = Buffer.alloc(4096, 0xff);
    expect(Buffer.byteLength(lastLines({ bytes, isCut: true }, redact))).toBeLessThanOrEqual(4096);
  });
});

it("a program is known by its name without the directory, however many slashes that has", () => {
  expect(["/bin/sh", "sh", "/opt/x/", "/", ""].map(executableName)).toEqual(["sh", "sh", "x", "/", ""]);
  const start = performance.now();
  expect(executableName(`${"/".repeat(100_000)}x`)).toBe("x");
  expect(performance.now() - start).toBeLessThan(1000);
});
