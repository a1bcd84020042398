import { Failure } from "./failure.ts";

/** Checks the value of an option that takes one of a few words. */
export function oneOf<Choice extends string>(
  option: string,
  value: string,
  choices: readonly Choice[],
): Choice {
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  throw new Failure(`${option} ${value}: choose one of ${choices.join(", ")}`);
}
