/** The `git` of the machine, kept on a short leash: no prompts, no hooks, no other protocols, bounded time and output. */
import { spawn } from "node:child_process";
import { ResolutionError } from "./resolution.ts";

/** What git printed, or its last complaint. */
export type GitOutcome = { isDone: true; output: Buffer } | { isDone: false; complaint: string };

/** For the whole of a fetch (`default-maximum-resolution-timeout`, docs/additional-configs.md). */
const TIMEOUT_MILLIS = 60_000;
const MAX_OUTPUT_BYTES = 2 * 1024 * 1024;

/**
 * Runs git in a directory that is a repository, or is to become one.
 *
 * @throws ResolutionError when there is no git, or it takes too long.
 */
export function git(directory: string, args: readonly string[]): Promise<GitOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", ["-C", directory, "-c", "core.hooksPath=/dev/null", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: gitEnvironment(),
    });
    const output = collect(child.stdout);
    const complaints = collect(child.stderr);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, TIMEOUT_MILLIS);
    child.once("error", (fault) => {
      clearTimeout(timer);
      reject(
        new ResolutionError("git cannot be started: install git, or give the definition as a file", {
          cause: fault,
        }),
      );
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      if (isLate) reject(new ResolutionError(`git ${args[0]} took longer than ${TIMEOUT_MILLIS / 1000} s`));
      else if (code === 0) resolve({ isDone: true, output: output() });
      else resolve({ isDone: false, complaint: lastLine(complaints().toString("utf8")) });
    });
  });
}

/** The user's own, so that proxies and credential helpers work, but for another repository, and without a question to anyone. */
function gitEnvironment(): NodeJS.ProcessEnv {
  const {
    GIT_DIR: _directory,
    GIT_WORK_TREE: _tree,
    GIT_INDEX_FILE: _index,
    GIT_OBJECT_DIRECTORY: _objects,
    GIT_COMMON_DIR: _common,
    ...environment
  } = process.env;
  return {
    GIT_SSH_COMMAND: "ssh -oBatchMode=yes -oConnectTimeout=20",
    // git's helpers outlive it while they wait for a server; they give up by themselves.
    GIT_HTTP_LOW_SPEED_LIMIT: "1",
    GIT_HTTP_LOW_SPEED_TIME: "30",
    ...environment,
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "true",
    GIT_ALLOW_PROTOCOL: "https:http:ssh:git",
    LC_ALL: "C",
  };
}

/** What came so far, up to the limit. */
function collect(stream: NodeJS.ReadableStream): () => Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    if (size < MAX_OUTPUT_BYTES) chunks.push(chunk);
    size += chunk.length;
  });
  return () => Buffer.concat(chunks);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
