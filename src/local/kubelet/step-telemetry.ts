/** The spool of a step: a file in its run directory, where what runs in it leaves telemetry without a request to anybody. */
import { posix } from "node:path";
import type { Command } from "./launch.ts";
import { hostPathOf } from "./mounts.ts";
import type { ContainerPlan } from "./pod-scope.ts";
import { takeWithin } from "./safe-path.ts";
import { MAX_LINES, readTelemetryLines, type TelemetryBody } from "./telemetry-lines.ts";

/** Gets what steps left, one OTLP/JSON request after the other, when the step has ended. */
export type TelemetryListener = (body: TelemetryBody) => void;

/** A step that has more to tell sends it itself. */
const MAX_SPOOL_MIB = 16;

/** The command, told where the spool is, unless its step has set that variable itself. */
export function withSpool(command: Command, plan: ContainerPlan): Command {
  const path = spoolPathOf(plan);
  if (path === undefined) return command;
  return { ...command, variables: { THROUGHLINE_SPOOL: path, ...command.variables } };
}

/** Beside the file that tells the next step, where only this one may write. Undefined for what is no step. */
function spoolPathOf({ work }: ContainerPlan): string | undefined {
  if (work.kind !== "step" || work.step.postFile === undefined) return undefined;
  return posix.join(posix.dirname(work.step.postFile), "telemetry.jsonl");
}

export interface Collecting {
  plan: ContainerPlan;
  onTelemetry: TelemetryListener;
  /** One line about what is lost. */
  onTrouble: (message: string) => void;
}

/** Hands on what is in the spool of a step that has ended, and removes it. Never throws: no step fails for its telemetry. */
export function collectTelemetry({ plan, onTelemetry, onTrouble }: Collecting): void {
  const path = spoolPathOf(plan);
  const place = path === undefined ? undefined : hostPathOf(plan.mounts, path);
  if (place === undefined) return;
  try {
    const taken = takeWithin(place, MAX_SPOOL_MIB * 1024 ** 2);
    if (taken.kind === "taken") handOn(taken, onTelemetry, (lost) => onTrouble(`${path}: ${lost}`));
    else if (taken.kind === "refused") onTrouble(`${path}: not read, as it is no ordinary file`);
  } catch (fault) {
    onTrouble(`${path}: not read: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
}

function handOn(
  { content, isWhole }: { content: Buffer; isWhole: boolean },
  onTelemetry: TelemetryListener,
  onTrouble: Collecting["onTrouble"],
): void {
  const { bodies, unreadable, isCut } = readTelemetryLines(content);
  for (const body of bodies) onTelemetry(body);
  if (!isWhole) onTrouble(`more than ${MAX_SPOOL_MIB} MiB; what follows is not kept`);
  else if (isCut) onTrouble(`more than ${MAX_LINES} lines; what follows is not kept`);
  else if (unreadable > 0) onTrouble(`lines that are no OTLP/JSON request, not kept: ${unreadable}`);
}
