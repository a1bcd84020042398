import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  generateRun,
  type RunHistory,
  randomScenario,
  type TaskRunHistory,
} from "../../test/generate/index.ts";
import { objectsOf } from "../../test/load.ts";
import { deriveSpanId } from "../context/index.ts";
import { buildTraces, type Span } from "./index.ts";

/** Kubernetes truncates to the second. */
const SECOND_MS = 1000;

interface Seen {
  truth: RunHistory;
  spanById: ReadonlyMap<string, Span>;
}

/** A finished run with everything a cluster has of it, as it truly was and as the trace shows it. */
function see(seed: number): Seen {
  const scenario = {
    ...randomScenario(seed, { onlyFinished: true }),
    pods: "whole",
    events: "whole",
  } as const;
  const generated = generateRun(scenario, seed);
  const spans = buildTraces(objectsOf(generated.all())).runs.flatMap((run) => run.resourceSpans.spans);
  return { truth: generated.truth, spanById: new Map(spans.map((span) => [span.spanId, span])) };
}

function check(holds: (run: Seen) => void): void {
  const seeds = fc.integer({ min: 0, max: 100_000 });
  fc.assert(
    fc.property(seeds, (seed) => holds(see(seed))),
    { numRuns: 80 },
  );
}

function taskRunsOf(run: RunHistory): TaskRunHistory[] {
  return run.tasks.flatMap((task) => {
    if (task.kind === "PipelineRun") return taskRunsOf(task.run);
    return task.kind === "TaskRun" ? [task] : [];
  });
}

function attemptsOf({ truth }: Seen) {
  return taskRunsOf(truth).flatMap(({ uid, attempts }) =>
    attempts.map((attempt, index) => ({ ...attempt, uid, number: index + 1 })),
  );
}

/** What the objects tell, wherever the span had to be moved to for display. */
function told({ startNs, endNs, attributes }: Span): { startMs: number; endMs: number } {
  const raw = (key: string) => attributes[key] && Date.parse(String(attributes[key]));
  return {
    startMs: raw("tekton.raw.start_time") || Number(startNs / 1_000_000n),
    endMs: raw("tekton.raw.end_time") || Number(endNs / 1_000_000n),
  };
}

function expectClose(
  span: Span | undefined,
  truth: { startMs: number; endMs: number },
  toleranceMs = SECOND_MS,
): void {
  expect(span).toBeDefined();
  if (span === undefined) return;
  const { startMs, endMs } = told(span);
  const message = `${span.name} ${startMs}–${endMs}, truly ${truth.startMs}–${truth.endMs}`;
  expect(Math.abs(startMs - truth.startMs), message).toBeLessThanOrEqual(toleranceMs);
  expect(Math.abs(endMs - truth.endMs), message).toBeLessThanOrEqual(toleranceMs);
}

describe("a trace tells the truth to the second", () => {
  it("about the run and each of its tasks", () => {
    check(({ truth, spanById }) => {
      const run = spanById.get(deriveSpanId({ uid: truth.uid, role: "pipelinerun" }));
      expectClose(run, { startMs: truth.createdMs, endMs: truth.completedMs });
      for (const { uid, createdMs, completedMs } of taskRunsOf(truth)) {
        expectClose(spanById.get(deriveSpanId({ uid, role: "taskrun" })), {
          startMs: createdMs,
          endMs: completedMs,
        });
      }
    });
  });

  it("about each step, whose start it knows to the millisecond", () => {
    check((run) => {
      for (const { uid, number, pod, podDeleted } of attemptsOf(run)) {
        for (const { step, commandStartedMs, finishedMs } of podDeleted ? [] : (pod?.steps ?? [])) {
          if (commandStartedMs === undefined || finishedMs === undefined) continue;
          const span = run.spanById.get(
            deriveSpanId({ uid, role: "step", name: step.name, attempt: number }),
          );
          expectClose(span, { startMs: commandStartedMs, endMs: finishedMs });
          expect(span && told(span).startMs).toBe(commandStartedMs);
        }
      }
    });
  });

  it("about finding a node, and about pulling each image, waiting for other pulls included", () => {
    check((run) => {
      for (const { uid, number, pod, podDeleted, startedMs, completedMs } of attemptsOf(run)) {
        const phase = (name: string) =>
          run.spanById.get(deriveSpanId({ uid, role: "phase", name, attempt: number }));
        if (pod === undefined || phase("schedule") === undefined) continue;
        // What was still going on when the attempt was stopped ended with it, or with its run, a moment earlier.
        const until = (ms: number) => Math.min(ms, completedMs);
        const tolerance = podDeleted ? 2 * SECOND_MS : SECOND_MS;
        // Of a Pod that was deleted nobody knows the creation; it follows the attempt's start at once.
        const createdMs = podDeleted ? startedMs : pod.createdMs;
        expectClose(phase("schedule"), { startMs: createdMs, endMs: until(pod.boundMs) }, tolerance);
        const pulls = [
          ...pod.initContainers.map(({ name, pull }) => ({ name, pull })),
          ...pod.steps.map(({ step, pull }) => ({ name: `step-${step.name}`, pull })),
        ];
        for (const { name, pull } of pulls.filter(({ pull }) => pull.requestedMs < completedMs)) {
          const span = phase(`pull ${name}`);
          if (pull.cached) expect(span).toBeUndefined();
          else if (pull.error === undefined) {
            expectClose(span, { startMs: pull.requestedMs, endMs: until(pull.endedMs) }, tolerance);
          }
        }
      }
    });
  });

  it("about what was skipped, and when a false condition was found to be false", () => {
    check(({ truth, spanById }) => {
      for (const { name, reason, atMs } of truth.skipped) {
        const span = spanById.get(deriveSpanId({ uid: truth.uid, role: "skipped", name }));
        expect(span?.attributes["cicd.pipeline.task.run.result"]).toBe("skip");
        if (span === undefined || !reason.startsWith("When Expressions")) continue;
        // Tekton decides when it has noticed the end of the last task before, a moment after that end.
        expect(Math.abs(told(span).startMs - atMs)).toBeLessThanOrEqual(2 * SECOND_MS);
      }
    });
  });
});
