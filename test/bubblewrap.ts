import { spawnSync } from "node:child_process";

/** Path of a bubblewrap that works here; undefined where there is none, or where the kernel does not let it. */
export const bubblewrap: string | undefined = findBubblewrap();

function findBubblewrap(): string | undefined {
  const trial = spawnSync("bwrap", ["--ro-bind", "/", "/", "--unshare-pid", "true"], { timeout: 5_000 });
  return trial.status === 0 ? "bwrap" : undefined;
}
