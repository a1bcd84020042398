/** What a run changes of its steps and sidecars (docs/compute-resources.md). */
import { repeatedAt } from "./names.ts";
import { expectedOneGotBoth, missing, type Problems } from "./problem.ts";

interface Overrides {
  stepSpecs?: unknown;
  sidecarSpecs?: unknown;
  computeResources?: unknown;
}

/** `path` is that of the object with the fields. */
export function checkOverrides(
  { stepSpecs, sidecarSpecs, computeResources }: Overrides,
  path: string,
): Problems {
  return [
    ...checkNamed(stepSpecs, `${path}.stepSpecs`),
    ...checkNamed(sidecarSpecs, `${path}.sidecarSpecs`),
    ...checkResources({ stepSpecs, computeResources }, path),
  ];
}

interface NamedOverride {
  name?: string;
  computeResources?: object;
}

function overridesOf(specs: unknown): readonly NamedOverride[] {
  return (specs ?? []) as readonly NamedOverride[];
}

function checkNamed(specs: unknown, path: string): Problems {
  const names = overridesOf(specs).map(({ name }) => name ?? "");
  const nameless = names.flatMap((name, index) => (name === "" ? [missing(`${path}[${index}].name`)] : []));
  const named = names.filter((name) => name !== "");
  const repeated = repeatedAt(named).map((index) => expectedOneGotBoth(`${path}[${index}].name`));
  return [...nameless, ...repeated];
}

/** Resources are given to steps or to the task. */
function checkResources({ stepSpecs, computeResources }: Overrides, path: string): Problems {
  const isOfSteps = overridesOf(stepSpecs).some(
    (each) => Object.keys(each.computeResources ?? {}).length > 0,
  );
  if (!isOfSteps || computeResources === undefined) return [];
  return [expectedOneGotBoth(`${path}.stepSpecs.resources`, `${path}.computeResources`)];
}
