import type { KubeObject } from "../../kube/index.ts";
import {
  chooseExecutor,
  type Executor,
  type ExecutorName,
  type Launchable,
  missingPrograms,
} from "../../local/index.ts";
import { Failure } from "../failure.ts";
import { printable, type Terminal } from "../terminal.ts";
import type { RunInput } from "./input.ts";

/** The executor of that name; its notes are said. `directory` is where it remembers what runs. */
export async function pickExecutor(
  wanted: "auto" | ExecutorName,
  directory: string,
  terminal: Terminal,
): Promise<Executor> {
  const choice = await chooseExecutor(wanted, { directory });
  if (choice.kind === "unusable") throw new Failure(printable(choice.message));
  for (const note of choice.notes) terminal.say(`note: ${printable(note)}`);
  return choice.executor;
}

/**
 * Names the programs that steps need and this machine does not have. They are no reason not to start: such a step may be
 * skipped, or be in a directory the search does not know.
 */
export function sayMissingPrograms(
  { definitions, runs }: RunInput,
  executor: Executor,
  terminal: Terminal,
): void {
  if (executor.name === "container") return;
  const stepsOf = new Map<string, string[]>();
  for (const { object } of [...definitions, ...runs]) {
    for (const { owner, step } of stepsIn(object)) {
      for (const program of missingPrograms([{ image: "", ...step }])) {
        stepsOf.set(program, [...(stepsOf.get(program) ?? []), owner]);
      }
    }
  }
  for (const [program, owners] of stepsOf) {
    const where = [...new Set(owners)].slice(0, 3).join(", ");
    terminal.say(`note: ${printable(`${program} is not on this machine; needed by ${where}`)}`);
  }
}

interface OwnedStep {
  /** `Task build`. */
  owner: string;
  step: Partial<Launchable>;
}

/** Only what is written here: what is behind a resolver is known when it has been resolved. */
function stepsIn(object: KubeObject): OwnedStep[] {
  const owner = `${object.kind} ${object.metadata.name ?? object.metadata.generateName}`;
  const { spec } = object as { spec?: unknown };
  const steps = object.kind === "StepAction" ? [spec] : [...stepsWithin(spec)];
  return steps.filter(isLaunchable).map((step) => ({ owner, step }));
}

/** Whether the rest of the object is well-formed is for the API to say. */
function* stepsWithin(value: unknown): Generator<unknown> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === "steps" && Array.isArray(child)) yield* child;
    else yield* stepsWithin(child);
  }
}

function isLaunchable(step: unknown): step is Partial<Launchable> {
  if (typeof step !== "object" || step === null || "ref" in step) return false;
  const { image = "", script = "", command = [], args = [] } = step as Record<string, unknown>;
  const areLists = [command, args].every(Array.isArray);
  return areLists && typeof image === "string" && typeof script === "string";
}
