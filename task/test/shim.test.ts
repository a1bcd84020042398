import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  found,
  packer,
  parent,
  programsWithout,
  runShim,
  scratch,
  shim,
  source,
  spanOf,
  spooled,
  startCollector,
} from "./shim-harness.ts";

/** Where bash is found the shim goes on in it; the others are tried without one. */
const SHELLS = [
  { name: "bash", program: found("bash"), options: [], hasBash: true },
  { name: "bash --posix", program: found("bash"), options: ["--posix"], hasBash: true },
  { name: "dash", program: found("dash"), options: [], hasBash: false },
  { name: "busybox ash", program: found("busybox"), options: ["ash"], hasBash: false },
];

const busybox = found("busybox");
const home = scratch();
let collector: Awaited<ReturnType<typeof startCollector>>;
let spools = 0;
const nextSpool = () => home.path(`spool-${spools++}`);

beforeAll(async () => {
  collector = await startCollector();
  programsWithout(home.path("bin"));
  programsWithout(home.path("no-curl"), ["curl"]);
  programsWithout(home.path("no-sender"), ["curl", "wget"]);
  programsWithout(home.path("no-tail"), ["tee", "tail", "iconv"]);
  programsWithout(home.path("old-date"), ["date"]);
  const applets = ["sed", "head", "tr", "tee", "tail"];
  programsWithout(home.path("busybox"), applets);
  if (busybox !== undefined) for (const applet of applets) symlinkSync(busybox, home.path("busybox", applet));
  writeFileSync(home.path("old-date", "date"), "#!/bin/sh\necho 1700000000N\n", { mode: 0o755 });
});

afterAll(async () => {
  await collector.stop();
  home.remove();
});

it("is what packing its source makes, and no more than 8 KiB", () => {
  const packed = home.path("packed");
  execFileSync(process.execPath, [packer, packed]);
  expect(readFileSync(packed, "utf8")).toBe(readFileSync(shim, "utf8"));
  expect(statSync(packed).mode & 0o777).toBe(0o755);
  expect(statSync(shim).size).toBeLessThanOrEqual(8192);
});

