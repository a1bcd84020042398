import { Command } from "../shared/states.tsx";

/** What a step runs to have its task on this page. */
const LINES = [
  "throughline metric record tekton.task.duration 12.4 --unit s --histogram --attr cicd.pipeline.task.run.result=success",
  "throughline metric record tekton.task.artifact.size 48210000 --unit By --attr artifact.name=shop.tar",
];

/** Nothing was measured: how a step says what it knows. `isNarrowed`: there may be more at other times. */
export function HowToMeasure({ isNarrowed }: { isNarrowed: boolean }) {
  return (
    <div className="measured-none">
      <p>
        {isNarrowed
          ? "The task sent no metrics of its own in this period."
          : "The task has sent no metrics of its own yet."}{" "}
        A step sends them with one line, and they are charted here:
      </p>
      {LINES.map((line) => (
        <Command key={line} text={line} />
      ))}
      <p>
        Or with <code>taskMetrics()</code> of <code>@throughline/task</code>, which times the whole task and
        counts how it ended. Both are described in <code>docs/inside-a-step</code>.
      </p>
    </div>
  );
}
