import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type PortName, startServer } from "./index.ts";
import { FREE_PORTS, requestOf, startTestServer, storeThat } from "./server.testing.ts";

describe("a server", () => {
  it.each<PortName>(["ui", "otlpHttp", "otlpGrpc"])(
    "says which port is taken, and leaves none of the others open: %s",
    async (name) => {
      const other = createServer().listen(0, "127.0.0.1");
      onTestFinished(() => void other.close());
      await once(other, "listening");
      const { port } = other.address() as AddressInfo;
      const ports = { ...FREE_PORTS, [name]: port };
      const starting = startServer({ store: storeThat({}), host: "127.0.0.1", ports, version: "" });
      await expect(starting).rejects.toMatchObject({
        why: "addressInUse",
        port: name,
        message: `127.0.0.1:${port} is in use`,
      });
    },
  );

  it("does not listen where others reach it unless there is a token", async () => {
    const options = { store: storeThat({}), host: "0.0.0.0", ports: FREE_PORTS, version: "" };
    await expect(startServer(options)).rejects.toMatchObject({ why: "needsToken" });
    const server = await startServer({ ...options, token: "s3cret" });
    onTestFinished(() => server.close());
    expect(server.addresses.ui).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("says when an address is none of this machine", async () => {
    const options = { store: storeThat({}), ports: FREE_PORTS, token: "s3cret", version: "" };
    await expect(startServer({ ...options, host: "192.0.2.1" })).rejects.toMatchObject({
      why: "noSuchAddress",
    });
  });

  it("finishes what it accepted before it closes, and takes no more", async () => {
    const steps = new EventEmitter();
    const entered = once(steps, "entered");
    const released = once(steps, "release");
    const addSpans = async () => {
      steps.emit("entered");
      await released;
      return { kind: "kept", rejected: 0, reason: "" } as const;
    };
    const server = await startTestServer({ store: storeThat({ addSpans }) });
    const url = `${server.addresses.otlpHttp}/v1/traces`;
    const headers = { "content-type": "application/json" };
    const accepted = fetch(url, { method: "POST", headers, body: JSON.stringify(requestOf()) });
    await entered;
    const closing = server.close();
    expect(server.close()).toBe(closing);
    steps.emit("release");
    expect((await accepted).status).toBe(200);
    await closing;
    await expect(fetch(url, { method: "POST", headers, body: "{}" })).rejects.toThrow();
  });
});
