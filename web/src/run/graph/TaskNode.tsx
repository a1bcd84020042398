import type { KeyboardEvent } from "react";
import type { GraphTask } from "../../../../src/insight/answers/index.ts";
import { formatDuration } from "../../shared/format.ts";
import { ResultIcon } from "../../shared/Glyph.tsx";
import { resultLook } from "../../shared/results.ts";
import { NODE, type PlacedTask } from "./layout.ts";

/** A name is cut at so many characters: what fits beside the glyph in a monospace of 12 pixels. */
const LONGEST_NAME = 21;

/** A task: result, name, how long it took, and by how much it could have taken longer. */
export function TaskNode({
  placed: { task, x, y },
  isCritical,
  isSelected,
  onSelect,
}: {
  placed: PlacedTask;
  isCritical: boolean;
  isSelected: boolean;
  onSelect: (index: number) => void;
}) {
  const { word, colour } = resultLook(task.result);
  const said = measuresOf(task, isCritical);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onSelect(task.span);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: there are no buttons inside an SVG
    <g
      className="graph-task"
      role="button"
      tabIndex={0}
      aria-label={`${task.task}, ${word}, ${said}`}
      aria-pressed={isSelected}
      data-critical={isCritical}
      data-skipped={task.result === "skip"}
      transform={`translate(${x} ${y})`}
      onClick={() => onSelect(task.span)}
      onKeyDown={onKeyDown}
    >
      <title>{task.task}</title>
      <rect width={NODE.width} height={NODE.height} rx={4} />
      <g style={{ color: colour }} transform="translate(10 11)">
        <ResultIcon result={task.result} />
      </g>
      <text className="graph-name" x={28} y={21}>
        {cut(task.task)}
      </text>
      <text className="graph-measures" x={28} y={38}>
        {said}
      </text>
    </g>
  );
}

function measuresOf(task: GraphTask, isCritical: boolean): string {
  if (task.result === "skip") return "skipped";
  const wait = task.waitMs >= 1000 ? ` · waited ${formatDuration(task.waitMs)}` : "";
  const slack = isCritical || task.slackMs < 1 ? "" : ` · slack ${formatDuration(task.slackMs)}`;
  // Three measures do not fit beside each other; off the critical path, slack is what one asks for.
  return `${formatDuration(task.durationMs)}${slack === "" ? wait : slack}`;
}

function cut(name: string): string {
  const characters = Array.from(name);
  return characters.length > LONGEST_NAME ? `${characters.slice(0, LONGEST_NAME - 1).join("")}…` : name;
}
