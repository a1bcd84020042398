import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type PortName, startServer } from "./index.ts";
import { CLOSE_MILLIS } from "./limits.ts";
import { FREE_PORTS, requestOf, startTestServer, storeThat } from "./server.testing.ts";

/** How many sockets of this process listen. */
function listening(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "TCPServerWrap").length;
}

async function openSocket(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

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
      // The other server, and nothing else.
      await expect.poll(listening).toBe(1);
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

  it.each<PortName>(["ui", "otlpHttp", "otlpGrpc"])(
    "does not wait for a request on a connection that was only opened: %s",
    async (name) => {
      const server = await startTestServer({ store: storeThat({}) });
      (await openSocket(server.addresses[name])).resume();
      const started = performance.now();
      await server.close();
      expect(performance.now() - started).toBeLessThan(CLOSE_MILLIS / 2);
    },
  );

  it("does not wait for ever for a client that has stopped reading", async () => {
    const server = await startTestServer({ store: storeThat({}) });
    (await openSocket(server.addresses.otlpGrpc)).pause();
    await server.close();
  }, 20_000);

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
