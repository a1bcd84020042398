import { lazy, Suspense } from "react";
import { Redirect, Route, Switch } from "wouter";
import { usePathname } from "wouter/use-browser-location";
import { ComparePage } from "../compare/ComparePage.tsx";
import { PipelinesPage } from "../pipelines/PipelinesPage.tsx";
import { RunsPage } from "../runs/RunsPage.tsx";
import { Skeleton } from "../shared/states.tsx";
import { Frame } from "./Frame.tsx";
import { NotFoundPage } from "./NotFoundPage.tsx";
import { PageBoundary } from "./PageBoundary.tsx";
import { runIdOf } from "./run-address.ts";
import { loadRunPage } from "./start-early.ts";

// The pages that draw much are fetched when they are opened.
const RunPage = lazy(async () => ({ default: (await loadRunPage()).RunPage }));
const PipelinePage = lazy(async () => ({
  default: (await import("../pipelines/PipelinePage.tsx")).PipelinePage,
}));

const TaskPage = lazy(async () => ({ default: (await import("../task/TaskPage.tsx")).TaskPage }));

/** The whole page: a frame, and in it what the address asks for. */
export function App() {
  return (
    <Frame>
      <PageBoundary key={usePathname()}>
        <Suspense fallback={<Skeleton />}>
          <Switch>
            <Route path="/">
              <Redirect to="/runs" replace />
            </Route>
            <Route path="/runs" component={RunsPage} />
            <Route path="/runs/*" component={RunRoute} />
            <Route path="/pipelines" component={PipelinesPage} />
            <Route path="/pipeline" component={PipelinePage} />
            <Route path="/task" component={TaskPage} />
            <Route path="/compare" component={ComparePage} />
            <Route component={NotFoundPage} />
          </Switch>
        </Suspense>
      </PageBoundary>
    </Frame>
  );
}

function RunRoute() {
  const id = runIdOf(usePathname()) ?? "";
  return <RunPage key={id} id={id} />;
}
