import { Link } from "wouter";
import type { SpanAnswer } from "../../../../src/insight/answers/index.ts";
import { taskHref } from "../../shared/url-state.ts";

/** Spans that stand for a task or a part of one that Tekton knows. */
const OF_TASK: ReadonlySet<string | undefined> = new Set(["taskrun", "attempt", "step"]);

/** The way from a span of a task to how that task does in all runs. */
export function TaskLink({ attributes }: Pick<SpanAnswer, "attributes">) {
  const pipeline = attributes["tekton.pipeline.name"];
  const task = attributes["tekton.pipeline_task.name"];
  if (!OF_TASK.has(attributes["throughline.type"]) || pipeline === undefined || task === undefined)
    return null;
  return (
    <Link href={taskHref({ pipeline, task })} className="name">
      {task} in all runs
    </Link>
  );
}
