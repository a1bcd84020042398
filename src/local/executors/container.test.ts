import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Choice, chooseExecutor } from "./choose.ts";
import { containerExecutor } from "./container.ts";
import { findProgram } from "./host-programs.ts";
import { executorOf, launchOf, runContainer, runShell } from "./run-container.testing.ts";

const IMAGE = "localhost/throughline-executor-test";
const directory = mkdtempSync(join(tmpdir(), "container-test-"));
const MODEST_CONFIGURATION = `[containers]
default_ulimits=["nofile=20000:20000","nproc=1000:1000"]
[engine]
runtime="runc"
cgroup_manager="cgroupfs"
`;

const choice = await chooseWithImage();

/** With an image made of this machine's busybox. */
async function chooseWithImage(): Promise<Choice> {
  const choice = await chooseExecutor("container", { directory: join(directory, "records") });
  const [podman, busybox] = [findProgram("podman"), findProgram("busybox")];
  if (choice.kind === "unusable") return choice;
  if (podman === undefined || busybox === undefined) return unusable("needs podman and busybox");
  importImage(podman, busybox);
  if (doesRun(podman)) return choice;
  // In a container itself, podman may neither raise limits nor use the newer kind of control groups.
  const configuration = join(directory, "containers.conf");
  writeFileSync(configuration, MODEST_CONFIGURATION);
  process.env["CONTAINERS_CONF"] = configuration;
  return doesRun(podman) ? choice : unusable("podman does not run containers here");
}

function unusable(message: string): Choice {
  return { kind: "unusable", message };
}

function doesRun(podman: string): boolean {
  const run = ["run", "--rm", "--network", "none", IMAGE, "true"];
  return spawnSync(podman, run, { stdio: "ignore", timeout: 20_000 }).status === 0;
}

function importImage(podman: string, busybox: string): void {
  const root = join(directory, "root");
  for (const name of ["bin", "tmp", "proc", "sys", "dev", "etc"])
    mkdirSync(join(root, name), { recursive: true });
  copyFileSync(busybox, join(root, "bin/busybox"));
  for (const name of ["sh", "cat", "echo", "env", "id", "sleep", "true"])
    symlinkSync("busybox", join(root, "bin", name));
  for (const library of librariesOf(busybox)) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(library, join(root, library));
  }
  const archive = join(directory, "root.tar");
  execFileSync("tar", ["-C", root, "-cf", archive, "."]);
  execFileSync(podman, ["import", "--quiet", "--change", 'CMD ["echo","from the image"]', archive, IMAGE], {
    stdio: "ignore",
  });
}

