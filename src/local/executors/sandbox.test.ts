import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { chooseExecutor } from "./choose.ts";
import type { Mount } from "./executor.ts";
import { findProgram } from "./host-programs.ts";
import { executorOf, runContainer, runShell } from "./run-container.testing.ts";

const directory = mkdtempSync(join(tmpdir(), "sandbox-test-"));
const choice = await chooseExecutor("sandbox", { directory });
const isRoot = process.getuid?.() === 0;

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function mountAt(target: string, isReadOnly = false): Mount {
  const source = mkdtempSync(join(directory, "volume-"));
  chmodSync(source, 0o777);
  writeFileSync(join(source, "file"), "there\n");
  return { source, target, isReadOnly };
}

describe.skipIf(choice.kind !== "chosen")("the sandbox", () => {
  const executor = executorOf(choice);

  it("shows the host's programs, and lets nobody change them", async () => {
    const { stdout } = await runShell(
      executor,
      "for d in /usr /etc /usr/bin; do touch $d/x 2>/dev/null || echo no; done",
    );
    expect(stdout).toBe("no\nno\nno\n");
  });

  it("hides homes, temporary files, sockets and other processes", async () => {
    const { stdout } = await runShell(
      executor,
      "ls -A /home /tmp /run 2>/dev/null; ls -d /proc/[0-9]* | wc -l",
    );
    expect(stdout).not.toContain("sandbox-test-");
    // The init, the shell, and what lists them.
    expect(Number(stdout.trim().split("\n").at(-1))).toBeLessThanOrEqual(5);
    expect((await runShell(executor, `ls ${directory} ${process.env["HOME"]}/.ssh`)).end).not.toEqual({
      kind: "exited",
      code: 0,
    });
  });

  it("lets nobody change the kernel's settings, whatever their mode says", async () => {
    const open = "(: >>$f) 2>/dev/null && echo $f";
    const { stdout } = await runShell(
      executor,
      `for f in /proc/sys/kernel/core_pattern /proc/sys/vm/overcommit_memory /proc/sysrq-trigger /proc/fs/*/*/*; do ${open}; done;
      unshare -Urmpf --mount-proc sh -c 'f=/proc/sys/kernel/core_pattern; ${open}' 2>/dev/null; echo end`,
    );
    expect(stdout).toBe("end\n");
  });

  it("lets a step write anywhere else, and forgets it", async () => {
    const script =
      "echo 1 >/file && echo 2 >/tmp/file && echo 3 >$HOME/file && mkdir -p /data && cat /file /tmp/file ~/file";
    expect(await runShell(executor, script)).toMatchObject({ stdout: "1\n2\n3\n" });
    expect(existsSync("/file")).toBe(false);
  });

  it("mounts wherever it is asked to, also where the host's directories are read-only", async () => {
    const mounts = [
      "/im/a/custom/mount/path",
      "/etc/config",
      "/usr/local/lib/a/b",
      "/opt/tool",
      "/var/run/secrets/token",
    ].map((target) => mountAt(target));
    const files = mounts.map(({ target }) => `${target}/file`).join(" ");
    const { stdout, end } = await runShell(
      executor,
      `cat ${files} && test -e /etc/passwd && test -x /usr/bin/env && echo changed >/etc/config/file`,
      { mounts },
    );
    expect({ stdout, end }).toEqual({ stdout: "there\n".repeat(5), end: { kind: "exited", code: 0 } });
    expect(mounts.map(({ source }) => readFileSync(join(source, "file"), "utf8"))[1]).toBe("changed\n");
  });

  it("makes the working directory wherever it is", async () => {
    const { stdout } = await runShell(executor, "pwd && touch file && ls", {
      workingDirectory: "/usr/src/app",
    });
    expect(stdout).toBe("/usr/src/app\nfile\n");
  });

  it("mounts one volume on another, single files, and read-only volumes", async () => {
    const outer = mountAt("/workspace");
    const inner = mountAt("/workspace/inner", true);
    const file = { source: join(inner.source, "file"), target: "/etc/hosts", isReadOnly: true };
    const script =
      "cat /etc/hosts /workspace/inner/file; touch /workspace/new; touch /workspace/inner/new || exit 5";
    const { stdout, end } = await runShell(executor, script, { mounts: [outer, inner, file] });
    expect({ stdout, end }).toEqual({ stdout: "there\nthere\n", end: { kind: "exited", code: 5 } });
    expect([existsSync(join(outer.source, "new")), existsSync(join(inner.source, "new"))]).toEqual([
      true,
      false,
    ]);
  });

  it("says what it could not make", async () => {
    const mounts = [{ source: join(directory, "not-there"), target: "/workspace", isReadOnly: false }];
    const { end, stderr } = await runContainer(executor, { mounts });
    expect(end).toMatchObject({ kind: "notStarted", why: "executor" });
    expect(end).toHaveProperty("message", expect.stringContaining("not-there"));
    expect(stderr).toBe("");
  });

  it("does not take a program's words for its own", async () => {
    const { end, stderr } = await runShell(executor, "echo bwrap: hello >&2; exit 3");
    expect({ end, stderr }).toEqual({ end: { kind: "exited", code: 3 }, stderr: "bwrap: hello\n" });
  });

  it("reports a program that a signal ended as a shell would", async () => {
    expect((await runShell(executor, "kill -KILL $$")).end).toEqual({ kind: "exited", code: 137 });
  });

  it("has no network when told so, and the host's otherwise", async () => {
    const server = createServer((socket) => socket.end("hello\n")).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const argv = [
      "node",
      "-e",
      `require("net").connect(${port}, "127.0.0.1").on("error", () => process.exit(9)).pipe(process.stdout)`,
    ];
    const PATH = `${join(process.execPath, "..")}:/usr/bin:/bin`;
    const host = await runContainer(executor, { argv, env: { PATH } });
    const none = await runContainer(executor, { argv, env: { PATH }, network: "none" });
    server.close();
    expect([host.stdout, none.end]).toEqual(["hello\n", { kind: "exited", code: 9 }]);
  });

  it.skipIf(findProgram("busybox") === undefined)("has ash where the image has it", async () => {
    const alpine = await runShell(executor, "ash -c 'echo from ash'", { image: "alpine" });
    expect(alpine.stdout).toBe("from ash\n");
    const ubuntu = await runShell(executor, "command -v ash || echo none", { image: "ubuntu" });
    expect(ubuntu.stdout).toBe("none\n");
  });

  it("runs a step as another user, who can write to open volumes and open its outputs", async () => {
    const workspace = mountAt("/some/where/deep");
    const { stdout } = await runShell(
      executor,
      "id -u; id -g; touch /some/where/deep/mine && echo ok >/dev/stdout",
      { mounts: [workspace], user: { uid: 1234, gid: 1235 } },
    );
    expect(stdout).toBe("1234\n1235\nok\n");
    expect(statSync(join(workspace.source, "mine")).uid).toBe(isRoot ? 1234 : process.getuid?.());
    const missing = await runContainer(executor, { argv: ["no-such-program"], user: { uid: 1234 } });
    expect(missing.end).toEqual({
      kind: "notStarted",
      why: "notFound",
      message: "no-such-program: not found",
    });
  });

  it.skipIf(!isRoot)("gives root the rights to work, and none to reach the host", async () => {
    const tries = [
      "mount -o remount,rw,bind /usr",
      "mknod /tmp/disk b 8 0",
      "mount -t tmpfs none /mnt",
      "unshare -m true",
      "cat /etc/shadow",
    ];
    const script = [
      ...tries.map((one) => `${one} 2>/dev/null && echo '${one}'`),
      "touch /tmp/file && chown 1:1 /tmp/file && echo chowned",
    ].join("\n");
    expect((await runShell(executor, script)).stdout).toBe("chowned\n");
  });

  it("shows a program from a directory in PATH with what lies beside it, and no more of the home it is in", async () => {
    const installation = join(directory, "tools/thing/v1");
    mkdirSync(join(installation, "bin"), { recursive: true });
    mkdirSync(join(installation, "lib"));
    writeFileSync(join(installation, "lib/words"), "from lib\n");
    writeFileSync(join(directory, "tools/secret"), "secret\n");
    writeFileSync(
      join(installation, "bin/thing"),
      `#!/bin/sh\ncat ${installation}/lib/words ${directory}/tools/secret 2>/dev/null\n`,
      { mode: 0o755 },
    );
    const path = process.env["PATH"];
    process.env["PATH"] = `${installation}/bin:${path}`;
    const other = await chooseExecutor("sandbox", { directory });
    process.env["PATH"] = path;
    expect((await runContainer(executorOf(other), { argv: ["thing"] })).stdout).toBe("from lib\n");
  });
});
