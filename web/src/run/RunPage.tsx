import { Link } from "wouter";
import { ApiError } from "../shared/api.ts";
import { Banner, ErrorState, NothingFits, Skeleton } from "../shared/states.tsx";
import { useTitle } from "../shared/use-title.ts";
import { useTrace } from "./model/use-trace.ts";
import { RunView } from "./RunView.tsx";
import "./run.css";

/** One trace: header, timeline, graph and details. `id` is a trace id, a UID, a run's name, or `namespace/name`. */
export function RunPage({ id }: { id: string }) {
  const { data, error, refetch } = useTrace(id);
  useTitle(data?.trace.runs[0]?.name ?? id);
  if (data === undefined) {
    if (error === null) return <Skeleton rows={14} />;
    return isNotFound(error) ? (
      <NotFound id={id} message={error.message} />
    ) : (
      <ErrorState error={error} onRetry={refetch} />
    );
  }
  if (data.trace.count === 0) return <NothingFits title="This trace has no spans" />;
  return (
    <>
      {error !== null && (
        <Banner tone="failure">{error.message} What is shown is what was there before.</Banner>
      )}
      <RunView loaded={data} />
    </>
  );
}

function isNotFound(error: Error): boolean {
  return error instanceof ApiError && error.code === "notFound";
}

function NotFound({ id, message }: { id: string; message: string }) {
  return (
    <NothingFits title="No such run">
      <p className="name">{message}</p>
      <p>
        Looked for <code className="name">{id.slice(0, 200)}</code> as a trace id, a UID and the name of a
        run. Press <kbd>/</kbd> to search for a part of a name, or look through the{" "}
        <Link href={`/runs?search=${encodeURIComponent(id.slice(0, 200))}`}>runs like it</Link>.
      </p>
    </NothingFits>
  );
}
