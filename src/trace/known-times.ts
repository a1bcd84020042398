import type { Nanos } from "../tekton/index.ts";
import type { EventIndex } from "./event-index.ts";
import type { Member, TaskFamily } from "./family.ts";

/** The first and the last time that some objects tell. */
export class KnownTimes {
  firstNs: Nanos | undefined;
  lastNs: Nanos | undefined;

  add(...times: (Nanos | undefined)[]): void {
    for (const time of times) {
      if (time === undefined) continue;
      if (this.firstNs === undefined || time < this.firstNs) this.firstNs = time;
      if (this.lastNs === undefined || time > this.lastNs) this.lastNs = time;
    }
  }

  addTask({ taskRun, pods }: TaskFamily, events: EventIndex): void {
    this.add(taskRun.meta.createdNs);
    for (const { startNs, completionNs, condition, steps } of taskRun.attempts) {
      this.add(startNs, completionNs, condition?.transitionNs);
      for (const { state } of steps) {
        if (state.kind === "running") this.add(state.startedNs);
        if (state.kind === "terminated") this.add(state.startedNs, state.finishedNs);
      }
    }
    for (const { meta } of pods) {
      this.add(meta.createdNs);
      for (const { lastNs } of events.about(meta)) this.add(lastNs);
    }
  }

  addMembers(members: readonly Member[], events: EventIndex): void {
    for (const member of members) {
      if (member.kind === "task") this.addTask(member.task, events);
      if (member.kind === "custom" || member.kind === "pipeline") {
        const object = member.kind === "custom" ? member.customRun : member.family.pipelineRun;
        this.add(object.meta.createdNs, object.startNs, object.completionNs, object.condition?.transitionNs);
      }
      if (member.kind === "pipeline") this.addMembers(member.family.members, events);
    }
  }
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
