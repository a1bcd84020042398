/** What Tekton's init containers do, done by this program: the directories, links and scripts the steps rely on. */
import { symlinkSync } from "node:fs";
import { posix } from "node:path";
import { hostPathOf } from "./mounts.ts";
import type { ContainerPlan, PodScope } from "./pod-scope.ts";
import { makeDirectoryWithin, realPathWithin, type VolumePath, writeWithin } from "./safe-path.ts";

const STEPS = "/tekton/steps";
const RUN = /^\/tekton\/run\/([^/]+)(?:\/|$)/;

/** Each step's own directory, and links to it by the step's name and number (docs/container-contract). */
export function prepareSteps(prepare: ContainerPlan, scope: PodScope): void {
  for (const plan of scope.plans) {
    if (plan.work.kind !== "step" || plan.work.step.metadataDirectory === undefined) continue;
    const directory = plan.work.step.metadataDirectory;
    for (const inside of ["results", "artifacts"]) makeDirectory(plan, posix.join(directory, inside));
    const target = scope.executor.rewrite(directory, plan.mounts);
    link(prepare, { name: plan.container.name, target });
    const number = RUN.exec(directory)?.[1];
    if (number !== undefined) link(prepare, { name: number, target });
  }
}

/** The links stand in a volume of their own, which steps cannot write to. Without that volume nobody can see them. */
function link(prepare: ContainerPlan, { name, target }: { name: string; target: string }): void {
  const place = hostPathOf(prepare.mounts, STEPS);
  const directory = place && realPathWithin(place);
  if (directory !== undefined) symlinkSync(target, posix.join(directory, name));
}

const DEFAULT_PREAMBLE = "#!/bin/sh\nset -e\n";

/** @param args path and Base64 of the text, again and again. */
export function placeScripts(args: readonly string[], placing: ContainerPlan, scope: PodScope): void {
  for (let at = 0; at + 1 < args.length; at += 2) {
    const [path = "", encoded = ""] = args.slice(at, at + 2);
    const text = Buffer.from(encoded, "base64").toString();
    const script = text.startsWith("#!") ? text : DEFAULT_PREAMBLE + text;
    writeScript(hostPlace(placing, path), script);
    scope.scripts.set(path, script);
  }
}

export function writeScript(place: VolumePath, script: string): void {
  if (!writeWithin(place, script, 0o755))
    throw new Error(`the script ${place.inside} lies outside its volume`);
}

/** Relative ones are meant from /workspace. What lies on no volume is made by the executor when it is needed. */
export function makeDirectories(directories: readonly string[], plan: ContainerPlan): void {
  for (const directory of directories) {
    const path = posix.resolve("/workspace", directory);
    if (hostPathOf(plan.mounts, path) !== undefined) makeDirectory(plan, path);
  }
}

function makeDirectory(plan: ContainerPlan, path: string): void {
  if (makeDirectoryWithin(hostPlace(plan, path)) === undefined)
    throw new Error(`the directory ${path} cannot be made within its volume`);
}

function hostPlace({ container, mounts }: ContainerPlan, path: string): VolumePath {
  const place = hostPathOf(mounts, path);
  if (place === undefined) throw new Error(`container ${container.name} has no volume for ${path}`);
  return place;
}
