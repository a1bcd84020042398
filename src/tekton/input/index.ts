export type { InputObject, InputProblem } from "./contract.ts";
export { type InputOptions, type InputTotals, readInput } from "./read.ts";
