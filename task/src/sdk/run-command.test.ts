import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  jsonTo,
  runProgram,
  spansOf,
  startReceiver,
  TRACE_ID,
  TRACEPARENT,
  temporaryDirectory,
} from "./sdk.testing.ts";

/** Runs the source, which may use `show` to print JSON lines; answers them and the spans. */
async function run(source: string, env: Record<string, string> = {}) {
  const receiver = await startReceiver();
  const program = `startTaskTelemetry(); const show = (value) => console.log("shown " + JSON.stringify(value)); ${source}`;
  const ended = await runProgram(program, { ...jsonTo(receiver.endpoint), ...env });
  const shown = ended.stdout.split("\n").filter((line) => line.startsWith("shown "));
  return {
    ...ended,
    shown: shown.map((line) => JSON.parse(line.slice(6))),
    spans: spansOf(receiver.requests()),
  };
}

function pathOf(tool: string): string {
  const places = (process.env["PATH"] ?? "").split(delimiter).map((directory) => join(directory, tool));
  return places.find((place) => existsSync(place)) ?? tool;
}

describe("runCommand", () => {
  it("makes a client span of the command, which the command finds as its parent", async () => {
    const { stdout, spans, shown } = await run(
      `show(await runCommand("/bin/sh", ["-c", "echo child of $TRACEPARENT"], { attributes: { stage: "one" } }));`,
    );
    const [span] = spans;
    expect(stdout).toContain(`child of 00-${TRACE_ID}-${span?.spanId}-01\n`);
    expect(span).toMatchObject({ name: "sh", kind: 3, status: { code: 0 } });
    expect(span?.attributes).toEqual({
      "process.executable.name": "sh",
      "process.command_args": ["/bin/sh", "-c", "echo child of $TRACEPARENT"],
      "process.exit.code": 0,
      "process.pid": expect.any(Number),
      stage: "one",
    });
    expect(shown).toEqual([{ exitCode: 0 }]);
  });

  it("answers how a command failed, and marks its span with that and the last lines it wrote", async () => {
    const { spans, shown, stderr } = await run(`
      show(await runCommand("sh", ["-c", "echo broken >&2; exit 3"], { name: "compile" }));
      show(await runCommand("sh", ["-c", "kill -9 $$"]));
      show(await runCommand("no-such-program"));
      show(await runCommand("/dev/null"));
      show(await runCommand("true", ["\\0"]));`);
    expect(shown).toEqual([
      { exitCode: 3, stderr: "broken" },
      { exitCode: 137, signal: "SIGKILL" },
      { exitCode: 127 },
      { exitCode: 126 },
      { exitCode: 127 },
    ]);
    expect(
      spans.map(({ name, attributes }) => [name, attributes["error.type"], attributes["process.exit.code"]]),
    ).toEqual([
      ["compile", "exit_code_3", 3],
      ["sh", "SIGKILL", 137],
      ["no-such-program", "not_found", 127],
      ["null", "not_executable", 126],
      ["true", "not_found", 127],
    ]);
    expect(spans.map(({ status }) => status.code)).toEqual([2, 2, 2, 2, 2]);
    expect(spans.map(({ status }) => status.message)).toEqual([
      "exit code 3",
      "killed by SIGKILL",
      "not found",
      "not executable",
      "not found",
    ]);
    expect(spans[0]?.attributes["error.message"]).toBe("broken");
    expect(stderr).toBe("broken\n");
  });

  it("throws only when asked to", async () => {
    const { shown } = await run(`
      try { await runCommand("sh", ["-c", "exit 3"], { check: true }) }
      catch (error) { show([error instanceof CommandError, error.message, error.result.exitCode]) }`);
    expect(shown).toEqual([[true, "sh: exit code 3", 3]]);
  });

  it("hides what looks like a secret in arguments and output, by more rules if told, or not at all", async () => {
    const command = `await runCommand("sh", ["-c", "echo password=hunter2 code 4711 >&2; exit 1", "--token", "s3cret"])`;
    const receiver = await startReceiver();
    const attributesWith = async (options: string) => {
      await runProgram(`startTaskTelemetry(${options}); ${command};`, jsonTo(receiver.endpoint));
      return JSON.stringify(spansOf(receiver.requests()).at(-1)?.attributes);
    };
    const byDefault = await attributesWith("");
    expect(byDefault).not.toMatch(/hunter2|s3cret/);
    expect(byDefault).toContain("4711");
    expect(await attributesWith("{ redact: [/code \\d+/] }")).not.toMatch(/hunter2|s3cret|4711/);
    expect(await attributesWith("{ redact: false }")).toMatch(/s3cret.*hunter2/);
  });

  it("passes 100 MB of stderr on, whole, and records the last 4 KiB", async () => {
    const { stderr, spans } = await run(
      `await runCommand("sh", ["-c", "yes 0123456789abcde | head -c 100000000 >&2; echo the end >&2; exit 1"]);`,
    );
    expect(stderr.length).toBe(100_000_008);
    const message = String(spans[0]?.attributes["error.message"]);
    expect(message.length).toBeLessThanOrEqual(4096);
    expect(message).toMatch(/^(0123456789abcde\n)+the end$/);
  });

  it("leaves nothing open behind a command", async () => {
    const { shown } = await run(`
      const { readdirSync } = await import("node:fs");
      const open = () => readdirSync("/proc/self/fd").length;
      await runCommand("true");
      await new Promise((resolve) => setTimeout(resolve, 50));
      const before = open();
      for (let i = 0; i < 20; i++) await runCommand("sh", ["-c", "echo x >&2"]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      show(open() - before);`);
    expect(shown[0]).toBeLessThan(5);
  });

  it("leaves stderr alone where that is wished", async () => {
    const command = `await runCommand("sh", ["-c", "echo x >&2; exit 1"]`;
    const quiet = await run(`${command}, { recordStderr: false });`);
    const byVariable = await run(`${command});`, { THROUGHLINE_EXEC_STDERR: "0" });
    for (const { spans, stderr } of [quiet, byVariable]) {
      expect(spans[0]?.attributes).not.toHaveProperty("error.message");
      expect(stderr).toBe("x\n");
    }
  });

  it("captures what is printed, and does not wait for what is left running in the background", async () => {
    const { shown } = await run(
      `show(await runCommand("sh", ["-c", "sleep 30 2>/dev/null & echo pid $!; pwd; echo $STAGE"],
        { stdout: "capture", cwd: "/", env: { STAGE: "two" } }));`,
    );
    const [, pid, directory, stage] = /^pid (\d+)\n(.*)\n(.*)\n$/.exec(shown[0].stdout) ?? [];
    process.kill(Number(pid));
    expect([directory, stage]).toEqual(["/", "two"]);
  });

  it("goes on where there is no cat to read what is left running in the background", async () => {
    const tools = temporaryDirectory();
    for (const tool of ["mkfifo", "sh", "sleep"]) symlinkSync(pathOf(tool), join(tools, tool));
    const { shown, stderr, code } = await run(`
      process.env.PATH = ${JSON.stringify(tools)};
      await runCommand("sh", ["-c", "echo x >&2; sleep 0.5 &"]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      show("goes on");`);
    expect([shown, stderr, code]).toEqual([["goes on"], "x\n", 0]);
  });

  it("passes every byte of an argument, and records no more than 128 of them and 4 KiB", async () => {
    const bytes = String.fromCharCode(...Array.from({ length: 255 }, (_, index) => index + 1));
    const { shown, spans } = await run(`
      show(await runCommand("printf", ["%s", ${JSON.stringify(bytes)}], { stdout: "capture" }));
      await runCommand("true", Array.from({ length: 1000 }, (_, i) => "a" + i));
      await runCommand("true", ["é".repeat(10_000)]);`);
    expect(shown[0].stdout).toBe(bytes);
    const [, many, long] = spans.map(({ attributes }) => attributes["process.command_args"] as string[]);
    expect(many).toHaveLength(128);
    expect(Buffer.byteLength(long?.join("") ?? "")).toBeLessThanOrEqual(4096);
    expect(long?.at(-1)).toMatch(/^é+…$/);
  });

  it("keeps output that is not UTF-8 sendable", async () => {
    const { spans, code } = await run(`await runCommand("sh", ["-c", "printf 'a\\\\377b' >&2; exit 1"]);`);
    expect(code).toBe(0);
    expect(spans[0]?.attributes["error.message"]).toBe("a\ufffdb");
  });

  it("fails as a program that is not found where its directory is missing", async () => {
    const { shown } = await run(`show(await runCommand("true", [], { cwd: "/no/such/place" }));`);
    expect(shown).toEqual([{ exitCode: 127 }]);
  });

  it("hands the context on that the step was given, tracestate and baggage as they were", async () => {
    const file = join(temporaryDirectory(), "out.sh");
    writeFileSync(file, 'echo "$TRACEPARENT|$TRACESTATE|$BAGGAGE"');
    const tracestate = Array.from({ length: 8 }, (_, index) => `vendor${index}=${"x".repeat(100)}`).join(",");
    const env = {
      TRACEPARENT: TRACEPARENT.replace(/01$/, "03"),
      TRACESTATE: tracestate,
      BAGGAGE: "k = v;p=1, other=2",
    };
    const { stdout } = await run(`await runCommand("sh", ["${file}"]);`, env);
    expect(stdout).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-03\|/);
    expect(stdout.slice(56)).toBe(`${tracestate}|k = v;p=1, other=2\n`);
  });
});
