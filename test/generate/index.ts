// Dumps of runs that never took place, as a cluster would have written them.

// What happened, as a test can know it
export type * from "./history.ts";
// The text of a dump
export { kubectlList } from "./kubectl.ts";
export type { Json, JsonObject } from "./objects/json.ts";
// Scenarios made up from a seed
export { type Limits, randomScenario } from "./random-scenario.ts";
// A scenario played through
export { type GeneratedObjects, generateRun } from "./run.ts";
export type * from "./scenario.ts";