describe.each(SHELLS)("in $name (skipped where it is missing)", ({ program, options, hasBash }) => {
  const shell = [program ?? "", ...options];
  const path = () => (hasBash ? (process.env["PATH"] ?? "") : home.path("bin"));
  const context = { TRACEPARENT: parent.traceparent, THROUGHLINE_CONTEXT_FILE: "/nowhere" };

  async function spool(args: readonly string[], env: Record<string, string> = {}, stdin?: Buffer) {
    const file = nextSpool();
    const given = { PATH: path(), ...context, THROUGHLINE_SPOOL: file, ...env };
    const ended = await runShim({ shell, args, env: given, ...(stdin && { stdin }) });
    return { ...ended, span: () => spooled(file), isSent: existsSync(file) };
  }
  const post = (endpoint: string, env: Record<string, string> = {}) =>
    runShim({
      shell,
      args: ["sh", "-c", "exit 3"],
      env: { PATH: path(), ...context, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env },
    });

  describe.skipIf(program === undefined)("the shim", () => {
    it("is understood by the shell", () => {
      for (const script of [shim, source]) execFileSync(program ?? "", [...options, "-n", script]);
    });

    it("runs the command as a child of the step and keeps its exit code", async () => {
      const { code, stdout, span } = await spool([
        "--attr",
        "a=b c",
        "--",
        "sh",
        "-c",
        "echo $TRACEPARENT; exit 7",
      ]);
      expect(code).toBe(7);
      const sent = span();
      expect(stdout.toString()).toBe(`00-${parent.traceId}-${sent.spanId}-01\n`);
      expect(sent).toMatchObject({
        traceId: parent.traceId,
        parentSpanId: parent.spanId,
        name: "sh",
        kind: 3,
      });
      expect(sent).toMatchObject({ status: { code: 2 }, links: [] });
      expect(sent.attributes).toMatchObject({
        a: "b c",
        "process.executable.name": "sh",
        "process.command_args": ["sh", "-c", "echo $TRACEPARENT; exit 7"],
        "process.exit.code": 7,
        "error.type": "exit_code_7",
      });
      expect(sent.end >= sent.start).toBe(true);
    });

    it("says nothing of an error when there is none", async () => {
      const { code, span } = await spool(["--name=build it", "true"]);
      expect(code).toBe(0);
      expect(span()).toMatchObject({ name: "build it", status: {} });
      expect(span().attributes).not.toHaveProperty("error.type");
    });

    it("passes bytes through untouched, and the rest of the environment", async () => {
      const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
      const { stdout, stderr } = await spool(["sh", "-c", "tee /dev/fd/3 3>&2"], {}, bytes);
      expect(stdout.equals(bytes)).toBe(true);
      expect(stderr.equals(bytes)).toBe(true);
      const env = { TRACESTATE: "a=b", BAGGAGE: "c=d", name: "mine" };
      const listed = (await spool(["env"], env)).stdout.toString().split("\n");
      expect(listed).toEqual(expect.arrayContaining(["TRACESTATE=a=b", "BAGGAGE=c=d", "name=mine"]));
      expect(listed.filter((line) => line.startsWith("_") && !line.startsWith("_="))).toEqual([]);
    });

    it("keeps the last lines of stderr of what fails, without secrets", async () => {
      const script = "printf 'one\\npassword=hunter2 h\\303\\251 \\377\"\\n' >&2; exit 1";
      const { stderr, span } = await spool(["sh", "-c", script]);
      expect(stderr.toString("latin1")).toBe('one\npassword=hunter2 h\xc3\xa9 \xff"\n');
      expect(span().attributes["error.message"]).toBe('one\npassword=[redacted] hé "');
      const many = (await spool(["sh", "-c", "seq 1 20000 >&2; exit 1"])).span().attributes["error.message"];
      expect(many).toMatch(/^1\d{4}\n.*\n20000$/s);
      expect(String(many).length).toBeGreaterThan(4000);
      expect((await spool(["--no-stderr", "sh", "-c", script])).span().attributes).not.toHaveProperty(
        "error.message",
      );
    });

    it("copes with 100 MB of stderr", async () => {
      const { code, stderr } = await spool([
        "sh",
        "-c",
        "dd if=/dev/zero bs=1M count=100 status=none >&2; exit 5",
      ]);
      expect(code).toBe(5);
      expect(stderr.length).toBe(100 * 1024 * 1024);
    });

    it("does not wait for what the command leaves behind, which can still write", async () => {
      const mark = nextSpool();
      const { code } = await spool(["sh", "-c", `(sleep .4; echo late >&2 && echo alive >${mark}) & exit 4`]);
      expect(code).toBe(4);
      expect(existsSync(mark)).toBe(false);
      await expect
        .poll(() => existsSync(mark) && readFileSync(mark, "utf8"), { timeout: 5000 })
        .toBe("alive\n");
    });

    it("records arguments of any bytes", async () => {
      const bytes = Array.from({ length: 255 }, (_, index) => index + 1);
      const octal = bytes.map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
      const file = nextSpool();
      const inner = `v=$(printf '${octal}x'); exec ${shell.join(" ")} ${shim} true "$v" '' "-"`;
      execFileSync(found("dash") ?? "sh", ["-c", inner], {
        env: { PATH: path(), ...context, THROUGHLINE_SPOOL: file },
      });
      const [name, every, empty, dash] = spooled(file).attributes["process.command_args"] as string[];
      expect([name, empty, dash]).toEqual(["true", "", "-"]);
      expect(every).toContain(" !\"#$%&'()*+,-./0123456789");
      const long = (await spool(["true", "y".repeat(100_000)])).span().attributes["process.command_args"];
      expect(JSON.stringify(long).length).toBeLessThanOrEqual(4200);
    });

    it("hides secrets in arguments", async () => {
      const secrets = ["--password", "s3cr3t", "--token=s3cr3t", "https://u:s3cr3t@h/", "API_KEY=s3cr3t"];
      const more = ["ghp_s3cr3ts3cr3ts3cr3ts3", "Authorization: Bearer s3cr3t", "eyJs3cr3t.s3cr3t.s3cr3t"];
      const args = (await spool(["true", ...secrets, ...more, "plain"])).span().attributes[
        "process.command_args"
      ];
      expect(args).toEqual(
        expect.arrayContaining([
          "--password",
          "[redacted]",
          "--token=[redacted]",
          "https://[redacted]@h/",
          "plain",
        ]),
      );
      expect(JSON.stringify(args)).not.toContain("s3cr3t");
    });

    it("hides a password that comes with its user, but no port and no group", async () => {
      const args = ["true", "-u", "me:s3cr3t:1", "--user", "1000:1000", "curl -u me:s3cr3t h", "-u", "me"];
      expect((await spool(args)).span().attributes["process.command_args"]).toEqual([
        "true",
        "-u",
        "me:[redacted]",
        "--user",
        "1000:1000",
        "curl -u me:[redacted] h",
        "-u",
        "me",
      ]);
    });

    it("keeps the first 64 attributes", async () => {
      const keys = Array.from({ length: 70 }, (_, index) => `key-${index}`);
      const args = [...keys.flatMap((key) => ["--attr", `${key}=v`]), "true"];
      const kept = Object.keys((await spool(args)).span().attributes).filter((key) => key.startsWith("key-"));
      expect(kept).toEqual(keys.slice(0, 64));
    });

    it("tells a command that is not there from one that fails", async () => {
      const missing = await spool(["no-such-command"]);
      expect([missing.code, missing.span().attributes["error.type"]]).toEqual([127, "not_found"]);
      const locked = await spool(["/etc/passwd"]);
      expect([locked.code, locked.span().attributes["error.type"]]).toEqual([126, "not_executable"]);
      const inner = await spool(["sh", "-c", "exit 127"]);
      expect([inner.code, inner.span().attributes["error.type"]]).toEqual([127, "exit_code_127"]);
    });

    it("reports a command that was killed", async () => {
      const { code, stderr, span } = await spool(["sh", "-c", "kill -9 $$"]);
      expect([code, stderr.toString()]).toEqual([137, ""]);
      expect(span().attributes).toMatchObject({ "process.exit.code": 137, "error.type": "SIGKILL" });
    });

    it.each(["SIGTERM", "SIGHUP", "SIGINT"] as const)(
      "passes %s on and waits for the end",
      async (signal) => {
        const heard = signal === "SIGINT" && !hasBash ? "TERM" : signal.slice(3);
        const file = nextSpool();
        const script = `trap 'sleep .1; exit 9' ${heard}; echo ready; while :; do sleep .05; done`;
        const { code } = await runShim({
          shell,
          args: ["sh", "-c", script],
          env: { PATH: path(), ...context, THROUGHLINE_SPOOL: file },
          during: async (kill, printed) => printed.then(() => kill(signal)),
        });
        expect(code).toBe(9);
        expect(spooled(file).attributes["process.exit.code"]).toBe(9);
      },
    );

    it("gives 128 plus the signal that the command died of", async () => {
      const { code } = await runShim({
        shell,
        args: ["sh", "-c", "echo ready; exec sleep 10"],
        env: { PATH: path(), ...context, THROUGHLINE_SPOOL: nextSpool() },
        during: async (kill, printed) => printed.then(() => kill("SIGTERM")),
      });
      expect(code).toBe(143);
    });

    it("knows the end of a command that is told to end at the same moment", async () => {
      const script = "kill -TERM $PPID; kill -TERM $$";
      for (let round = 0; round < 10; round++) {
        const { code, span } = await spool(["sh", "-c", script]);
        expect([code, span().attributes["process.exit.code"]]).toEqual([143, 143]);
      }
    });

    it("waits for a collector that takes its time", async () => {
      const env = {
        PATH: path(),
        ...context,
        OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/takes-its-time`,
      };
      const slow = Array.from({ length: 30 }, () => runShim({ shell, args: ["true"], env }));
      for (const { stderr } of await Promise.all(slow)) expect(stderr.toString()).toBe("");
    });

    it("is inert without a destination", async () => {
      const disabled: Record<string, string> = { THROUGHLINE_SPOOL: "/x", OTEL_SDK_DISABLED: "true" };
      for (const env of [{}, disabled]) {
        const given = { PATH: path(), ...context, ...env };
        const { stdout } = await runShim({ shell, args: ["sh", "-c", "echo $TRACEPARENT"], env: given });
        expect(stdout.toString()).toBe(`${parent.traceparent}\n`);
      }
    });

    it("sends nothing below an unsampled parent", async () => {
      const env = { TRACEPARENT: `00-${parent.traceId}-${parent.spanId}-00` };
      const { stdout, isSent } = await spool(["sh", "-c", "echo $TRACEPARENT"], env);
      expect(stdout.toString()).toMatch(
        new RegExp(`^00-${parent.traceId}-(?!${parent.spanId})[0-9a-f]{16}-00\n$`),
      );
      expect(isSent).toBe(false);
    });

    it.each([
      "00-x",
      `ff${parent.traceparent.slice(2)}`,
      parent.traceparent.toUpperCase(),
      `${parent.traceparent}-x`,
    ])("begins a trace of its own under the broken context %s", async (TRACEPARENT) => {
      const sent = (await spool(["true"], { TRACEPARENT })).span();
      expect(sent).toMatchObject({ parentSpanId: "", traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
      expect(sent.attributes["throughline.context.invalid"]).toBe("TRACEPARENT");
    });

    it("drops the state of a context that is not there", async () => {
      const script = ["sh", "-c", "echo $TRACESTATE."];
      for (const TRACEPARENT of ["", "00-x"]) {
        const { stdout, span } = await spool(script, { TRACEPARENT, TRACESTATE: "a=b" });
        expect(stdout.toString()).toBe(".\n");
        expect(span()).not.toHaveProperty("traceState");
      }
    });

    it("has ids where the kernel offers no uuid, and only runs the command where nothing is random", async () => {
      const [noUuid, noRandom] = [home.path("no-uuid"), home.path("no-random")];
      const text = readFileSync(shim, "utf8").replace("/proc/sys/kernel/random/uuid", "/nowhere");
      writeFileSync(noUuid, text);
      writeFileSync(noRandom, text.replace("/dev/urandom", "/nowhere"));
      const file = nextSpool();
      const env = { PATH: path(), ...context, TRACEPARENT: "", THROUGHLINE_SPOOL: file };
      const run = (script: string) =>
        runShim({ shell, script, args: ["sh", "-c", "echo $TRACEPARENT"], env });
      const told = (await run(noUuid)).stdout.toString();
      const { traceId, spanId } = spooled(file);
      expect(told).toBe(`00-${traceId}-${spanId}-01\n`);
      expect(told).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01\n$/);
      const { code, stdout, stderr } = await run(noRandom);
      expect([code, stdout.toString(), stderr.toString()]).toEqual([0, "\n", ""]);
    });

    it("continues Tekton's own context, and a saved one of today; an old one and a second one are linked", async () => {
      const carrier = JSON.stringify({ traceparent: parent.traceparent, tracestate: "k=v" });
      const tekton = (
        await spool(["true"], { TRACEPARENT: "", TEKTON_TASKRUN_SPAN_CONTEXT: carrier })
      ).span();
      expect(tekton).toMatchObject({ parentSpanId: parent.spanId, traceState: "k=v" });
      const saved = home.path(`saved-${spools++}.json`);
      writeFileSync(saved, `${carrier}\n`);
      const env = { TRACEPARENT: "", THROUGHLINE_CONTEXT_FILE: saved };
      expect((await spool(["true"], env)).span()).toMatchObject({ parentSpanId: parent.spanId, links: [] });
      const link = { traceId: parent.traceId, spanId: parent.spanId };
      const own = `00-${"1".repeat(32)}-${"2".repeat(16)}-01`;
      const both = (await spool(["true"], { ...env, TRACEPARENT: own })).span();
      expect(both).toMatchObject({ parentSpanId: "2".repeat(16), links: [link] });
      utimesSync(saved, 1_700_000_000, 1_700_000_000);
      const old = await spool(["true"], env);
      expect(old.span()).toMatchObject({ parentSpanId: "", links: [link] });
      expect(old.span().attributes["throughline.context.invalid"]).toBe("file");
      expect(old.stderr.toString()).toMatch(/^throughline-exec: .*day.*\n$/);
    });

    it("says where it runs as the step's variables do", async () => {
      const env = {
        OTEL_RESOURCE_ATTRIBUTES: "k8s.pod.name=p,broken,a=b%20c%2C%22,service.name=no",
        OTEL_SERVICE_NAME: "s",
      };
      expect((await spool(["true"], env)).span().resource).toEqual({
        "k8s.pod.name": "p",
        a: 'b c,"',
        "service.name": "s",
      });
    });

    it("knows the run it is in from Tekton's variables, where nobody says otherwise", async () => {
      const env = {
        OTEL_RESOURCE_ATTRIBUTES: "k8s.pod.name=given",
        TEKTON_PIPELINE_NAME: "p",
        TEKTON_PIPELINE_RUN: "p-1",
        TEKTON_TASK_NAME: "t",
        TEKTON_TASK_RUN: "p-1-t",
        K8S_NAMESPACE: 'n"$(echo)',
        K8S_POD_NAME: "pod",
        K8S_POD_UID: "",
      };
      expect((await spool(["true"], env)).span().resource).toEqual({
        "k8s.pod.name": "given",
        "tekton.pipeline.name": "p",
        "tekton.pipelinerun.name": "p-1",
        "tekton.pipeline_task.name": "t",
        "tekton.taskrun.name": "p-1-t",
        "k8s.namespace.name": 'n"$(echo)',
        "service.name": "t",
      });
    });

    it("posts to a collector, with its headers", async () => {
      const seen = collector.requests.length;
      const { code, stderr } = await post(collector.url, { OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20b,y=z" });
      expect([code, stderr.toString()]).toEqual([3, ""]);
      const [request] = collector.requests.slice(seen);
      expect(request).toMatchObject({
        path: "/v1/traces",
        headers: { "content-type": "application/json", "x-key": "a b", y: "z" },
      });
      expect(spanOf(request?.body ?? "").parentSpanId).toBe(parent.spanId);
    });

    it.each(["/fails", "/hangs", "/nonsense"])(
      "keeps the exit code when the collector %s, and says so once",
      async (mood) => {
        const { code, stderr } = await post(collector.url + mood, { THROUGHLINE_EXEC_TIMEOUT: "0.3" });
        expect(code).toBe(3);
        expect(stderr.toString()).toMatch(/^throughline-exec: span not sent: .+\n$/);
      },
    );

    it.each(["SIGTERM", "SIGKILL"] as const)(
      "lets go of what it was given when %s ends it while the collector hangs",
      async (signal) => {
        const seen = collector.requests.length;
        const started = performance.now();
        const { released } = await runShim({
          shell,
          args: ["true"],
          env: {
            PATH: path(),
            ...context,
            OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/hangs`,
            THROUGHLINE_EXEC_TIMEOUT: "20",
          },
          during: async (kill) => {
            await expect.poll(() => collector.requests.length, { timeout: 5000 }).toBeGreaterThan(seen);
            kill(signal);
          },
        });
        await released.both;
        expect(performance.now() - started).toBeLessThan(10_000);
      },
      15_000,
    );

    it("lets go of stdout when the command has, whoever holds stderr", async () => {
      const started = performance.now();
      const { code, released } = await spool(["sh", "-c", "sleep 8 >/dev/null & exit 2"]);
      expect(code).toBe(2);
      await released.stdout;
      expect(performance.now() - started).toBeLessThan(5000);
    });

    it("ignores a limit from the environment that is none", async () => {
      const file = nextSpool();
      for (const THROUGHLINE_EXEC_TIMEOUT of ["soon", "0", "-1", ""])
        expect((await spool(["true"], { THROUGHLINE_SPOOL: file, THROUGHLINE_EXEC_TIMEOUT })).code).toBe(0);
      expect(readFileSync(file, "utf8").split("\n").length).toBe(5);
    });

    it("keeps the exit code when nothing listens or the spool cannot be written", async () => {
      const closed = await post("http://127.0.0.1:1");
      expect([closed.code, closed.stderr.toString().split("\n").length]).toEqual([3, 2]);
      const { code, stderr } = await spool(["sh", "-c", "exit 6"], { THROUGHLINE_SPOOL: "/nowhere/spool" });
      expect([code, stderr.toString()]).toEqual([
        6,
        "throughline-exec: span not sent: cannot write /nowhere/spool\n",
      ]);
    });

    it("refuses what it does not understand, with one line", async () => {
      for (const args of [
        [],
        ["--nonsense", "true"],
        ["--name"],
        ["--attr", "x", "true"],
        ["--attr", "=x", "true"],
        ...["soon", "0", "0.0", "1.", "1.2.3", "-1", "", "99999999"].map((limit) => [
          "--timeout",
          limit,
          "true",
        ]),
      ]) {
        const { code, stderr } = await spool(args);
        expect([code, stderr.toString()]).toEqual([2, expect.stringMatching(/^throughline-exec: .+\n$/)]);
      }
      expect((await spool(["--help"])).stdout.toString()).toContain("--name NAME");
    });

    if (!hasBash)
      describe("in a poor image", () => {
        it("has a sed that knows little", async () => {
          const env = { PATH: home.path("busybox") };
          const { code, stderr, span } = await spool(
            ["sh", "-c", 'echo "a=1" >&2; exit 4', "--token", "s3"],
            env,
          );
          expect([code, stderr.toString()]).toEqual([4, "a=1\n"]);
          const { attributes } = span();
          expect(attributes["error.message"]).toBe("a=1");
          expect(attributes["process.command_args"]).toEqual([
            "sh",
            "-c",
            'echo "a=1" >&2; exit 4',
            "--token",
            "[redacted]",
          ]);
        });

        it("posts by wget where there is no curl, and keeps headers off its command line", async () => {
          const env = { PATH: home.path("no-curl") };
          const seen = collector.requests.length;
          expect((await post(collector.url, env)).stderr.toString()).toBe("");
          expect(collector.requests.length).toBe(seen + 1);
          const { stderr } = await post(collector.url, { ...env, OTEL_EXPORTER_OTLP_HEADERS: "a=b" });
          expect(stderr.toString()).toMatch(/wget would show/);
        });

        it("says that nothing can send", async () => {
          const { code, stderr } = await post(collector.url, { PATH: home.path("no-sender") });
          expect([code, stderr.toString()]).toEqual([3, expect.stringMatching(/no curl, no wget/)]);
        });

        it("does without tee, tail, iconv and nanoseconds", async () => {
          const bare = await spool(["sh", "-c", "echo hé >&2; exit 3"], { PATH: home.path("no-tail") });
          expect([bare.code, bare.stderr.toString()]).toEqual([3, "hé\n"]);
          expect(bare.span().attributes).not.toHaveProperty("error.message");
          const { attributes, start } = (await spool(["true"], { PATH: home.path("old-date") })).span();
          expect([attributes["throughline.time.resolution"], start]).toEqual([
            "s",
            1_700_000_000_000_000_000n,
          ]);
        });
      });

    if (hasBash)
      it("leaves SIGINT as the command would have found it", async () => {
        const { stdout } = await spool(["sed", "-n", "s/^SigIgn:\t//p", "/proc/self/status"]);
        expect(Number.parseInt(stdout.toString(), 16) & 0b110).toBe(0);
      });
  });
});
