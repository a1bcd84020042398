import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  deadEndpoint,
  program,
  runTask,
  spanOf,
  spooledSpans,
  startCollector,
  startTask,
  startTcpServer,
  temporaryDirectory,
  type Variables,
} from "./cli.testing.ts";

const traceId = "0f57e147e992b304d977436289d10628";
const parentSpanId = "73d5909e31793992";
const TRACEPARENT = `00-${traceId}-${parentSpanId}-01`;

const hasScript = spawnSync("script", ["--version"]).error === undefined;

let folder: string;
let count = 0;
beforeAll(() => {
  folder = temporaryDirectory();
});

/** Runs a command with a spool of its own, and answers the span too. */
async function execute(
  args: readonly string[],
  { env = {}, stdin = "" }: { env?: Variables; stdin?: string | Buffer } = {},
) {
  const spool = join(folder, `spool-${++count}`);
  const finished = await runTask(["exec", ...args], {
    env: { TRACEPARENT, THROUGHLINE_SPOOL: spool, THROUGHLINE_CONTEXT_FILE: join(folder, "none"), ...env },
    stdin,
  });
  const [span, ...more] = existsSync(spool) ? spooledSpans(spool) : [];
  expect(more).toEqual([]);
  return { ...finished, span };
}

describe("a command under exec", () => {
  it("is a span under the step's, and sees itself as the parent of what it does", async () => {
    const env = { TRACESTATE: "a=1", BAGGAGE: "b=2", TEKTON_TASK_NAME: "build", TEKTON_TASK_RUN: "x1-build" };
    const before = BigInt(Date.now() - 1000) * 1_000_000n;
    const { span, ...finished } = await execute(
      ["--attr", "a=b", "--attr=c=d=e", "sh", "-c", "echo $TRACEPARENT $TRACESTATE $BAGGAGE; echo bad >&2"],
      { env },
    );
    expect(finished).toEqual({
      exitCode: 0,
      stdout: `00-${traceId}-${span?.spanId}-01 a=1 b=2\n`,
      stderr: "bad\n",
    });
    expect(span).toMatchObject({
      traceId,
      parentSpanId,
      traceState: "a=1",
      name: "sh",
      kind: 3,
      status: {},
      links: [],
      scope: "throughline exec",
      resource: { "service.name": "build", "tekton.taskrun.name": "x1-build" },
    });
    expect(span?.attributes).toEqual({
      a: "b",
      c: "d=e",
      "process.executable.name": "sh",
      "process.command_args": ["sh", "-c", "echo $TRACEPARENT $TRACESTATE $BAGGAGE; echo bad >&2"],
      "process.pid": expect.any(Number),
      "process.exit.code": 0,
    });
    const [start, end] = [BigInt(span?.startTimeUnixNano ?? 0), BigInt(span?.endTimeUnixNano ?? 0)];
    expect(start > before && end > start && end < BigInt(Date.now() + 1000) * 1_000_000n).toBe(true);
  });

  it("keeps its exit code, and its last words on stderr are told", async () => {
    const { exitCode, stderr, span } = await execute([
      "--name",
      "deploy",
      "--",
      "sh",
      "-c",
      "echo 'no disk'>&2; exit 7",
    ]);
    expect([exitCode, stderr]).toEqual([7, "no disk\n"]);
    expect(span).toMatchObject({
      name: "deploy",
      status: { code: 2, message: "exit code 7" },
      attributes: { "process.exit.code": 7, "error.type": "exit_code_7", "error.message": "no disk" },
    });
  });

  it("ends with 128+n when signal n ends it", async () => {
    const { exitCode, span } = await execute(["sh", "-c", "kill -KILL $$"]);
    expect(exitCode).toBe(137);
    expect(span).toMatchObject({ status: { code: 2 }, attributes: { "error.type": "SIGKILL" } });
  });

  it("that does not exist is 127, one that cannot be run is 126", async () => {
    writeFileSync(join(folder, "text"), "echo");
    for (const [command, code, errorType] of [
      ["no-such-command", 127, "not_found"],
      ["", 127, "not_found"],
      [join(folder, "text"), 126, "not_executable"],
      [folder, 126, "not_executable"],
    ] as const) {
      const { exitCode, stderr, span } = await execute([command]);
      expect([exitCode, span?.attributes["error.type"]]).toEqual([code, errorType]);
      expect(stderr).toBe(`throughline exec: ${command}: ${code === 127 ? "not found" : "not executable"}\n`);
    }
  });

  it("gets stdin, and every byte of its arguments, its variables and its output", async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const { finished, child } = startTask(["exec", "sh", "-c", "tee /dev/stderr; exit 1"], {
      THROUGHLINE_SPOOL: join(folder, `spool-${++count}`),
    });
    child.stdin.end(bytes);
    const { stdout, stderr } = await finished;
    expect([stdout, stderr]).toEqual([bytes, bytes]);

    // Node hands on no bytes that are not UTF-8: printf makes them.
    const script = `export ODD="$(printf 'v\\377\\nw')"; "$@" exec printf '%s|' "$(printf 'a\\377\\303b\\n\\nc%%s')" "" "it's" '
' "$(printf 'end\\377\\n.')" "$(printenv ODD)"`;
    const spool = join(folder, `spool-${++count}`);
    const env = { PATH: process.env["PATH"], THROUGHLINE_SPOOL: spool };
    const given = ["-c", script, "sh", process.execPath, program];
    const shown = execFileSync("sh", given, { env, encoding: "latin1" });
    expect(shown).toBe("a\xff\xc3b\n\nc%s||it's|\n|end\xff\n.|v\xff\nw|");
    expect(spooledSpans(spool)[0]?.attributes["process.command_args"]).toEqual([
      "printf",
      "%s|",
      "a\uFFFD\uFFFDb\n\nc%s",
      "",
      "it's",
      "\n",
      "end\uFFFD\n.",
      "v\uFFFD\nw",
    ]);
  });

  it("may open /dev/stderr, as scripts do", async () => {
    const { stderr, span } = await execute(["sh", "-c", "echo one >/dev/stderr; echo two >&2; exit 1"]);
    expect([stderr, span?.attributes["error.message"]]).toEqual(["one\ntwo\n", "one\ntwo"]);
  });

  it("without a first line that names an interpreter is run by a shell, as shells do", async () => {
    const script = join(folder, "script");
    writeFileSync(script, 'echo "$1"\n');
    chmodSync(script, 0o755);
    expect(await execute([script, "hello"])).toMatchObject({ exitCode: 0, stdout: "hello\n" });
  });

  it("gets the signals that are meant for it", async () => {
    const handlers = ["TERM", "INT", "HUP", "QUIT", "USR1", "USR2"].map(
      (name) => `trap 'echo ${name}; exit 42' ${name}`,
    );
    const script = `${handlers.join("; ")}; echo ready; while :; do sleep 0.02; done`;
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const) {
      const { child, finished } = startTask(["exec", "sh", "-c", script], {
        THROUGHLINE_SPOOL: join(folder, "signals"),
      });
      await once(child.stdout, "data");
      child.kill(signal);
      const { exitCode, stdout } = await finished;
      expect([exitCode, stdout.toString()]).toEqual([42, `ready\n${signal.slice(3)}\n`]);
    }
  });

  it.skipIf(!hasScript)("gets Ctrl-C from its terminal once, not from us again (needs script)", async () => {
    const count = join(folder, "count");
    writeFileSync(count, "trap 'echo interrupted' INT; echo ready; read -r _; sleep 0.2; echo over\n");
    const command = `exec '${process.execPath}' '${program}' exec sh '${count}'`;
    const env = { PATH: process.env["PATH"], THROUGHLINE_SPOOL: join(folder, "terminal") };
    const child = spawn("script", ["-qec", command, "/dev/null"], { env });
    let shown = "";
    child.stdout.on("data", (chunk: Buffer) => {
      if (shown === "") child.stdin.write("\x03");
      shown += chunk;
      if (/interrupted\r\n$/.test(shown)) child.stdin.write("\n");
    });
    await once(child, "close");
    expect(shown.match(/ready|interrupted|over/g)).toEqual(["ready", "interrupted", "over"]);
  });

  it("passes 100 MB of stderr on as they are, and keeps the last lines of them", async () => {
    const { child, finished } = startTask(
      ["exec", "sh", "-c", "yes 'a line of output' | head -c 100000000 >&2; echo the end >&2; exit 1"],
      { THROUGHLINE_SPOOL: join(folder, "large") },
    );
    const hash = createHash("sha256");
    let bytes = 0;
    child.stderr.removeAllListeners("data");
    child.stderr.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      hash.update(chunk);
    });
    expect((await finished).exitCode).toBe(1);
    const line = Buffer.from("a line of output\n");
    const expected = Buffer.alloc(100_000_000, line);
    expect(bytes).toBe(expected.length + "the end\n".length);
    expect(hash.digest("hex")).toBe(createHash("sha256").update(expected).update("the end\n").digest("hex"));
    const [span] = spooledSpans(join(folder, "large"));
    const message = String(span?.attributes["error.message"]);
    expect(message).toMatch(/^a line of output\n(.*\n)*.*the end$/);
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4096);
  });

  it("may leave a process behind, which keeps its stderr and holds nobody up", async () => {
    const done = join(folder, "done");
    const script = `(while [ ! -e ${done} ]; do sleep 0.02; done; echo late >&2; echo $? >>${done}) & echo now >&2; exit 3`;
    const { child, finished } = startTask(["exec", "sh", "-c", script], {
      THROUGHLINE_SPOOL: join(folder, "left"),
    });
    const [exitCode] = await once(child, "exit");
    expect(exitCode).toBe(3);
    writeFileSync(done, "");
    expect((await finished).stderr.toString()).toBe("now\nlate\n");
    expect(readFileSync(done, "utf8")).toBe("0\n");
  });

  it.each([
    ["whoever reads them is slow", ""],
    ["a signal comes when it is over", "(sleep 0.02; kill -TERM $PPID) 2>/dev/null &"],
  ])("has its last words passed on though %s", (_, more) => {
    const command = `head -c 120000 /dev/zero >&2; ${more}`;
    const script = '"$@" 2>&1 >/dev/null | (sleep 0.3; wc -c)';
    const env = { PATH: process.env["PATH"], THROUGHLINE_SPOOL: join(folder, "late") };
    const given = ["-c", script, "sh", process.execPath, program, "exec", "sh", "-c", command];
    expect(Number(execFileSync("sh", given, { env }))).toBe(120_000);
  });

  it("finds out that nobody reads its stderr any more", async () => {
    const { child, finished } = startTask(["exec", "sh", "-c", "yes >&2; echo $?"], {
      THROUGHLINE_SPOOL: join(folder, "closed"),
    });
    await once(child.stderr, "data");
    child.stderr.destroy();
    expect((await finished).stdout.toString()).toMatch(/^(?:141|1)\n$/);
  });
});

