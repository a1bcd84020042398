import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Pod, Stored } from "../../kube/index.ts";
import { hasSandbox, openStage, type Stage, taskPod } from "./kubelet.testing.ts";

const terminatedOf = (pod: Stored<Pod>) =>
  Object.fromEntries(
    (pod.status?.containerStatuses ?? []).map(({ name, state }) => [name, state?.terminated]),
  );

const exitCodes = (pod: Stored<Pod>) =>
  Object.entries(terminatedOf(pod)).map(([name, terminated]) => [name, terminated?.exitCode]);

function entriesOf(pod: Stored<Pod>, step: string): Record<string, unknown> {
  const entries: unknown = JSON.parse(terminatedOf(pod)[`step-${step}`]?.message ?? "[]");
  if (!Array.isArray(entries)) throw new Error("the termination message is no list");
  return Object.fromEntries(entries.map(({ key, value, type }) => [`${type} ${key}`, value]));
}

describe.skipIf(!hasSandbox)("the steps of a TaskRun's Pod, in a sandbox", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage("sandbox");
  });
  afterAll(() => stage.end());

  it("run one after the other and share workspace and home", async () => {
    const pod = await stage.run(
      taskPod("in-order", [
        { name: "write", script: "sleep 0.05; echo one > /workspace/file; echo $HOME > /tekton/home/where" },
        { name: "read", script: "#!/bin/sh\ncat /workspace/file /tekton/home/where" },
      ]),
    );
    expect(pod.status?.phase).toBe("Succeeded");
    expect(await stage.logOf("in-order", "step-read")).toBe("one\n/tekton/home\n");
    const { "step-write": write, "step-read": read } = terminatedOf(pod);
    expect(write?.reason).toBe("Completed");
    expect(`${read?.startedAt}` >= `${write?.finishedAt}`).toBe(true);
  });

  it("report the results they wrote, to the byte, with the types Tekton gives them", async () => {
    const script = "printf 'a\\n' > /tekton/results/one; printf b > /tekton/steps/step-only/results/two";
    const pod = await stage.run(
      taskPod("results", [
        { name: "only", script, flags: ["-results", "one,absent", "-step_results", "two"] },
      ]),
    );
    expect(entriesOf(pod, "only")).toEqual({
      "3 StartedAt": expect.stringMatching(/^\d{4}-.*Z$/),
      "1 one": "a\n",
      "4 two": "b",
    });
  });

  it("take over results of the steps before in arguments, variables and guards", async () => {
    const list = `printf '["x","y"]' > /tekton/steps/step-first/results/list`;
    const guard = { input: "$(steps.first.results.list[1])", operator: "in", values: ["y"] };
    const pod = await stage.run(
      taskPod("take-over", [
        { name: "first", script: list, flags: ["-step_results", "list"] },
        {
          name: "second",
          script: `#!/bin/sh\necho "$@" $ITEM`,
          args: ["$(steps.first.results.list[*])", "-$(steps.first.results.list[0])-"],
          env: [{ name: "ITEM", value: "$(steps.first.results.list[1])" }],
          flags: ["-when_expressions", JSON.stringify([guard])],
        },
      ]),
    );
    expect(pod.status?.phase).toBe("Succeeded");
    expect(await stage.logOf("take-over", "step-second")).toBe("x y -x- y\n");
  });

  it("fail when they need a result that no step has written", async () => {
    const pod = await stage.run(
      taskPod("no-result", [
        { name: "first", script: "true", flags: ["-step_results", "r"] },
        { name: "second", script: "true", args: ["$(steps.first.results.r)"] },
      ]),
    );
    expect(exitCodes(pod)).toEqual([
      ["step-first", 0],
      ["step-second", 1],
    ]);
    expect(await stage.logOf("no-result", "step-second")).toContain("$(steps.first.results.r)");
  });

  it("put artifacts of steps before into scripts, and report their own", async () => {
    const provenance = { outputs: [{ name: "image", values: [{ uri: "pkg:a", digest: { sha256: "1" } }] }] };
    const write = `echo '${JSON.stringify(provenance)}' > /tekton/steps/step-first/artifacts/provenance.json`;
    const pod = await stage.run(
      taskPod("artifacts", [
        { name: "first", script: write },
        { name: "second", script: "echo '$(steps.first.outputs.image)'" },
      ]),
    );
    expect(await stage.logOf("artifacts", "step-second")).toBe('[{"uri":"pkg:a","digest":{"sha256":"1"}}]\n');
    expect(Object.keys(entriesOf(pod, "first"))).toContain(
      "5 /tekton/run/0/status/artifacts/provenance.json",
    );
  });

  it("are skipped by a guard that does not hold, and those after them run", async () => {
    const guard = JSON.stringify([{ input: "a", operator: "in", values: ["b"] }]);
    const pod = await stage.run(
      taskPod("guarded", [
        { name: "never", script: "exit 7", flags: ["-when_expressions", guard] },
        { name: "after", script: "cat /tekton/steps/step-never/exitCode" },
      ]),
    );
    expect(pod.status?.phase).toBe("Succeeded");
    expect(entriesOf(pod, "never")).toMatchObject({ "3 Reason": "Skipped" });
    expect(await stage.logOf("guarded", "step-after")).toBe("0");
  });

  it("do not run after one that failed", async () => {
    const pod = await stage.run(
      taskPod("failing", [
        { name: "fails", script: "printf x > /tekton/results/r; exit 3", flags: ["-results", "r"] },
        { name: "after", script: "echo here" },
      ]),
    );
    expect(pod.status?.phase).toBe("Failed");
    expect(exitCodes(pod)).toEqual([
      ["step-fails", 3],
      ["step-after", 1],
    ]);
    expect(entriesOf(pod, "fails")).toMatchObject({ "1 r": "x" });
    expect(entriesOf(pod, "after")).toMatchObject({ "3 Reason": "Skipped" });
    expect(await stage.logOf("failing", "step-after")).toBe("");
  });

  it("go on after a failure that is to be ignored, which leaves its exit code", async () => {
    const pod = await stage.run(
      taskPod("continued", [
        { name: "fails", script: "exit 11", flags: ["-on_error", "continue"] },
        { name: "after", script: "cat /tekton/steps/0/exitCode" },
      ]),
    );
    expect(pod.status?.phase).toBe("Succeeded");
    expect(entriesOf(pod, "fails")).toMatchObject({ "3 ExitCode": "11" });
    expect(await stage.logOf("continued", "step-after")).toBe("11");
  });

  it("are killed at their timeout", async () => {
    const pod = await stage.run(
      taskPod("slow", [
        { name: "sleeps", script: "trap '' TERM; sleep 60", flags: ["-timeout", "100ms"] },
        { name: "after", script: "true" },
      ]),
    );
    expect(exitCodes(pod)).toEqual([
      ["step-sleeps", 1],
      ["step-after", 1],
    ]);
    expect(entriesOf(pod, "sleeps")).toMatchObject({ "3 Reason": "TimeoutExceeded" });
  });

  it("fail with Tekton's words when their results are too large", async () => {
    const script = "head -c 5000 /dev/zero | tr '\\0' x > /tekton/results/r";
    const pod = await stage.run(taskPod("large", [{ name: "big", script, flags: ["-results", "r"] }]));
    expect(exitCodes(pod)).toEqual([["step-big", 1]]);
    expect(Object.keys(entriesOf(pod, "big"))).toEqual(["3 StartedAt"]);
    expect(await stage.logOf("large", "step-big")).toContain(
      "Termination message is above max allowed size 4096",
    );
  });

  it("may write several large results where results have room", async () => {
    const script = "for r in a b; do head -c 3000 /dev/zero | tr '\\0' x > /tekton/results/$r; done";
    const flags = ["-results", "a,b", "-result_from", "sidecar-logs"];
    const pod = await stage.run(taskPod("roomy", [{ name: "big", script, flags }]));
    expect(pod.status?.phase).toBe("Succeeded");
    expect(entriesOf(pod, "big")).toMatchObject({ "1 a": "x".repeat(3000), "1 b": "x".repeat(3000) });
  });

  it("write what they print into a file as well when asked to", async () => {
    const flags = ["-stdout_path", "/tekton/results/out", "-results", "out"];
    const pod = await stage.run(taskPod("tee", [{ name: "says", script: "echo hello", flags }]));
    expect(entriesOf(pod, "says")).toMatchObject({ "1 out": "hello\n" });
    expect(await stage.logOf("tee", "step-says")).toBe("hello\n");
  });

  it("cannot write where other steps have theirs", async () => {
    const refused = "if echo x > /tekton/run/0/out || echo x > /tekton/steps/0/exitCode; then exit 1; fi";
    const pod = await stage.run(
      taskPod("internal", [
        { name: "first", script: "true" },
        { name: "second", script: `#!/bin/sh\n${refused}` },
      ]),
    );
    expect(pod.status?.phase).toBe("Succeeded");
  });

  it("cannot have files of the machine read as results through links", async () => {
    const script = "ln -s /etc/passwd /tekton/results/r";
    const pod = await stage.run(taskPod("links", [{ name: "links", script, flags: ["-results", "r"] }]));
    expect(Object.keys(entriesOf(pod, "links"))).toEqual(["3 StartedAt"]);
  });

  it("say in the log what program is not there", async () => {
    const pod = taskPod("absent", [{ name: "absent", flags: ["-entrypoint", "no-such-program"] }]);
    expect(exitCodes(await stage.run(pod))).toEqual([["step-absent", 1]]);
    expect(await stage.logOf("absent", "step-absent")).toContain("no-such-program");
  });

  it("run what the image says when they name no program", async () => {
    await stage.run(taskPod("image", [{ name: "image", args: ["-c", "echo from the image"] }]));
    expect(await stage.logOf("image", "step-image")).toBe("from the image\n");
  });
});

describe("the steps of a TaskRun's Pod, as plain processes", () => {
  it("find their directories under the paths of the container, and tell each other results", async () => {
    const stage = await openStage("process");
    const script = "#!/bin/sh\nprintf $WHAT > /tekton/results/r; printf two > /tekton/steps/step-a/results/s";
    const pod = await stage.run(
      taskPod("plain", [
        {
          name: "a",
          script,
          env: [{ name: "WHAT", value: "one" }],
          flags: ["-results", "r", "-step_results", "s"],
        },
        { name: "b", script: '#!/bin/sh\necho "$@"; cat /tekton/results/r', args: ["$(steps.a.results.s)"] },
      ]),
    );
    expect(pod.status?.phase).toBe("Succeeded");
    expect(entriesOf(pod, "a")).toMatchObject({ "1 r": "one", "4 s": "two" });
    expect(await stage.logOf("plain", "step-b")).toBe("two\none");
    await stage.end();
  });
});
