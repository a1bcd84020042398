import { describe, expect, it } from "vitest";
import { logLines } from "./log-lines.ts";

const failing = (body: string, severity = "INFO") =>
  logLines([{ time: "2026-11-08T09:00:00Z", severity, body }])
    .filter(({ isFailing }) => isFailing)
    .map(({ text }) => text);

describe("the lines of a log", () => {
  it("are one for each line of each record", () => {
    expect(logLines([{ time: "", severity: "", body: "a\nb\r\n\nc\n" }]).map(({ text }) => text)).toEqual([
      "a",
      "b",
      "",
      "c",
    ]);
  });

  it("are without the colours and commands of a terminal", () => {
    const body =
      "\u001b[32mok\u001b[0m 1\n\u001b]0;title\u0007\u001b]8;;https://a.b\u001b\\link\u001b]8;;\u001b\\\n\u001b(Bplain\u0008\tend\u001b";
    expect(logLines([{ time: "", severity: "", body }]).map(({ text }) => text)).toEqual([
      "ok 1",
      "link",
      "plain\tend",
    ]);
  });

  it("are the last state of a progress bar", () => {
    const body = "10 %\r50 %\r100 %\r\nnext";
    expect(logLines([{ time: "", severity: "", body }]).map(({ text }) => text)).toEqual(["100 %", "next"]);
  });

  it("say whether a step wrote them to stderr", () => {
    const record = { time: "", severity: "", body: "a" };
    const lines = logLines([{ ...record, stream: "stderr" }, { ...record, stream: "stdout" }, record]);
    expect(lines.map(({ isStderr }) => isStderr)).toEqual([true, false, false]);
  });

  it("fail by what they say", () => {
    const log =
      "ok 1\n--- FAIL: TestCart (0.02s)\npanic: nil map\nerror TS2345: no\nE1108 09:00 klog\nE: Unable, cannot\ndone";
    expect(failing(log)).toEqual([
      "--- FAIL: TestCart (0.02s)",
      "panic: nil map",
      "error TS2345: no",
      "E1108 09:00 klog",
      "E: Unable, cannot",
    ]);
  });

  it("do not fail where they say that nothing failed", () => {
    expect(failing("0 errors, 2 warnings\nTests: 0 failed, 12 passed\nerrors: 0\nno failures")).toEqual([]);
  });

  it("fail by their severity", () => {
    expect(failing("disk is full", "ERROR")).toEqual(["disk is full"]);
  });
});