describe("a command that is over at once", () => {
  it("has its stderr passed on whole, and its last lines recorded", async () => {
    const { stderr, span } = await execute(["sh", "-c", "printf 'first\\n%09000d\\nlast\\n' 0 >&2; exit 1"]);
    expect(stderr).toBe(`first\n${"0".repeat(9000)}\nlast\n`);
    expect(span?.attributes["error.message"]).toBe("last");
  });

  it("leaves no pipe behind, recorded or not", async () => {
    const TMPDIR = join(folder, "empty");
    mkdirSync(TMPDIR);
    for (const flags of ["01", "00"])
      await execute(["true"], { env: { TMPDIR, TRACEPARENT: TRACEPARENT.replace(/01$/, flags) } });
    expect(readdirSync(TMPDIR)).toEqual([]);
  });
});

describe("where Node does not let us start programs by its handle", () => {
  it.each([
    ["since it is gone", "process.binding = undefined"],
    ["since that is not allowed", "process.binding = () => { throw new Error('no') }"],
    ["since it became something else", "process.binding = () => ({ Process: class {} })"],
    ["since it is a newer Node", "Object.defineProperty(process.versions, 'node', { value: '99.0.0' })"],
  ])("a command runs as ever: %s", async (_, script) => {
    const preload = join(folder, `preload-${++count}.cjs`);
    writeFileSync(preload, script);
    const env = { NODE_OPTIONS: `--require=${preload}` };
    const killed = await execute(["sh", "-c", "echo oh >&2; kill -TERM $$"], { env });
    expect([killed.exitCode, killed.stderr, killed.span?.attributes]).toMatchObject([
      143,
      "oh\n",
      { "error.type": "SIGTERM", "process.pid": expect.any(Number) },
    ]);
    expect((await execute(["no-such-command"], { env })).exitCode).toBe(127);
  });

  it("and where Node warns of that, nobody hears of it", async () => {
    const env = { NODE_OPTIONS: "--pending-deprecation" };
    expect(await execute(["true"], { env })).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("the words of a command", () => {
  it("are recorded without secrets", async () => {
    const { span } = await execute(["sh", "-c", "echo token=abc123 >&2; exit 1", "--password", "hunter2"]);
    expect(JSON.stringify(span)).not.toMatch(/hunter2|abc123/);
    expect(span?.attributes["error.message"]).toBe("token=[redacted]");
  });

  it("are at most 128, of 4 KiB, whatever they hold", async () => {
    const { stdout, span } = await execute(["printf", "%.1s", "é".repeat(60_000), ...Array(200).fill("x")]);
    expect(stdout).toHaveLength(201);
    const recorded = span?.attributes["process.command_args"] as string[];
    expect(Buffer.byteLength(recorded.join(""))).toBeLessThanOrEqual(4096);
    const many = await execute(["true", ...Array(200).fill("")]);
    expect(many.span?.attributes["process.command_args"]).toHaveLength(128);
    const control = await execute(["sh", "-c", "exit 1", ...Array(100).fill("\x01".repeat(1000))], {
      env: { OTEL_RESOURCE_ATTRIBUTES: `a=${"%01".repeat(8000)}` },
    });
    expect(control.span?.attributes["process.exit.code"]).toBe(1);
  });

  it("on stderr stay unrecorded when that is not wanted", async () => {
    const command = ["sh", "-c", "echo hush >&2; exit 1"];
    const all = [
      await execute(["--no-stderr", ...command]),
      await execute(command, { env: { THROUGHLINE_EXEC_STDERR: "0" } }),
    ];
    for (const { stderr, span } of all) {
      expect(stderr).toBe("hush\n");
      expect(span?.attributes).not.toHaveProperty("error.message");
    }
  });

  it("pass where there is no mkfifo or no place for it, unrecorded", async () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    symlinkSync("/bin/sh", join(bin, "sh"));
    for (const env of [{ PATH: bin }, { TMPDIR: join(folder, "missing") }]) {
      const { exitCode, stderr, span } = await execute(["sh", "-c", "echo hi >&2; exit 1"], { env });
      expect([exitCode, stderr, span?.attributes["error.message"]]).toEqual([1, "hi\n", undefined]);
    }
  });
});

describe("the trace of a command", () => {
  it("is none where nothing takes spans, and the command sees what it would have seen", async () => {
    for (const env of [
      {},
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_SDK_DISABLED: "true" },
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_TRACES_EXPORTER: "none" },
    ]) {
      const finished = await runTask(["exec", "printenv", "TRACEPARENT"], { env: { TRACEPARENT, ...env } });
      expect(finished).toEqual({ exitCode: 0, stdout: `${TRACEPARENT}\n`, stderr: "" });
    }
  });

  it("begins with it where there is no context", async () => {
    const { stdout, span } = await execute(["printenv", "TRACEPARENT"], {
      env: { TRACEPARENT: "", TRACESTATE: "a=1" },
    });
    expect(stdout).toBe(`00-${span?.traceId}-${span?.spanId}-01\n`);
    expect(span?.parentSpanId).toBeUndefined();
    expect(span?.traceState).toBeUndefined();
  });

  it("begins with it where the context is broken, which is said once", async () => {
    const { exitCode, stderr, span } = await execute(["true"], { env: { TRACEPARENT: "00-broken" } });
    expect([exitCode, stderr]).toEqual([
      0,
      'throughline exec: TRACEPARENT: traceparent "00-broken" is malformed\n',
    ]);
    expect(span?.attributes["throughline.context.invalid"]).toBe("TRACEPARENT");
    expect(span?.parentSpanId).toBeUndefined();
  });

  it("is not recorded where the parent is not, and the command learns of that", async () => {
    const { stdout, stderr, span } = await execute(["printenv", "TRACEPARENT"], {
      env: { TRACEPARENT: TRACEPARENT.replace(/01$/, "00") },
    });
    expect(stdout).toMatch(new RegExp(`^00-${traceId}-(?!${parentSpanId})[0-9a-f]{16}-00\n$`));
    expect([stderr, span]).toEqual(["", undefined]);
  });

  it("is that of stock Tekton's annotation, or of the context file, where there is nothing nearer", async () => {
    const carrier = `{"traceparent":"${TRACEPARENT}","baggage":"a=b"}`;
    const file = join(folder, "traceparent.json");
    writeFileSync(file, carrier);
    for (const env of [
      { TRACEPARENT: "", TEKTON_TASKRUN_SPAN_CONTEXT: carrier },
      { TRACEPARENT: "", THROUGHLINE_CONTEXT_FILE: file },
    ]) {
      const { stdout, span } = await execute(["printenv", "BAGGAGE"], { env });
      expect([span?.traceId, span?.parentSpanId, stdout]).toEqual([traceId, parentSpanId, "a=b\n"]);
    }
  });

  it("links to a saved context beside its own, and to one of another day", async () => {
    const file = join(folder, "saved.json");
    const saved = { traceId: "1".repeat(32), spanId: "2".repeat(16) };
    writeFileSync(file, `{"traceparent":"00-${saved.traceId}-${saved.spanId}-01"}`);
    const both = await execute(["true"], { env: { THROUGHLINE_CONTEXT_FILE: file } });
    expect(both.span).toMatchObject({ traceId, parentSpanId, links: [saved] });
    utimesSync(file, 0, 0);
    const old = await execute(["true"], { env: { TRACEPARENT: "", THROUGHLINE_CONTEXT_FILE: file } });
    expect(old.span).toMatchObject({ links: [saved], attributes: { "throughline.context.invalid": "file" } });
    expect(old.span?.traceId).not.toBe(saved.traceId);
    expect(old.stderr).toBe(`throughline exec: context file ${file}: saved more than a day ago\n`);
  });
});

describe("a collector", () => {
  const run = (endpoint: string, more: Variables = {}) =>
    runTask(["exec", "sh", "-c", "exit 4"], {
      env: { TRACEPARENT, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, THROUGHLINE_EXEC_TIMEOUT: "0.5", ...more },
    });

  it("gets the span as OTLP/JSON, with the headers of the environment", async () => {
    const { url, arrivals } = await startCollector();
    const finished = await run(url, { OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc" });
    expect(finished).toEqual({ exitCode: 4, stdout: "", stderr: "" });
    expect(arrivals).toHaveLength(1);
    expect(arrivals[0]).toMatchObject({
      path: "/v1/traces",
      headers: { "content-type": "application/json", authorization: "Bearer abc" },
    });
    expect(spanOf(arrivals[0]?.body ?? "")).toMatchObject({ traceId, parentSpanId, name: "sh" });
  });

  it.each([
    ["refuses", deadEndpoint, "connection refused"],
    [
      "answers 500",
      async () => (await startCollector((response) => response.writeHead(500).end())).url,
      "answered 500",
    ],
    [
      "sends elsewhere",
      async () => (await startCollector((response) => response.writeHead(302).end())).url,
      "answered 302",
    ],
    ["hangs", () => startTcpServer(() => {}), "did not answer within 0.5 s"],
    [
      "speaks nonsense",
      () => startTcpServer((socket) => void socket.end("hello\r\n")),
      "does not speak HTTP",
    ],
    ["hangs up", () => startTcpServer((socket) => void socket.destroy()), ""],
    [
      "speaks endlessly of nothing",
      () => startTcpServer((socket) => void socket.write("x".repeat(2000))),
      "does not speak HTTP",
    ],
  ])("that %s costs the command one line and nothing else", async (_, start, reason) => {
    const url = await start();
    const { exitCode, stdout, stderr } = await run(url);
    expect([exitCode, stdout]).toEqual([4, ""]);
    expect(stderr).toMatch(/^throughline exec: span not sent: [^\n]*\n$/);
    expect(stderr).toContain(reason);
    expect(stderr).toContain(url);
  });

  it("that cannot be understood costs a line too, and the command keeps its TRACEPARENT", async () => {
    const finished = await runTask(["exec", "printenv", "TRACEPARENT"], {
      env: { TRACEPARENT, OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" },
    });
    expect(finished).toEqual({
      exitCode: 0,
      stdout: `${TRACEPARENT}\n`,
      stderr:
        "throughline exec: span not sent: OTEL_EXPORTER_OTLP_ENDPOINT is no URL like http://localhost:4318\n",
    });
  });

  it("is waited for no longer when the step is to end", async () => {
    let arrived = () => {};
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const url = await startTcpServer(() => arrived());
    const { child, finished } = startTask(["exec", "--timeout", "600", "sh", "-c", "exit 5"], {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
    });
    await asked;
    child.kill("SIGTERM");
    expect((await finished).exitCode).toBe(5);
  });
});

it.each([
  ["that is a directory", () => folder, "EISDIR"],
  ["in a directory that is not there", () => join(folder, "missing/spool"), "ENOENT"],
  ["on a full disk", () => "/dev/full", "ENOSPC"],
])("a spool %s costs one line", async (_, path, reason) => {
  const { exitCode, stderr } = await runTask(["exec", "true"], { env: { THROUGHLINE_SPOOL: path() } });
  expect([exitCode, stderr]).toEqual([0, `throughline exec: span not sent: ${path()}: ${reason}\n`]);
});

it("commands that run at the same time write whole lines to one spool", async () => {
  const spool = join(folder, "shared");
  const env = { PATH: process.env["PATH"], THROUGHLINE_SPOOL: spool };
  const children = Array.from({ length: 8 }, () =>
    spawn(process.execPath, [program, "exec", "true"], { env }),
  );
  await Promise.all(children.map((child) => once(child, "exit")));
  expect(new Set(spooledSpans(spool).map(({ spanId }) => spanId)).size).toBe(8);
});

describe("a wrong command line", () => {
  it.each([
    [[], "no command is given"],
    [["--name"], "option '--name' lacks its value"],
    [["--attr", "x", "true"], "--attr 'x' is not key=value"],
    [["--timeout", "soon", "true"], "--timeout 'soon' is not a number of seconds"],
    [["--nmae", "x", "true"], "unknown option '--nmae'"],
    [["-x", "true"], "unknown option '-x'"],
  ])("%j is exit code 2 and one line", async (args, fault) => {
    const { exitCode, stdout, stderr } = await runTask(["exec", ...args]);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `throughline-task: ${fault} (see throughline-task exec --help)\n`,
    });
  });

  it.each([
    [[], "say one of exec, context, metric"],
    [["exce", "true"], "unknown command 'exce'"],
  ])("%j names no command", async (args, fault) => {
    const { exitCode, stdout, stderr } = await runTask(args);
    const said = `throughline-task: ${fault} (see throughline-task --help)\n`;
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: "", stderr: said });
  });

  it("ends where the command begins", async () => {
    expect((await execute(["printf", "%s,", "--name", "--", "-h"])).stdout).toBe("--name,--,-h,");
    expect((await execute(["--", "printf", "%s,", "--"])).stdout).toBe("--,");
  });
});

it("help is printed for each command, and for all", async () => {
  for (const args of [
    ["--help"],
    ["help"],
    ["help", "exec"],
    ["exec", "--help"],
    ["context", "-h"],
    ["metric", "--help"],
  ]) {
    const { exitCode, stdout, stderr } = await runTask(args);
    expect([exitCode, stderr, stdout.split("\n")[0]]).toEqual([
      0,
      "",
      expect.stringContaining("Usage: throughline-task"),
    ]);
  }
  expect(await runTask(["help", "nothing"])).toMatchObject({ exitCode: 2 });
});
