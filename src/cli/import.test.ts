import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateRun, kubectlList, randomScenario } from "../../test/generate/index.ts";
import { root, throughline } from "../../test/program.ts";
import { smallRun } from "../../test/small-run.ts";

const EXAMPLE = join(root, "examples/build-and-test.json");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "throughline-import-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function list(objects: readonly unknown[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
}

describe("throughline import", () => {
  it("tells what became of each run, and where its time went", async () => {
    const { exitCode, stdout, stderr } = await throughline(["import", "--no-store", EXAMPLE]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/✓ build-and-test {2}shop-ci\/build-and-test-\w+ {2}succeeded/);
    expect(stdout).toMatch(/\d+m \d\ds, of which (\d+m )?\d+s \S.*, (\d+m )?\d+s \S.*, (\d+m )?\d+s/);
    expect(stdout).toMatch(/trace [0-9a-f]{32}/);
  });

  it("reads standard input", async () => {
    const { exitCode, stdout } = await throughline(["import", "--no-store", "-"], {
      stdin: readFileSync(EXAMPLE),
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("shop-ci/build-and-test");
  });

  it("prints the same OTLP/JSON for objects in another order, in other files, or given twice", async () => {
    const objects = [3, 4, 5].flatMap((seed) => generateRun(randomScenario(seed), seed).all());
    const whole = file("whole.json", [...kubectlList(objects)].join(""));
    const turned = file("turned.json", list([...objects].reverse()));
    const odd = file(
      "odd.jsonl",
      objects
        .filter((_, index) => index % 2 === 1)
        .map((object) => JSON.stringify(object))
        .join("\n"),
    );
    const even = file("even.json", list(objects.filter((_, index) => index % 2 === 0)));
    const print = async (...paths: string[]) =>
      (await throughline(["import", "-o", "otlp-json", "--provisional", ...paths])).stdout;
    const expected = await print(whole);
    expect(JSON.parse(expected).resourceSpans.length).toBeGreaterThanOrEqual(3);
    expect(await print(turned)).toBe(expected);
    expect(await print(odd, even)).toBe(expected);
    expect(await print(whole, whole)).toBe(expected);
  });

  it("prints JSON for tools", async () => {
    const { stdout } = await throughline(["import", "--no-store", "-o", "json", EXAMPLE]);
    const [run] = JSON.parse(stdout).runs;
    expect(run).toMatchObject({
      kind: "PipelineRun",
      pipeline: "build-and-test",
      complete: true,
      result: "success",
    });
    const onPath = run.criticalPath.reduce(
      (sum: number, part: { durationMs: number }) => sum + part.durationMs,
      0,
    );
    expect(onPath).toBeCloseTo(run.durationMs, 3);
  });

  it("shows everything else when one object is damaged, names it, and fails", async () => {
    const damaged = {
      apiVersion: "tekton.dev/v1",
      kind: "TaskRun",
      metadata: { name: "bad", namespace: "ci" },
      status: [],
    };
    const path = file(
      "damaged.json",
      list([damaged, ...smallRun({ ended: 9, tasks: [{ name: "build", from: 1, to: 8 }] })]),
    );
    const { exitCode, stdout, stderr } = await throughline(["import", "--no-store", path]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      "damaged.json: items[0]: TaskRun ci/bad: status: expected an object, found a list; left out\n",
    );
    expect(stdout).toContain("✓ build  ci/build-7k2mq");
  });

  it("keeps runs that go on out of what it exports, unless told otherwise", async () => {
    const path = file("running.json", list(smallRun({ tasks: [{ name: "build", from: 1 }] })));
    const plain = await throughline(["import", "-o", "otlp-json", path]);
    expect(JSON.parse(plain.stdout)).toEqual({ resourceSpans: [] });
    expect(plain.stderr).toContain("1 run not exported: not over yet (--provisional includes them)");
    const provisional = await throughline(["import", "-o", "otlp-json", "--provisional", path]);
    expect(provisional.stdout).toContain("throughline.provisional");
  });

  it("closes a run that a watch saw go before it was over", async () => {
    const [run, ...others] = smallRun({ tasks: [{ name: "build", from: 1 }] });
    const lines = [
      { type: "ADDED", object: run },
      ...others.map((object) => ({ type: "ADDED", object })),
      { type: "BOOKMARK", object: { kind: "PipelineRun" } },
      { type: "DELETED", object: run },
    ];
    const path = file("watch.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
    const { exitCode, stdout } = await throughline(["import", "--no-store", path]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("! build  ci/build-7k2mq  ended in error (Deleted)");
  });

  it.each([
    ["a path that is not there", ["import", "/nonexistent/dump.json"], /dump\.json: .*check the path/],
    ["no path", ["import"], /missing required argument 'file'/],
    [
      "a format that is none",
      ["import", "-o", "xml", EXAMPLE],
      /--output xml: choose one of text, json, otlp-json/,
    ],
    ["an option that is none", ["import", "--fast", EXAMPLE], /unknown option '--fast'/],
    ["a command that is none", ["imprt", EXAMPLE], /unknown command 'imprt'/],
    ["timing names that are none", ["import", "--timing-names", "one", EXAMPLE], /give two names/],
  ])("says what is wrong with %s", async (_, args, message) => {
    const { exitCode, stderr } = await throughline(args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("    at ");
  });

  it.each([
    ["an empty file", "", /empty/],
    [
      "a file without runs",
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"}}',
      /no PipelineRun, TaskRun or Pod.*found: ConfigMap.*kubectl get/,
    ],
    ["binary data", "\u0000\u0001\u0002", /binary/],
    [
      "a truncated file",
      '{"apiVersion":"v1","kind":"List","items":[{"kind":"Pod","metadata":{"na',
      /items\[0\]/,
    ],
  ])("says what is wrong with %s", async (name, content, message) => {
    const { exitCode, stderr } = await throughline(["import", "--no-store", file(`${name}.json`, content)]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });

  it("ends quietly when nobody reads its output any more", async () => {
    const objects = Array.from({ length: 40 }, (_, seed) =>
      generateRun(randomScenario(seed), seed).all(),
    ).flat();
    const path = file("long.json", list(objects));
    const { exitCode, stderr } = await throughline(["import", "-o", "otlp-json", path], {
      stopReading: true,
    });
    expect(exitCode).toBe(0);
    expect(stderr).not.toMatch(/EPIPE|fault/);
  });
});

describe("throughline import into the store", () => {
  it("says where the spans are and how to look at them, as they are kept", async () => {
    const data = join(folder, "data");
    const { exitCode, stdout, stderr } = await throughline(["import", EXAMPLE, "--data", data]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("build-and-test");
    expect(stderr).toBe(`72 spans stored in ${data}; look at them with: throughline up --data ${data}\n`);
  });

  it("takes runs that go on, whose ends will replace what is known now", async () => {
    const path = file("going-on.json", list(smallRun({ tasks: [{ name: "build", from: 1 }] })));
    const { exitCode, stderr } = await throughline(["import", path, "--data", join(folder, "going-on")]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^\d spans stored in /);
  });

  it("still shows the runs where nothing can be stored, and says why", async () => {
    const { exitCode, stdout, stderr } = await throughline(["import", EXAMPLE, "--data", EXAMPLE]);
    expect(exitCode).toBe(2);
    expect(stdout).toContain("build-and-test");
    expect(stderr).toMatch(/^nothing stored: .*build-and-test\.json.*\(--no-store just looks\)\n$/);
  });

  it("makes no data directory for nothing", async () => {
    const data = join(folder, "for-nothing");
    const { exitCode, stderr } = await throughline(["import", file("empty.json", list([])), "--data", data]);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^throughline: no PipelineRun.*\n$/)]);
    expect(existsSync(data)).toBe(false);
  });

  it("stores where it was told to, whatever the environment names", async () => {
    const { exitCode, stderr } = await throughline(["import", EXAMPLE, "--data", join(folder, "told")], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" },
    });
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^72 spans stored in /)]);
  });

  it("says when no server answers where one was named", async () => {
    const { exitCode, stderr } = await throughline(["import", EXAMPLE, "--server", "http://127.0.0.1:1"]);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      "throughline: no throughline server answers at http://127.0.0.1:1; start one with: throughline up\n",
    );
  });
});

