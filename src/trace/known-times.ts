import type { Nanos } from "../tekton/index.ts";
import type { EventIndex } from "./event-index.ts";
import type { Member, TaskFamily } from "./family.ts";

/** Every time the members of a run tell, for runs that do not tell their own. */
export function knownTimes(members: readonly Member[], events: EventIndex): Nanos[] {
  const times: (Nanos | undefined)[] = [];
  for (const member of members) {
    if (member.kind === "task") times.push(...timesOfTask(member.task, events));
    if (member.kind === "custom") {
      const { meta, startNs, completionNs, condition } = member.customRun;
      times.push(meta.createdNs, startNs, completionNs, condition?.transitionNs);
    }
    if (member.kind === "pipeline") {
      const { meta, startNs, completionNs } = member.family.pipelineRun;
      times.push(meta.createdNs, startNs, completionNs, ...knownTimes(member.family.members, events));
    }
  }
  return times.filter((time) => time !== undefined);
}

export function timesOfTask({ taskRun, pods }: TaskFamily, events: EventIndex): (Nanos | undefined)[] {
  const times: (Nanos | undefined)[] = [taskRun.meta.createdNs];
  for (const { startNs, completionNs, condition, steps } of taskRun.attempts) {
    times.push(startNs, completionNs, condition?.transitionNs);
    for (const { state } of steps) {
      if (state.kind === "running") times.push(state.startedNs);
      if (state.kind === "terminated") times.push(state.startedNs, state.finishedNs);
    }
  }
  for (const pod of pods)
    times.push(pod.meta.createdNs, ...events.about(pod.meta).map((event) => event.lastNs));
  return times;
}

/** The first of several times that can be a start. One after the end cannot; clocks and editors make such. */
export function startOf(
  candidates: (Nanos | undefined)[],
  endNs: Nanos | undefined,
  doubts: string[],
): Nanos | undefined {
  const told = candidates.filter((time) => time !== undefined);
  const possible = told.find((time) => endNs === undefined || time <= endNs);
  if (told.length > 0 && possible !== told[0]) {
    doubts.push("it ends before it was created: one of the two times is wrong");
  }
  return possible ?? told[0];
}
