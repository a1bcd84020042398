import { useState } from "react";
import type { TaskMetricsAnswer } from "../../../src/insight/answers/index.ts";
import { Chart } from "../shared/Chart.tsx";
import { ChartKey } from "../shared/ChartKey.tsx";
import { formatBytes, formatCount, formatDuration, formatMany } from "../shared/format.ts";
import type { UrlChanges } from "../shared/url-state.ts";
import { drawCompletions, drawDurations, drawSizes } from "./drawings.ts";
import { HowToMeasure } from "./HowToMeasure.tsx";
import { MeasuredFigure } from "./MeasuredFigure.tsx";
import { MeasuredTable } from "./MeasuredTable.tsx";
import { countOf, hasPercentiles, isMeasured, layersOf, meanMs } from "./task-data.ts";

/** In pixels. */
const HEIGHT = 170;
/** More artifacts than this have no chart. */
const MOST_ARTIFACTS = 12;

interface Shown {
  answer: TaskMetricsAnswer;
  /** The bucket under the pointer, in whichever chart. */
  bucket: number | undefined;
  onBucket: (bucket: number | undefined) => void;
  onNarrow: (period: UrlChanges) => void;
}

/** What a task measured of itself, as charts over time and as a table. `isNarrowed`: only a part of time was asked for. */
export function Measured({
  answer,
  isNarrowed,
  onNarrow,
}: Pick<Shown, "answer" | "onNarrow"> & { isNarrowed: boolean }) {
  const [bucket, onBucket] = useState<number>();
  const { duration, completions, artifacts } = answer;
  const hasCompletions = Object.keys(completions).length > 0;
  if (!isMeasured(answer)) return <HowToMeasure isNarrowed={isNarrowed} />;
  const shown = { answer, bucket, onBucket, onNarrow };
  return (
    <>
      <div className="measured">
        {duration !== undefined && <Durations {...shown} />}
        {hasCompletions && <Completions {...shown} />}
        {artifacts.slice(0, MOST_ARTIFACTS).map((artifact) => (
          <Sizes key={artifact.artifact} artifact={artifact} {...shown} />
        ))}
      </div>
      {artifacts.length > MOST_ARTIFACTS && (
        <p className="faint">and {formatMany(artifacts.length - MOST_ARTIFACTS, "more artifact")}</p>
      )}
      <MeasuredTable answer={answer} />
    </>
  );
}

function Durations({ answer, bucket, ...pointing }: Shown) {
  const pointed = bucket === undefined ? answer.duration : answer.buckets[bucket]?.duration;
  const isCounted = hasPercentiles(answer);
  return (
    <MeasuredFigure
      title="Duration"
      answer={answer}
      bucket={bucket}
      keys={
        isCounted ? (
          <>
            <ChartKey>p50</ChartKey>
            <ChartKey look="dashed">p95</ChartKey>
          </>
        ) : (
          <ChartKey>mean</ChartKey>
        )
      }
      reading={durationWords(pointed)}
    >
      <Chart subject={answer} height={HEIGHT} draw={(subject) => drawDurations(subject, pointing)} />
    </MeasuredFigure>
  );
}

/** `p50 41s, p95 1m 12s, measured 120 times` */
function durationWords(duration: TaskMetricsAnswer["duration"]): string | undefined {
  if (duration === undefined) return undefined;
  const { p50Ms, p95Ms } = duration;
  const times = `measured ${formatMany(duration.count, "time")}`;
  return p50Ms === undefined || p95Ms === undefined
    ? `mean ${formatDuration(meanMs(duration) ?? 0)}, ${times}`
    : `p50 ${formatDuration(p50Ms)}, p95 ${formatDuration(p95Ms)}, ${times}`;
}

function Completions({ answer, bucket, ...pointing }: Shown) {
  const layers = layersOf(answer.completions);
  const counts = bucket === undefined ? answer.completions : (answer.buckets[bucket]?.completions ?? {});
  const words = layers
    .filter((layer) => countOf(counts, layer) > 0)
    .map((layer) => `${formatCount(countOf(counts, layer))} ${layer.word}`);
  return (
    <MeasuredFigure
      title="Completions"
      answer={answer}
      bucket={bucket}
      keys={layers.map(({ result, word, fill }) => (
        <ChartKey key={result} fill={fill}>
          {word}
        </ChartKey>
      ))}
      reading={words.length === 0 ? undefined : words.join(", ")}
    >
      <Chart
        subject={answer}
        height={HEIGHT}
        draw={(subject) => drawCompletions(subject, layers, pointing)}
      />
    </MeasuredFigure>
  );
}

function Sizes({
  answer,
  artifact,
  bucket,
  ...pointing
}: Shown & { artifact: TaskMetricsAnswer["artifacts"][number] }) {
  const startTime = bucket === undefined ? undefined : answer.buckets[bucket]?.startTime;
  const point = artifact.points.find((each) => Date.parse(each.startTime) === Date.parse(startTime ?? ""));
  const bytes = bucket === undefined ? artifact.lastBytes : point?.bytes;
  return (
    <MeasuredFigure
      title={`Size of ${artifact.artifact}`}
      answer={answer}
      bucket={bucket}
      reading={bytes === undefined ? undefined : formatBytes(bytes)}
    >
      <Chart subject={answer} height={HEIGHT} draw={(subject) => drawSizes(subject, artifact, pointing)} />
    </MeasuredFigure>
  );
}