describe("throughline import with an endpoint", () => {
  const requests: { url: string | undefined; headers: Record<string, unknown>; body: string }[] = [];
  let status = 200;
  let answer = "{}";
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      requests.push({ url: request.url, headers: request.headers, body });
      response.writeHead(status, { "content-type": "application/json" }).end(answer);
    });
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const send = () => {
    const { port } = server.address() as AddressInfo;
    requests.length = 0;
    return throughline(["import", EXAMPLE], {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20s3cret",
        OTEL_SERVICE_NAME: "ci",
      },
    });
  };

  it("sends every span", async () => {
    const { exitCode, stderr } = await send();
    expect(exitCode).toBe(0);
    expect(requests[0]).toMatchObject({ url: "/v1/traces", headers: { authorization: "Bearer s3cret" } });
    const [resourceSpans] = JSON.parse(requests[0]?.body ?? "").resourceSpans;
    expect(resourceSpans.resource.attributes[0]).toEqual({
      key: "service.name",
      value: { stringValue: "ci" },
    });
    expect(stderr).toContain(`${resourceSpans.scopeSpans[0].spans.length} spans sent to http://127.0.0.1`);
  });

  it("fails, and says why, when the collector rejects some", async () => {
    answer = JSON.stringify({ partialSuccess: { rejectedSpans: "2", errorMessage: "too old" } });
    const { exitCode, stderr } = await send();
    answer = "{}";
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/2 spans rejected: .*too old/);
  });

  it("fails, and says why, when the collector takes nothing; secrets stay secret", async () => {
    status = 401;
    answer = "who is Bearer s3cret?";
    const { exitCode, stderr } = await send();
    [status, answer] = [200, "{}"];
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/\d+ spans not sent: .*401/);
    expect(stderr).not.toContain("s3cret");
  });

  it("does not start when a variable makes no sense", async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
      OTEL_EXPORTER_OTLP_PROTOCOL: "carrier-pigeon",
    };
    const { exitCode, stderr } = await throughline(["import", EXAMPLE], { env });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'OTEL_EXPORTER_OTLP_PROTOCOL is "carrier-pigeon"; set it to http/protobuf, http/json, grpc',
    );
  });
});
