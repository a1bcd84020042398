import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { post } from "./http-post.ts";

/** Answers each connection with these texts, one after the other, and tells what it was sent. */
async function serve(...answers: string[]) {
  const received: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", async (chunk) => {
      received.push(chunk.toString());
      for (const answer of answers) {
        socket.write(answer);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      socket.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const send = (url = `http://127.0.0.1:${port}/v1/traces`) =>
    post({
      url: new URL(url),
      headers: { x: "1" },
      body: "ü",
      identity: {},
      connectMs: 5000,
      timeoutMs: 5000,
    });
  return { port, received, send };
}

it("a request is what HTTP/1.1 asks for", async () => {
  const { port, received, send } = await serve("HTTP/1.1 200 OK\r\n\r\n");
  expect(await send(`http://me:a%40b@127.0.0.1:${port}/v1/traces?a=b`)).toBe(200);
  expect(received).toEqual([
    `POST /v1/traces?a=b HTTP/1.1\r\nauthorization: Basic ${btoa("me:a@b")}\r\nx: 1\r\n` +
      `host: 127.0.0.1:${port}\r\ncontent-length: 2\r\nconnection: close\r\n\r\nü`,
  ]);
});

it("a password in the URL that was never encoded is sent as it is", async () => {
  const { port, received, send } = await serve("HTTP/1.1 200 OK\r\n\r\n");
  expect(await send(`http://me:50%off@127.0.0.1:${port}/`)).toBe(200);
  expect(received[0]).toContain(`authorization: Basic ${btoa("me:50%off")}\r\n`);
});

it("an answer may come in pieces, and without words", async () => {
  expect(await (await serve("HT", "TP/1.", "0 50", "3 \r", "\n")).send()).toBe(503);
  expect(await (await serve("HTTP/1.1 204\n")).send()).toBe(204);
});

it("a request can be given up, before and while it waits for an answer", async () => {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
  });
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const giveUp = new AbortController();
  const send = () =>
    post({
      url,
      headers: {},
      body: new Uint8Array(9),
      identity: {},
      timeoutMs: 60_000,
      signal: giveUp.signal,
    });
  const waiting = send();
  server.once("connection", () => giveUp.abort());
  await expect(waiting).rejects.toThrow("no answer in time");
  await expect(send()).rejects.toThrow("no answer in time");
});

it.each([
  [[], "hung up without an answer"],
  [["HTTP/1.1 200"], "hung up without an answer"],
  [["220 mail.example ESMTP\r\n"], "does not speak HTTP"],
  [["HTTP/2 200 OK\r\n"], "does not speak HTTP"],
  [["HTTP/1.1 20x OK\r\n"], "does not speak HTTP"],
])("an answer that is none says so: %j", async (answers, reason) => {
  await expect((await serve(...answers)).send()).rejects.toThrow(reason);
});
