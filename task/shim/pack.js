// Makes task/throughline-exec, what images and ConfigMaps get, from the script that people read:
//
//     node task/shim/pack.js [FILE]
//
// Takes out comments, indentation and spaces that separate nothing, and gives the script's own names (`tl_…`) one letter.
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("throughline-exec.sh", import.meta.url));
const target = process.argv[2] ?? fileURLToPath(new URL("../throughline-exec", import.meta.url));

const HEAD = "#!/bin/sh\n# Packed from task/shim/throughline-exec.sh\n";
const LETTERS = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** The packed form of a script that keeps the rules at the top of throughline-exec.sh. */
function pack(script) {
  const lines = script.split("\n").map((line) => line.trim());
  const code = lines.filter((line) => line !== "" && !line.startsWith("#")).join("\n");
  return `${HEAD}${withShortNames(withoutSpaces(code))}\n`;
}

/** Quoted and escaped text stays; the `;;` of a last case is dispensable, and the space after a pattern. */
function withoutSpaces(code) {
  const pieces = code.match(/'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^'"\\]+/g) ?? [];
  return pieces
    .map((piece) => (/^['"\\]/.test(piece) ? piece : withoutSpacesUnquoted(piece)))
    .join("")
    .replace(/;;\nesac/g, "\nesac")
    .replace(/;;esac/g, ";esac")
    .replace(/^(\w+\(\)) /gm, "$1");
}

function withoutSpacesUnquoted(code) {
  return code
    .replace(/ *([;|&]+) */g, "$1")
    .replace(/((?:\n|;;| in )[^()\n;]*\)) /g, "$1")
    .replace(/^ (?=[<>])/, "");
}

/** Functions and variables do not share names. A variable keeps an underscore, to leave the command's variables alone. */
function withShortNames(code) {
  const functions = new Set(Array.from(code.matchAll(/^tl_\w+(?=\(\))/gm), ([name]) => name));
  const names = [...new Set(code.match(/\btl_\w+/g) ?? [])];
  const variables = names.filter((name) => !functions.has(name));
  if (Math.max(functions.size, variables.length) > LETTERS.length) throw new Error("more names than letters");
  const short = new Map([
    ...[...functions].map((name, index) => [name, LETTERS[index]]),
    ...variables.map((name, index) => [name, `_${LETTERS[index]}`]),
  ]);
  return code.replace(/\btl_\w+/g, (name) => short.get(name));
}

writeFileSync(target, pack(readFileSync(source, "utf8")));
chmodSync(target, 0o755);
