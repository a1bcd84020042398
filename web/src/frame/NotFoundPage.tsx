import { Link } from "wouter";
import { NothingFits } from "../shared/states.tsx";

/** For an address that is no page. */
export function NotFoundPage() {
  return (
    <NothingFits title="There is no such page">
      <p>
        The address may be cut off, or of a newer version. The <Link href="/runs">runs</Link> are still there.
      </p>
    </NothingFits>
  );
}
