/** Names the programs a run needs and this machine lacks, before anything runs. */
import { findProgram, isProgram } from "./host-programs.ts";
import { programOfImage, programsOfImage } from "./images.ts";

/** What is known of a step or sidecar before it runs. */
export interface Launchable {
  image: string;
  command?: readonly string[];
  args?: readonly string[];
  script?: string;
}

/**
 * Programs that will be asked for and are not here, sorted: the command, the interpreter of a script, the image's own program
 * when there is neither; and what people use the image for, when script or arguments speak of it. What only a running script
 * knows is not found out, and neither is what comes from a workspace or from an unresolved `$(...)`.
 */
export function missingPrograms(launchables: readonly Launchable[]): string[] {
  const needed = new Set(launchables.flatMap(programsNeeded));
  return [...needed].filter((program) => !isHere(program)).sort();
}

function programsNeeded(launchable: Launchable): string[] {
  return [...started(launchable), ...spokenOf(launchable)].filter(isOfImage);
}

function started({ image, command, args = [], script }: Launchable): string[] {
  if (script !== undefined && script.trim() !== "") return [interpreterOf(script)];
  if (command?.[0] !== undefined) return [command[0]];
  const { entrypoint, cmd } = programOfImage(image);
  // Tekton gives the arguments to the CMD of an image that has no ENTRYPOINT.
  const first = [...entrypoint, ...cmd, ...args][0];
  return first === undefined ? [] : [first];
}

/** Tekton puts `#!/bin/sh` before a script without a shebang. */
function interpreterOf(script: string): string {
  const [, file = "/bin/sh", rest = ""] = /^#![ \t]*(\S+)[ \t]*([^\n]*)/.exec(script) ?? [];
  if (!/(^|\/)env$/.test(file)) return file;
  const words = rest
    .split(/\s+/)
    .filter((word) => word !== "" && !word.startsWith("-") && !word.includes("="));
  return words[0] ?? file;
}

function spokenOf({ image, command = [], args = [], script = "" }: Launchable): string[] {
  const text = [script, ...command, ...args].join("\n");
  return programsOfImage(image).filter((program) => isWordOf(program, text));
}

function isWordOf(word: string, text: string): boolean {
  return new RegExp(String.raw`(?<![\w./-])${word}(?![\w.-])`).test(text);
}

/** Not from a mount, nor named by something that is replaced later. */
function isOfImage(program: string): boolean {
  return !program.includes("$(") && !/^(?:\/(?:workspace|tekton)\/|\.)/.test(program);
}

function isHere(program: string): boolean {
  if (program === "ash") return findProgram("ash") !== undefined || findProgram("busybox") !== undefined;
  if (!program.includes("/")) return findProgram(program) !== undefined;
  // Anywhere else it may be mounted.
  return isProgram(program) || !/^\/(?:bin|sbin|usr|opt)\//.test(program);
}
