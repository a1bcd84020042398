import { afterEach, describe, expect, it } from "vitest";
import type { Output } from "../local/index.ts";
import { decodeLogs } from "../otlp/index.ts";
import type { OtlpBody } from "./spool.ts";
import { StepLogs } from "./step-logs.ts";

const opened: StepLogs[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((logs) => logs.end()))));

function open(sink: (body: OtlpBody) => Promise<void>) {
  const said: string[] = [];
  const logs = new StepLogs(sink, (line) => said.push(line));
  opened.push(logs);
  return { logs, said };
}

function outputOf(text: string, pod = "pod"): Output {
  const metadata = { name: pod, namespace: "ns", uid: pod, resourceVersion: "1", creationTimestamp: "" };
  const value = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  const containers = [{ name: "step-a", env: [{ name: "TRACEPARENT", value }] }];
  const spec = { containers };
  return {
    pod: { apiVersion: "v1", kind: "Pod", metadata, spec },
    container: "step-a",
    stream: "stdout",
    chunk: Buffer.from(text),
  };
}

/** Pod and line of each record. */
function linesIn({ body, contentType }: OtlpBody): unknown[][] {
  const decoded = decodeLogs(body, contentType);
  if (decoded.kind === "malformed") throw new Error(decoded.reason);
  return decoded.logs.map(({ resource, body: line }) => [resource.attributes["k8s.pod.name"], line]);
}

describe("the logs of steps", () => {
  it("are handed on in turns, those of all containers together", async () => {
    let take = (_: OtlpBody) => {};
    const first = new Promise<OtlpBody>((resolve) => {
      take = resolve;
    });
    const { logs, said } = open(async (body) => take(body));
    logs.add(outputOf("one\n", "a"));
    logs.add(outputOf("two\nunfinished", "b"));
    expect(linesIn(await first)).toEqual([
      ["a", "one"],
      ["b", "two"],
    ]);
    expect(said).toEqual([]);
  });

  it("are all handed on when it ends, and nothing is when there is nothing", async () => {
    const taken: OtlpBody[] = [];
    const { logs } = open(async (body) => void taken.push(body));
    logs.add(outputOf("unfinished"));
    await logs.end();
    await logs.end();
    expect(taken.map(linesIn)).toEqual([[["pod", "unfinished"]]]);
  });

  it("are counted when nobody takes them, which is said once, and so is that they are taken again", async () => {
    const answers = [
      () => Promise.reject(new Error("the disk is full")),
      () => Promise.reject(new Error("so it is")),
    ];
    const { logs, said } = open(() => (answers.shift() ?? (async () => {}))());
    for (const line of ["one\ntwo\n", "three\n", "four\n"]) {
      logs.add(outputOf(line));
      await logs.end();
    }
    expect(logs.lost).toBe(3);
    expect(said).toEqual([
      "what steps print is not kept: the disk is full",
      "what steps print is kept again",
    ]);
  });

  it("of many containers are not remembered for ever", async () => {
    const taken: OtlpBody[] = [];
    const { logs } = open(async (body) => void taken.push(body));
    for (let index = 0; index < 1_100; index++) logs.add(outputOf("unfinished", `pod-${index}`));
    await logs.end();
    expect(taken.flatMap(linesIn)).toHaveLength(1_100);
  });
});
