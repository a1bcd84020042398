import { type ReactNode, useId } from "react";
import type { TaskMetricsAnswer } from "../../../src/insight/answers/index.ts";
import { formatPeriod, formatTime } from "../shared/format.ts";

const MINUTE = 60_000;

/** A chart with its title, what its colours mean, and one line of numbers: of the whole time, or of the bucket pointed at. */
export function MeasuredFigure({
  title,
  answer,
  bucket,
  keys,
  reading,
  children,
}: {
  title: string;
  answer: TaskMetricsAnswer;
  bucket: number | undefined;
  keys?: ReactNode;
  /** Undefined where nothing was measured. */
  reading: string | undefined;
  children: ReactNode;
}) {
  const titleId = useId();
  return (
    <figure className="measured-figure" aria-labelledby={titleId}>
      <figcaption className="measured-head">
        <h3 className="name clip" id={titleId} title={title}>
          {title}
        </h3>
        <span className="measured-keys">{keys}</span>
      </figcaption>
      <p className="measured-reading">
        <b>{reading ?? "nothing measured"}</b>
        {bucket !== undefined && <span className="faint">{periodOf(answer, bucket)}</span>}
      </p>
      {children}
    </figure>
  );
}

function periodOf({ buckets, bucketMs }: TaskMetricsAnswer, bucket: number): string {
  const since = Date.parse(buckets[bucket]?.startTime ?? "");
  if (Number.isNaN(since)) return "";
  return bucketMs < MINUTE ? formatTime(since) : formatPeriod({ since, until: since + bucketMs });
}
