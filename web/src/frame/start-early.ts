import type { QueryClient } from "@tanstack/react-query";
import { traceQuery } from "../run/model/trace-query.ts";
import { runIdOf } from "./run-address.ts";

export const loadRunPage = () => import("../run/RunPage.tsx");

/**
 * Where the address is that of a run, asks for its trace and its page before anything is drawn: a large trace takes the
 * server a while, and the page is put together meanwhile. {@link useTrace} finds the question on its way.
 */
export function startEarly(client: QueryClient, pathname: string): void {
  const id = runIdOf(pathname);
  if (id === undefined) return;
  void client.prefetchQuery(traceQuery(id));
  // Whoever draws the page imports it again, and shows the fault.
  loadRunPage().catch(() => undefined);
}
