import { formatShare } from "./format.ts";
import "./share.css";

/** A share from 0 to 1 as a percentage with a bar under its own weight; `tone` says what a large one means. */
export function Share({ share, tone = "plain" }: { share: number; tone?: "plain" | "failure" }) {
  return (
    <span className="share" data-tone={tone} data-none={share === 0 || undefined}>
      <span className="share-track" aria-hidden="true">
        <span className="share-bar" style={{ width: `${Math.min(1, share) * 100}%` }} />
      </span>
      <span className="share-number">{formatShare(share)}</span>
    </span>
  );
}
