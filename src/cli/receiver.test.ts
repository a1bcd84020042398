import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { Intake } from "./intake.ts";
import { startReceiver } from "./receiver.ts";
import type { OtlpBody } from "./spool.ts";

interface Door {
  endpoint: string;
  /** Requests that were refused, whoever refused them. */
  refused(): number;
  close(): Promise<void>;
}

const opened: Door[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((door) => door.close()))));

async function start(
  sink: (body: OtlpBody) => Promise<void>,
  options?: { maxTotalBytes?: number },
): Promise<Door> {
  const intake = new Intake(sink, options);
  const receiver = await startReceiver(intake);
  const door = {
    endpoint: receiver.endpoint,
    refused: () => intake.refused + receiver.unreadable(),
    close: async () => {
      await receiver.close();
      await intake.settled();
    },
  };
  opened.push(door);
  return door;
}

interface Sent {
  path?: string;
  method?: string;
  type?: string;
  encoding?: string;
  body?: Buffer;
}

function send(
  { endpoint }: Door,
  { path = "/v1/traces", method = "POST", type = "application/json", encoding, body }: Sent,
): Promise<Response> {
  const headers = { "content-type": type, ...(encoding !== undefined && { "content-encoding": encoding }) };
  return fetch(endpoint + path, {
    method,
    headers,
    ...(body !== undefined && { body: new Uint8Array(body) }),
  });
}

const json = Buffer.from('{"resourceSpans":[]}');

describe("the receiver of what steps send", () => {
  it("hands on bodies of every signal as they are, unpacked", async () => {
    const taken: OtlpBody[] = [];
    const receiver = await start(async (body) => void taken.push(body));
    const logs = await send(receiver, {
      path: "/v1/logs",
      type: "application/json; charset=utf-8",
      body: json,
    });
    expect([logs.status, await logs.text()]).toEqual([200, "{}"]);
    const body = gzipSync(Buffer.from([10, 0]));
    const metrics = await send(receiver, {
      path: "/v1/metrics",
      type: "Application/X-Protobuf",
      encoding: "gzip",
      body,
    });
    expect([metrics.status, await metrics.text()]).toEqual([200, ""]);
    expect(taken.map(({ signal, contentType, body }) => [signal, contentType, [...body]])).toEqual([
      ["logs", "application/json", [...json]],
      ["metrics", "application/x-protobuf", [10, 0]],
    ]);
    expect(receiver.refused()).toBe(0);
  });

  it.each<[string, Sent, number]>([
    ["another path", { path: "/v1/profiles", body: json }, 404],
    ["another method", { method: "GET" }, 405],
    ["another type", { type: "text/plain", body: json }, 415],
    ["what is packed in a way nobody knows", { encoding: "br", body: json }, 415],
    ["what is not packed as it says", { encoding: "gzip", body: json }, 400],
    ["what unpacks to too much", { encoding: "gzip", body: gzipSync(Buffer.alloc(5 * 1024 * 1024)) }, 413],
    ["too much at once, and says so while it is sent", { body: Buffer.alloc(32 * 1024 * 1024, 32) }, 413],
  ])("refuses %s, and says why", async (_what, sent, status) => {
    const receiver = await start(() => Promise.reject(new Error("nothing is to come here")));
    const answer = await send(receiver, sent);
    expect(await answer.json()).toMatchObject({
      code: expect.any(Number),
      message: expect.stringMatching(/\w/),
    });
    expect([answer.status, receiver.refused()]).toEqual([status, 1]);
  });

  it("takes no more in all than it was told", async () => {
    const receiver = await start(async () => {}, { maxTotalBytes: json.length });
    expect((await send(receiver, { body: json })).status).toBe(200);
    expect((await send(receiver, { body: json })).status).toBe(507);
    expect(receiver.refused()).toBe(1);
  });

  it("acknowledges nothing the sink has not taken", async () => {
    const receiver = await start(() => Promise.reject(new Error("the disk is full")));
    expect((await send(receiver, { body: json })).status).toBe(503);
    expect(receiver.refused()).toBe(1);
  });

  it("ends when the sink has what came, though the sender has gone", async () => {
    let finish = () => {};
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    let isTaken = false;
    const receiver = await start(async () => {
      begin();
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      isTaken = true;
    });
    const sent = send(receiver, { body: json });
    await begun;
    const closed = receiver.close();
    await expect(sent).rejects.toThrow("fetch failed");
    finish();
    await closed;
    expect(isTaken).toBe(true);
    await receiver.close();
  });
});
