import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasSandbox, openStage, type Stage, taskPod } from "./kubelet.testing.ts";

const line = (name: string) => `{"resourceSpans":[{"name":"${name}"}]}`;
const leave = (text: string) => `echo '${text}' >> $THROUGHLINE_SPOOL`;

describe.skipIf(!hasSandbox)("the spool of a step (needs bubblewrap)", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage("sandbox");
  });
  afterEach(() => void stage.telemetry.splice(0));
  afterAll(() => stage.end());

  const left = () => stage.telemetry.map(({ signal, body }) => `${signal} ${body.toString()}`);

  it("is handed on when the step ends, and is gone then; each step has its own", async () => {
    const pod = await stage.run(
      taskPod("spool", [
        { name: "first", script: `${leave(line("a"))}; ${leave(line("b"))}` },
        { name: "second", script: `ls /tekton/run/0; ${leave('{"resourceMetrics":[{}]}')}` },
        { name: "silent", script: "true" },
      ]),
    );
    expect(pod.status?.phase).toBe("Succeeded");
    expect(left()).toEqual([
      'traces {"resourceSpans":[{"name":"a"},{"name":"b"}]}',
      'metrics {"resourceMetrics":[{}]}',
    ]);
    expect(await stage.logOf("spool", "step-second")).not.toContain("telemetry");
  });

  it("is handed on too when the step fails, is killed, or leaves processes behind", async () => {
    await stage.run(
      taskPod("killed", [
        { name: "fails", script: `${leave(line("fails"))}; exit 3`, flags: ["-on_error", "continue"] },
        { name: "leaves", script: `sleep 60 & ${leave(line("leaves"))}` },
        {
          name: "sleeps",
          script: `trap '' TERM; ${leave(line("sleeps"))}; sleep 60`,
          // Long enough to write the line on a busy machine.
          flags: ["-timeout", "2s"],
        },
      ]),
    );
    expect(left()).toEqual(
      ["fails", "leaves", "sleeps"].map((name) => `traces {"resourceSpans":[{"name":"${name}"}]}`),
    );
  });

  it("says in the step's log what is lost, and keeps the rest", async () => {
    const pod = await stage.run(
      taskPod("broken", [
        { name: "half", script: `${leave(line("a"))}; printf '{"resourceSpans":[' >> $THROUGHLINE_SPOOL` },
        { name: "much", script: `${leave(line("b"))}; head -c 17000000 /dev/zero >> $THROUGHLINE_SPOOL` },
      ]),
    );
    expect(pod.status?.phase).toBe("Succeeded");
    expect(left()).toEqual([
      'traces {"resourceSpans":[{"name":"a"}]}',
      'traces {"resourceSpans":[{"name":"b"}]}',
    ]);
    expect(await stage.logOf("broken", "step-half")).toBe(
      "/tekton/run/0/telemetry.jsonl: lines that are no OTLP/JSON request, not kept: 1\n",
    );
    expect(await stage.logOf("broken", "step-much")).toBe(
      "/tekton/run/1/telemetry.jsonl: more than 16 MiB; what follows is not kept\n",
    );
  });

  it("is not read where the step has put a link, a pipe or a directory there", async () => {
    const pod = await stage.run(
      taskPod("planted", [
        { name: "link", script: "ln -s /etc/passwd $THROUGHLINE_SPOOL" },
        { name: "pipe", script: "mkfifo $THROUGHLINE_SPOOL" },
        { name: "directory", script: "mkdir $THROUGHLINE_SPOOL" },
      ]),
    );
    expect(pod.status?.phase).toBe("Succeeded");
    expect(left()).toEqual([]);
    for (const [index, step] of ["link", "pipe", "directory"].entries())
      expect(await stage.logOf("planted", `step-${step}`)).toBe(
        `/tekton/run/${index}/telemetry.jsonl: not read, as it is no ordinary file\n`,
      );
  });

  it("is not where a step has said otherwise", async () => {
    const env = [{ name: "THROUGHLINE_SPOOL", value: "" }];
    await stage.run(taskPod("own", [{ name: "own", script: 'echo "[$THROUGHLINE_SPOOL]"', env }]));
    expect(await stage.logOf("own", "step-own")).toBe("[]\n");
  });
});

describe("the spool of a step, as a plain process", () => {
  it("is under a path of this machine", async () => {
    const stage = await openStage("process");
    await stage.run(taskPod("plain", [{ name: "a", script: leave(line("a")) }]));
    expect(stage.telemetry.map(({ body }) => body.toString())).toEqual(['{"resourceSpans":[{"name":"a"}]}']);
    await stage.end();
  });
});
