import { useNow } from "../shared/clock.ts";
import { formatAgo, formatCount, formatTime } from "../shared/format.ts";
import { type Live, useLive } from "../shared/live.ts";

/** A dot and a few words: when data last came, or that the server is gone or refuses. */
export function LiveDot() {
  const live = useLive();
  const now = useNow(5000);
  const { state, words, title } = describeLive(live, now);
  return (
    <span className="live" data-state={state} title={title} role="status">
      <span className="live-dot" aria-hidden="true" />
      <span className="live-words">{words}</span>
    </span>
  );
}

function describeLive(
  { connection, status }: Live,
  now: number,
): { state: string; words: string; title: string } {
  if (connection === "lost")
    return { state: "lost", words: "server gone", title: "Trying to reach the server again" };
  if (status === undefined) return { state: "waiting", words: "connecting", title: "Waiting for the server" };
  if (status.health !== "ok") {
    const words = status.health === "failed" ? "store failed" : "not storing";
    return { state: "lost", words, title: status.reason ?? "The server's log says more" };
  }
  const spans = `About ${formatCount(status.spans)} spans stored · version ${status.version}`;
  if (status.lastDataTime === undefined) return { state: "waiting", words: "no data yet", title: spans };
  const title = `Data last came ${formatTime(status.lastDataTime)} · ${spans}`;
  return { state: "live", words: formatAgo(status.lastDataTime, now), title };
}
