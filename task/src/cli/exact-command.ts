/**
 * Words and variables that are not UTF-8. Node reads them with U+FFFD for each byte it does not understand, and would hand
 * that on to the command; a shell starts the command in its place then, by a script that spells the bytes out.
 */
import { existsSync, readFileSync } from "node:fs";

const SHELL = "/bin/sh";
const REPLACEMENT = "\uFFFD";
/** Linux refuses a single argument of 128 KiB. */
const MAXIMUM_SCRIPT = 120_000;

/** The command in the bytes it was given in: itself, as a rule, else a shell that becomes it. */
export function exactCommand(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const isDamaged = [...words, ...Object.values(env)].some((text) => text?.includes(REPLACEMENT));
  if (!isDamaged || !existsSync(SHELL)) return words;
  try {
    const script = scriptOf(words.length);
    return script.length > MAXIMUM_SCRIPT ? words : [SHELL, "-c", script];
  } catch {
    // No /proc: the bytes are nowhere to be had.
    return words;
  }
}

function scriptOf(wordCount: number): string {
  const words = entriesOf("/proc/self/cmdline").slice(-wordCount);
  const damaged = entriesOf("/proc/self/environ").filter(isNotUtf8);
  return [...damaged.map(exported), `exec ${words.map(quoted).join(" ")}`].join("\n");
}

/** One character for each byte. */
function entriesOf(path: string): string[] {
  return readFileSync(path, "latin1").split("\0").slice(0, -1);
}

function isNotUtf8(bytes: string): boolean {
  return Buffer.from(bytes, "latin1").toString("utf8").includes(REPLACEMENT);
}

function exported(variable: string): string {
  const [, name, value = ""] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(variable) ?? [];
  return name === undefined ? "" : `export ${name}=${quoted(value)}`;
}

/** In single quotes; where there is more than ASCII, by `printf`, which takes bytes in octal. */
function quoted(bytes: string): string {
  if (/^[\0-\x7f]*$/.test(bytes)) return `'${bytes.replaceAll("'", "'\\''")}'`;
  const octal = Array.from(bytes, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`);
  const [, text = "", newlines = ""] = /^(.*?)((?:\\012)*)$/s.exec(octal.join("")) ?? [];
  // A command substitution takes the line ends off.
  return `"$(printf '${text}')"'${"\n".repeat(newlines.length / 4)}'`;
}
