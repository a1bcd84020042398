/** Scripts of steps and sidecars, written into files before the first step begins (docs/tasks.md, "Running scripts within Steps"). */
import { createHash } from "node:crypto";
import type { Container } from "../../../kube/index.ts";
import type { TaskSpec } from "../../types/index.ts";
import { ENTRYPOINT, ENTRYPOINT_IMAGE, SCRIPTS_DIRECTORY } from "./contract.ts";
import { INIT_MOUNTS } from "./volumes.ts";

/** A script, with its interpreter line, and the file it becomes. */
export interface Script {
  path: string;
  text: string;
}

/** The scripts of a Task by the place of the step or sidecar. Their names follow from the Pod's, so that each pass makes the same Pod. */
export function scriptsOf(
  { steps, sidecars = [] }: TaskSpec,
  podName: string,
): { steps: ReadonlyMap<number, Script>; sidecars: ReadonlyMap<number, Script> } {
  return {
    steps: placed(
      steps.map(({ script }) => script),
      { podName, prefix: "script" },
    ),
    sidecars: placed(
      sidecars.map(({ script }) => script),
      { podName, prefix: "sidecar-script" },
    ),
  };
}

interface Naming {
  podName: string;
  prefix: string;
}

function placed(texts: readonly (string | undefined)[], { podName, prefix }: Naming): Map<number, Script> {
  const scripts = new Map<number, Script>();
  for (const [index, text] of texts.entries()) {
    if (!text) continue;
    const name = `${prefix}-${index}`;
    scripts.set(index, {
      path: `${SCRIPTS_DIRECTORY}/${name}-${letters(`${podName}/${name}`)}`,
      text: withInterpreter(text),
    });
  }
  return scripts;
}

/** Five characters that follow from the text. */
export function letters(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 5);
}

function withInterpreter(text: string): string {
  return text.startsWith("#!") ? text : `#!/bin/sh\nset -e\n${text}`;
}

/** The init container that writes them. */
export function placeScripts(scripts: readonly Script[]): Container {
  return {
    name: "place-scripts",
    image: ENTRYPOINT_IMAGE,
    command: [ENTRYPOINT, "place-scripts"],
    args: scripts.flatMap(({ path, text }) => [path, Buffer.from(text).toString("base64")]),
    volumeMounts: INIT_MOUNTS.placeScripts,
  };
}
