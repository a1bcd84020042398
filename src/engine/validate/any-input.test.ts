import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isApiError, type KubeObject } from "../../kube/index.ts";
import { admit } from "./index.ts";
import { SPEC_SHAPES } from "./shape/index.ts";
import type { Shape } from "./shape/shape.ts";

const TEXTS = [
  "",
  "a",
  "$(params.a)",
  "$(params.a[*])",
  "$(tasks.a.results.r)",
  "$(params.a.b.c)",
  "1h",
  "-1s",
];

/** Most values of the shape, with fields that may be absent or null; now and then something else altogether. */
function valueAs(shape: Shape, depth = 0): fc.Arbitrary<unknown> {
  if (typeof shape === "function") return depth > 6 ? fc.constant({}) : valueAs(shape(), depth);
  const fitting = valueFitting(shape, depth);
  return fc.oneof(
    { weight: 30, arbitrary: fitting },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
  );
}

function valueFitting(shape: Exclude<Shape, () => Shape>, depth: number): fc.Arbitrary<unknown> {
  if (shape === "integer") return fc.integer();
  if (shape === "boolean") return fc.boolean();
  if (shape === "any") return fc.constant({});
  if (shape === "value")
    return fc.oneof(fc.constantFrom(...TEXTS), fc.array(fc.constantFrom(...TEXTS), { maxLength: 2 }));
  if (typeof shape === "string") return fc.constantFrom(...TEXTS);
  if ("list" in shape) return fc.array(valueAs(shape.list, depth + 1), { maxLength: 2 });
  if ("map" in shape) return fc.dictionary(fc.constantFrom("a", "b"), valueAs(shape.map, depth + 1));
  const fields = Object.entries(shape.fields);
  const chosen = fc.subarray(fields, { maxLength: Math.min(5, fields.length) });
  const required = fields.filter(([, each]) => each === "name");
  return chosen.chain((some) =>
    fc.record(
      Object.fromEntries([...required, ...some].map(([name, each]) => [name, valueAs(each, depth + 1)])),
    ),
  );
}

describe("whatever somebody sends", () => {
  it.each([...SPEC_SHAPES])(
    "as a %s is admitted or refused with reasons, and admitted again as it became",
    (kind, shape) => {
      const specs = valueAs(shape);
      fc.assert(
        fc.property(fc.constantFrom("v1", "v1beta1"), specs, (version, spec) => {
          const object = {
            apiVersion: `tekton.dev/${version}`,
            kind,
            metadata: { name: "demo" },
            spec,
          } as KubeObject;
          try {
            const first = admit({ operation: "create", object });
            const again = admit({ operation: "create", object: first.object });
            expect(again).toEqual({ object: first.object, warnings: [] });
          } catch (fault) {
            if (!isApiError(fault, 400)) throw fault;
            expect(fault.message).toContain("validation failed: ");
          }
        }),
        { numRuns: 300 },
      );
    },
  );
});
