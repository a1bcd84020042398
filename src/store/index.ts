// Storing

export { type EmbeddedStoreOptions, openEmbeddedStore } from "./embedded/store.ts";
export {
  type Added,
  type Fields,
  type Query,
  StoreError,
  type StoreHealth,
  type Tables,
  type TraceStore,
} from "./trace-store.ts";

// Asking

export { type StoredSpan, spanById, spansOfTraces } from "./queries/trace.ts";
