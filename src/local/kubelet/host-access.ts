/** Which directories of this machine Pods may mount, besides those that are made for them. Whoever writes a Pod is not its owner. */
import { existsSync, realpathSync } from "node:fs";
import { relative, sep } from "node:path";

export interface HostAccess {
  /** Offered to Pods, with all that is in them. Absolute paths. */
  shared: readonly string[];
  /** Never shown, also where they lie in what is offered: our own data, with the keys of this API. */
  hidden: readonly string[];
}

/** Why a Pod does not get this directory; undefined if it does. */
export function refusalOf(path: string, { shared, hidden }: HostAccess): string | undefined {
  const isOffered = shared.some((directory) => isWithin(path, directory));
  if (!isOffered) return `${path} of this machine is not offered to Pods; offer it with --host-path ${path}`;
  const keeper = hidden.find((directory) => isWithin(path, directory));
  return keeper === undefined ? undefined : `${path} is where Throughline keeps its own data`;
}

/** Directories in this one that are not to be shown, as paths within it. */
export function hiddenWithin(path: string, { hidden }: HostAccess): string[] {
  return hidden
    .filter((directory) => existsSync(directory) && isWithin(directory, path))
    .map((directory) => relative(real(path), real(directory)));
}

function isWithin(path: string, directory: string): boolean {
  const [inner, outer] = [real(path), real(directory)];
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

/** What is not there yet is where it says. */
function real(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
