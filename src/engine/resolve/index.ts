export type { Hubs, RefSource, Resolution, ResolutionRequest, Resolving } from "./resolution.ts";
export { resolvers } from "./resolvers.ts";
export { resolvePipeline, resolveStepAction, resolveTask, resolving } from "./resolving.ts";
