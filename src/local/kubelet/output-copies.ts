import { closeSync, writeSync } from "node:fs";
import { posix } from "node:path";
import type { PrintListener } from "./container-process.ts";
import { hostPathOf } from "./mounts.ts";
import type { ContainerPlan } from "./pod-scope.ts";
import { createWithin, makeDirectoryWithin } from "./safe-path.ts";

/** Files of a step's volumes that get what it prints (docs/tasks.md, "Redirecting step output streams"). */
export interface OutputCopies {
  write: PrintListener;
  close(): void;
}

export interface CopyRequest {
  plan: ContainerPlan;
  stdoutPath?: string;
  stderrPath?: string;
  /** A copy that cannot be written is told once, and stays short. */
  onTrouble: (message: string) => void;
}

/** Both streams may go to the same file. Throws for a path that lies on none of the step's volumes. */
export function openCopies({ plan, stdoutPath, stderrPath, onTrouble }: CopyRequest): OutputCopies {
  const paths = { stdout: stdoutPath, stderr: stderrPath };
  const named = new Set(Object.values(paths).filter((path) => path !== undefined));
  const descriptors = new Map<string, number>();
  const close = () => {
    for (const descriptor of descriptors.values()) closeSync(descriptor);
  };
  try {
    for (const path of named) descriptors.set(path, openCopy(plan, path));
  } catch (fault) {
    close();
    throw fault;
  }
  const write: PrintListener = (stream, chunk) => {
    const path = paths[stream];
    const descriptor = path === undefined ? undefined : descriptors.get(path);
    if (path === undefined || descriptor === undefined) return;
    try {
      writeSync(descriptor, chunk);
    } catch (fault) {
      closeSync(descriptor);
      descriptors.delete(path);
      onTrouble(`the copy of ${stream} in ${path} is not complete: ${String(fault)}`);
    }
  };
  return { write, close };
}

function openCopy(plan: ContainerPlan, path: string): number {
  const place = hostPathOf(plan.mounts, path);
  if (place === undefined)
    throw new Error(`output cannot be written to ${path}: it is on none of the step's volumes`);
  makeDirectoryWithin({ ...place, inside: posix.dirname(place.inside) });
  const descriptor = createWithin(place);
  if (descriptor === undefined)
    throw new Error(`output cannot be written to ${path}: it leads out of the volume`);
  return descriptor;
}
