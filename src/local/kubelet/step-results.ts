import type { StepOrder } from "./entrypoint.ts";
import { hostPathOf } from "./mounts.ts";
import type { ContainerPlan } from "./pod-scope.ts";
import { readWithin } from "./safe-path.ts";
import { MAX_FILE_BYTES, PROVENANCE, readStepFile } from "./step-variables.ts";
import { type Entry, EntryType, formatMessage, MAX_MESSAGE_BYTES } from "./termination-message.ts";

export type StepResults = { kind: "collected"; entries: Entry[] } | { kind: "tooLarge" };

const TASK_RESULTS = "/tekton/results";
const TASK_ARTIFACTS = "/tekton/artifacts/provenance.json";

/**
 * Everything the step was to write and has written, to the byte, unless with the entries before it is more than a message
 * may hold.
 */
export function collectResults(
  order: StepOrder,
  { plan, before }: { plan: ContainerPlan; before: readonly Entry[] },
): StepResults {
  const files = filesOf(order, plan);
  if (files.some(({ file }) => file.kind === "tooLarge")) return { kind: "tooLarge" };
  const entries = files.flatMap(({ file, key, type }) =>
    file.kind === "read" ? [{ key, value: file.content.toString(), type }] : [],
  );
  return isWithinLimit(order, [...before, ...entries])
    ? { kind: "collected", entries }
    : { kind: "tooLarge" };
}

type ResultFile = Pick<Entry, "key" | "type"> & { file: ReturnType<typeof readStepFile> };

function filesOf(order: StepOrder, plan: ContainerPlan): ResultFile[] {
  const readTaskFile = (path: string) => {
    const place = hostPathOf(plan.mounts, path);
    return place === undefined ? ({ kind: "absent" } as const) : readWithin(place, MAX_FILE_BYTES);
  };
  return [
    ...order.results.map((name) => ({
      key: name,
      type: EntryType.taskResult,
      file: readTaskFile(`${TASK_RESULTS}/${name}`),
    })),
    ...order.stepResults.map((name) => ({
      key: name,
      type: EntryType.stepResult,
      file: readStepFile(plan, `results/${name}`),
    })),
    {
      key: `${order.metadataDirectory ?? ""}/${PROVENANCE}`,
      type: EntryType.stepArtifacts,
      file: readStepFile(plan, PROVENANCE),
    },
    { key: TASK_ARTIFACTS, type: EntryType.taskArtifacts, file: readTaskFile(TASK_ARTIFACTS) },
  ];
}

function isWithinLimit({ hasRoomForResults }: StepOrder, entries: readonly Entry[]): boolean {
  if (hasRoomForResults) return entries.every(({ value }) => Buffer.byteLength(value) <= MAX_MESSAGE_BYTES);
  return Buffer.byteLength(formatMessage(entries)) <= MAX_MESSAGE_BYTES;
}
