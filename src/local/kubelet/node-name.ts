import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/**
 * The name Pods of this directory are bound to: that of the machine when the directory was new. A laptop's own name changes
 * with the network it is in, and Pods of its old name would be nobody's for ever.
 */
export function nodeName(directory: string): string {
  const file = join(directory, "node-name");
  const known = readText(file).trim();
  if (known !== "") return known;
  const name = hostname();
  writeFileSync(file, `${name}\n`);
  return name;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // It is new.
  }
}
