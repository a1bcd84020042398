export { type Clock, systemClock, timestamp } from "./clock.ts";
export type { EngineConfig } from "./config.ts";
export { type Engine, type EngineOptions, startEngine } from "./engine.ts";
export {
  evaluateWhen,
  goDurationMillis,
  joinReplacements,
  paramValueOf,
  type Replacements,
  replaceList,
  replaceText,
  replaceWhen,
  stepResultReplacements,
  textReplacements,
} from "./spec/index.ts";
export * from "./types/index.ts";
export { admit } from "./validate/index.ts";
