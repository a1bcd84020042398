import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { ByteBudget } from "./byte-budget.ts";
import { createHttpApp } from "./http-app.ts";
import { Turns } from "./turns.ts";

describe("a budget of bytes", () => {
  it("is never overdrawn, and whole again when everything is given back", () => {
    const requests = fc.array(fc.array(fc.nat({ max: 60 }), { maxLength: 5 }), { maxLength: 10 });
    fc.assert(
      fc.property(requests, (amounts) => {
        const budget = new ByteBudget(100);
        const accounts = amounts.map((bytes) => ({ account: budget.open(), bytes }));
        const taken = accounts.flatMap(({ account, bytes }) => bytes.filter((each) => account.take(each)));
        expect(taken.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(100);
        for (const { account } of accounts) account.release();
        expect(budget.open().take(100)).toBe(true);
      }),
    );
  });
});

describe("turns", () => {
  it("come first to who came first, and never to more than so many", async () => {
    const turns = new Turns({ atOnce: 1, maxWaiting: 2 });
    const first = await turns.take();
    const order: string[] = [];
    const second = turns.take().then((leave) => {
      order.push("second");
      leave?.();
    });
    const third = turns.take().then((leave) => {
      order.push("third");
      leave?.();
    });
    expect(await turns.take()).toBeUndefined();
    first?.();
    first?.();
    await Promise.all([second, third]);
    expect(order).toEqual(["second", "third"]);
    expect(await turns.take()).toBeDefined();
  });
});

describe("a slow client", () => {
  it("is let go, and others are served meanwhile", async () => {
    const app = createHttpApp({
      describe: (message) => ({ message }),
      patience: { headers: 100, request: 100, silence: 10_000, check: 20 },
    });
    app.post("/", async ({ raw }) => Buffer.concat(await raw.toArray()).toString());
    await app.listen({ host: "127.0.0.1", port: 0 });
    onTestFinished(() => app.close());
    const { port } = app.server.address() as AddressInfo;
    const slow = connect(port, "127.0.0.1");
    slow.write(
      "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\ncontent-length: 10\r\n\r\nhalf",
    );
    let answer = "";
    slow.setEncoding("utf8").on("data", (text) => {
      answer += text;
    });
    const quick = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "whole" });
    expect(await quick.text()).toBe("whole");
    await once(slow, "close");
    expect(answer).toContain("HTTP/1.1 408");
  });
});
