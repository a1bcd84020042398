/** Names of services and of their operations, for the lists to choose from. */
import { operationsOfService, serviceNames, type TraceStore } from "../../store/index.ts";
import { first, ParameterFault, type Parameters } from "./parameters.ts";

/** Nobody chooses from a longer list. */
export const MAX_NAMES = 10_000;

/** By name. */
export function servicesKnown(store: TraceStore): Promise<string[]> {
  return store.select(serviceNames({ limit: MAX_NAMES }));
}

/** A name may be there once for each kind. */
export interface NamedOperation {
  name: string;
  spanKind: string;
}

/** The operations of a `service`, of one `spanKind` or of all. Throws {@link ParameterFault}. */
export async function operationsAsked(store: TraceStore, query: Parameters): Promise<NamedOperation[]> {
  const service = first(query, "service")?.text;
  if (service === undefined) throw new ParameterFault("service", "is required");
  const wanted = first(query, "spanKind", "span_kind")?.text.toLowerCase();
  const operations = await store.select(operationsOfService({ service, limit: MAX_NAMES }));
  return operations
    .flatMap(({ name, kinds }) => kinds.map((spanKind) => ({ name, spanKind })))
    .filter(({ spanKind }) => wanted === undefined || spanKind === wanted);
}
