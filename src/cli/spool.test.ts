import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { encodeLogsJson } from "../otlp/index.ts";
import type { Added, TraceStore } from "../store/index.ts";
import { type OtlpBody, spool, takeIn, takeInSpool } from "./spool.ts";

const folder = mkdtempSync(join(tmpdir(), "throughline-spool-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let data: string;
beforeEach(() => {
  data = mkdtempSync(join(folder, "data-"));
});

function inSpool(): string[] {
  return readdirSync(join(data, "spool"));
}

/** A log of one line. */
function logOf(text: string): OtlpBody {
  const record = {
    timeNs: 1n,
    traceId: "a".repeat(32),
    spanId: "b".repeat(16),
    flags: 1,
    body: text,
    attributes: {},
  };
  const scope = { name: "test", version: "1" };
  const body = Buffer.from(encodeLogsJson([{ resource: {}, scope, records: [record] }]));
  return { signal: "logs", contentType: "application/json", body };
}

const KEPT: Added = { kind: "kept", rejected: 0, reason: "" };

/** The part of a store that logs go into; what it answers, one after the other, and in the end "kept". */
function storeOf(...answers: (Added | Error)[]) {
  const lines: unknown[] = [];
  const addLogs: TraceStore["addLogs"] = async (logs) => {
    const answer = answers.shift() ?? KEPT;
    if (answer instanceof Error) throw answer;
    if (answer.kind === "kept") lines.push(...logs.map(({ body }) => body));
    return answer;
  };
  return { store: { addLogs } as TraceStore, lines };
}

async function takeAll(store: TraceStore): Promise<string[]> {
  const troubles: string[] = [];
  await takeInSpool(data, store, (message) => troubles.push(message));
  return troubles;
}

describe("the spool", () => {
  it("keeps bodies until a store is open, for their owner only, and gives them to it in their order", async () => {
    const texts = Array.from({ length: 12 }, (_, index) => `line ${index}`);
    await spool(data, texts.map(logOf));
    expect(inSpool().map((name) => statSync(join(data, "spool", name)).mode & 0o777)).toEqual(
      Array(12).fill(0o600),
    );
    const { store, lines } = storeOf();
    expect(await takeAll(store)).toEqual([]);
    expect(lines).toEqual(texts);
    expect(inSpool()).toEqual([]);
  });

  it("is nothing to do where no run has left anything", async () => {
    expect(await takeAll(storeOf().store)).toEqual([]);
  });

  it("follows no links, and waits for no pipe", async () => {
    await spool(data, [logOf("good")]);
    const [good = ""] = inSpool();
    renameSync(join(data, "spool", good), join(data, "elsewhere"));
    symlinkSync(join(data, "elsewhere"), join(data, "spool", "1-1-1.logs.json"));
    execFileSync("mkfifo", [join(data, "spool", "1-1-2.logs.json")]);
    const { store, lines } = storeOf();
    expect(await takeAll(store)).toHaveLength(2);
    expect(lines).toEqual([]);
    expect(inSpool().sort()).toEqual(["1-1-1.logs.json.bad", "1-1-2.logs.json.bad"]);
  });

  it("puts aside what cannot be read, says so once, and goes on", async () => {
    await spool(data, [{ ...logOf(""), body: Buffer.from('{"resourceLogs":[{') }, logOf("good")]);
    const [bad = ""] = inSpool();
    const { store, lines } = storeOf();
    const troubles = await takeAll(store);
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toContain(`; kept as ${bad}.bad`);
    expect(lines).toEqual(["good"]);
    expect(inSpool()).toEqual([`${bad}.bad`]);
    expect(await takeAll(store)).toEqual([]);
  });

  it("puts aside what is no file", async () => {
    mkdirSync(join(data, "spool", "1-1-1.logs.json"), { recursive: true });
    const [trouble] = await takeAll(storeOf().store);
    expect(trouble).toMatch(/1-1-1\.logs\.json: .+; kept as 1-1-1\.logs\.json\.bad$/);
  });

  it("puts aside a file of which the store rejects a part", async () => {
    await spool(data, [logOf("of the year 9999")]);
    const { store } = storeOf({ kind: "kept", rejected: 1, reason: "no calendar has that time" });
    expect(await takeAll(store)).toEqual([expect.stringContaining(": no calendar has that time; kept as ")]);
  });

  it("waits while the store is busy", async () => {
    const { store, lines } = storeOf(
      { kind: "busy", reason: "full", retryAfterSeconds: 0.01 },
      { kind: "busy", reason: "full", retryAfterSeconds: 0.01 },
    );
    expect(await takeIn(logOf("patient"), store)).toBeUndefined();
    expect(lines).toEqual(["patient"]);
  });

  it("has everything still when the store fails in the middle", async () => {
    await spool(data, [logOf("first"), logOf("second")]);
    const failing = storeOf(KEPT, new Error("the engine is gone"));
    await expect(takeAll(failing.store)).rejects.toThrow("the engine is gone");
    const next = storeOf();
    expect(await takeAll(next.store)).toEqual([]);
    expect([...failing.lines, ...next.lines]).toEqual(["first", "second"]);
  });

  it("never takes in half a file, and removes it when its writer is long gone", async () => {
    mkdirSync(join(data, "spool"));
    const half = '{"resourceLogs":';
    const [old, fresh] = [`.${Date.now() - 7_200_000}-1-1.logs.json`, `.${Date.now()}-1-1.logs.json`];
    for (const name of [old, fresh]) writeFileSync(join(data, "spool", name), half);
    expect(await takeAll(storeOf().store)).toEqual([]);
    expect(inSpool()).toEqual([fresh]);
  });
});
