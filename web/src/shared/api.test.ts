import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError, ask, questionPath } from "./api.ts";

it("leaves parameters that say nothing out of a question", () => {
  expect(questionPath("runs", { branch: "a&b=c", pipeline: undefined, search: "", limit: 0 })).toBe(
    "runs?branch=a%26b%3Dc&limit=0",
  );
  expect(questionPath("status")).toBe("status");
});

describe("asking a server", () => {
  const answers: Record<string, [status: number, body: string]> = {
    "/api/v1/status": [200, '{"version":"1"}'],
    "/api/v1/runs": [400, '{"error":{"code":"badRequest","message":"longer-than: \\"x\\" is no duration"}}'],
    "/api/v1/tasks": [502, "<h1>Bad gateway</h1>"],
  };
  const server = createServer((request, response) => {
    const [status, body] = answers[request.url ?? ""] ?? [404, ""];
    response.writeHead(status).end(body);
  });
  const relative = globalThis.fetch;
  let base = "";

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    // A page's addresses are relative to it; Node has no page.
    globalThis.fetch = (path, options) => relative(base + String(path), options);
    Object.assign(globalThis, { location: { host: "127.0.0.1:4000" } });
  });

  afterAll(() => {
    globalThis.fetch = relative;
    server.close();
  });

  const failure = (path: string) =>
    ask(path).then(
      () => undefined,
      (error: unknown) => error,
    );

  it("gives the answer", async () => {
    expect(await ask("status")).toEqual({ version: "1" });
  });

  it("says what the server said against it", async () => {
    const error = await failure("runs");
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: "badRequest", message: 'longer-than: "x" is no duration' });
  });

  it("calls a refusal in other words a fault", async () => {
    expect(await failure("tasks")).toMatchObject({ code: "fault", message: expect.stringContaining("502") });
  });

  it("says that nobody is there", async () => {
    base = "http://127.0.0.1:1";
    expect(await failure("status")).toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("127.0.0.1:4000"),
    });
  });
});
