import { useNow } from "./clock.ts";
import { formatAgo, formatTime } from "./format.ts";

/** A moment as time passed since, with the moment itself on hover. */
export function Ago({ time }: { time: string }) {
  const now = useNow(15_000);
  return (
    <time dateTime={time} title={formatTime(time)}>
      {formatAgo(time, now)}
    </time>
  );
}
