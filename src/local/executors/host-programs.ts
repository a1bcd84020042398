/** Which programs this machine has. */
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { shellOfImage } from "./images.ts";

/** Where a program of that name stands in a PATH; a name with a slash stands for itself. Undefined when there is none. */
export function findProgram(name: string, path = process.env["PATH"] ?? ""): string | undefined {
  if (name.includes("/")) return isProgram(name) ? name : undefined;
  return path
    .split(delimiter)
    .filter((directory) => directory !== "")
    .map((directory) => join(directory, name))
    .find(isProgram);
}

/** Whether it is a file that may be executed. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The shells of this machine, with symbolic links resolved. */
export interface HostShells {
  sh: string;
  bash: string | undefined;
  busybox: string | undefined;
}

/** What stands behind `/bin/sh`, and which shells there are besides. */
export function hostShells(): HostShells {
  return {
    sh: realpathSync("/bin/sh"),
    bash: resolved(findProgram("bash")),
    busybox: resolved(findProgram("busybox")),
  };
}

/**
 * What has to run as `sh` so that scripts of an image work that need more than this machine's dash; undefined when its own
 * `sh` will do, or when there is nothing better.
 */
export function standInForSh(image: string, shells: HostShells): string | undefined {
  if (!shells.sh.endsWith("/dash")) return undefined;
  const shell = shellOfImage(image);
  if (shell === "ash") return shells.busybox ?? shells.bash;
  return shell === "bash" ? shells.bash : undefined;
}

function resolved(file: string | undefined): string | undefined {
  return file === undefined ? undefined : realpathSync(file);
}
