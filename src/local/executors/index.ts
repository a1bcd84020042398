// What runs containers on this machine, and which of them a run gets
export { chooseExecutor, type ExecutorOptions } from "./choose.ts";
export type {
  ContainerEnd,
  Executor,
  ExecutorName,
  Launch,
  Mount,
  RunningContainer,
} from "./executor.ts";
// What an image would have run, and whether this machine has it
export { programOfImage } from "./images.ts";
export { type Launchable, missingPrograms } from "./preflight.ts";
// What a killed process left behind
export { killStrays } from "./strays.ts";