function librariesOf(program: string): string[] {
  try {
    return (
      execFileSync("ldd", [program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).match(
        /\/\S+/g,
      ) ?? []
    );
  } catch {
    return [];
  }
}

afterAll(() => {
  if (choice.kind === "chosen")
    execFileSync("podman", ["image", "rm", "--force", IMAGE], { stdio: "ignore" });
  rmSync(directory, { recursive: true, force: true });
});

describe.skipIf(choice.kind !== "chosen")("containers of podman", () => {
  const executor = executorOf(choice);
  const image = IMAGE;
  const network = "none";

  it("run the image's programs with mounts, environment, working directory and user", async () => {
    const source = mkdtempSync(join(directory, "volume-"));
    chmodSync(source, 0o777);
    const mounts = [{ source, target: "/workspace", isReadOnly: false }];
    const env = { LINES: "a\nb", PATH: "/bin" };
    const script = 'echo "$LINES" >file; echo out; id -u; pwd; echo err >&2; exit 3';
    const finished = await runShell(executor, script, {
      image,
      network,
      mounts,
      env,
      workingDirectory: "/workspace",
      user: { uid: 1234 },
    });
    expect(finished).toEqual({
      end: { kind: "exited", code: 3 },
      stdout: "out\n1234\n/workspace\n",
      stderr: "err\n",
    });
    expect(readFileSync(join(source, "file"), "utf8")).toBe("a\nb\n");
  });

  it("leave the program to the image when the step names none", async () => {
    expect(await runContainer(executor, { image, network, argv: [], imageArguments: [] })).toMatchObject({
      stdout: "from the image\n",
    });
  });

  it("say that a program or an image is not there", async () => {
    const program = await runContainer(executor, { image, network, argv: ["no-such-program"] });
    expect(program.end).toMatchObject({ kind: "notStarted", why: "notFound" });
    const missing = await runContainer(executor, { image: "not a reference", network });
    expect(missing.end).toMatchObject({ kind: "notStarted", why: "executor" });
    expect(missing.end).toHaveProperty(
      "message",
      expect.stringContaining("not a reference could not be pulled"),
    );
  });

  it("are told of signals, and killed when they do not listen", async () => {
    const run = async (script: string, act: "signal" | "kill") => {
      const container = executor.start(launchOf({ image, network, argv: ["sh", "-c", script] }));
      container.stderr.resume();
      await new Promise((resolve) => container.stdout.once("data", resolve));
      if (act === "kill") container.kill();
      else container.signal("SIGTERM");
      return container.ended;
    };
    expect(await run("trap 'exit 42' TERM; echo ready; while :; do sleep 0.05; done", "signal")).toEqual({
      kind: "exited",
      code: 42,
    });
    expect(await run("trap '' TERM; echo ready; sleep 300", "kill")).toEqual({
      kind: "signalled",
      signal: "SIGKILL",
    });
  });
});

describe("containers of an engine", () => {
  it("are tried again with an image that could not be pulled, once for all that want it", async () => {
    const engine = join(directory, "engine");
    const calls = join(directory, "calls");
    // The first pull fails; the image is never there before it is pulled.
    writeFileSync(
      engine,
      `#!/bin/sh
[ "$1" = run ] && exit 0
[ "$1" = image ] && exit 1
[ "$1" = pull ] || exit 0
echo pull >>${calls}
[ "$(wc -l <${calls})" -gt 1 ] || { echo "no route to host" >&2; exit 1; }
`,
      { mode: 0o755 },
    );
    const executor = containerExecutor({ engine, directory: join(directory, "engine-records") });
    const both = () => Promise.all([runContainer(executor, {}), runContainer(executor, {})]);
    const failed = { kind: "notStarted", message: "image ubuntu could not be pulled: no route to host" };
    expect((await both()).map(({ end }) => end)).toMatchObject([failed, failed]);
    expect((await both()).map(({ end }) => end)).toEqual(Array(2).fill({ kind: "exited", code: 0 }));
    await both();
    expect(readFileSync(calls, "utf8")).toBe("pull\npull\n");
  });

  it("are signalled themselves, however early, and not by way of the client", async () => {
    const engine = join(directory, "signalled-engine");
    const signals = join(directory, "signals");
    // The container is not there at the first signal; the client takes one to itself as podman's does before it passes them on.
    writeFileSync(
      engine,
      `#!/bin/sh
case $1 in
  run) trap 'exit 0' TERM; echo ready; until [ "$(wc -l <${signals})" -gt 1 ]; do sleep 0.02; done; exit 42;;
  kill) echo "$3" >>${signals}; [ "$(wc -l <${signals})" -gt 1 ];;
esac
`,
      { mode: 0o755 },
    );
    writeFileSync(signals, "");
    const executor = containerExecutor({ engine, directory: join(directory, "engine-records") });
    const container = executor.start(launchOf({ argv: ["sh"] }));
    container.stderr.resume();
    await new Promise((resolve) => container.stdout.once("data", resolve));
    container.signal("SIGTERM");
    expect(await container.ended).toEqual({ kind: "exited", code: 42 });
    expect(readFileSync(signals, "utf8")).toBe("SIGTERM\nSIGTERM\n");
  });
});
