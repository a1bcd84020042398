import { array, assert, constantFrom, double, nat, property, record, string, uniqueArray } from "fast-check";
import { expect, it } from "vitest";
import { parseExposition } from "./exposition.testing.ts";
import { writeExposition } from "./exposition.ts";
import { type Family, labelText } from "./family.ts";

const values = record({
  label: string({ unit: "grapheme", maxLength: 12 }),
  value: double({ min: 0, noNaN: true }),
  counts: array(nat(1_000), { minLength: 4, maxLength: 4 }),
});

const families = uniqueArray(
  record({
    place: nat(50),
    type: constantFrom("counter", "gauge", "histogram"),
    help: string({ unit: "grapheme", maxLength: 20 }),
    series: uniqueArray(values, { selector: ({ label }) => label, minLength: 1, maxLength: 4 }),
  }),
  { selector: ({ place }) => place, minLength: 1, maxLength: 5 },
);

it.each(["text", "openMetrics"] as const)("whatever is in it is read as it was written: %s", (format) => {
  assert(
    property(families, (given) => {
      const written = given.map(
        ({ place, type, help, series }): Family => ({
          name: `family_${place}_seconds`,
          type,
          help,
          unit: "seconds",
          series: series.map(({ label, value, counts }) => ({
            labels: labelText({ label }),
            value,
            createdSeconds: 1_787_044_800.125,
            ...(type === "histogram" && { buckets: { bounds: [-1, 0.5, 1e9], counts } }),
          })),
        }),
      );
      const parsed = parseExposition(writeExposition(written, format), format);
      expect(parsed.size).toBe(given.length);
      for (const { place, type, help, series } of given) {
        const suffix = type === "counter" && format === "text" ? "_total" : "";
        const family = parsed.get(`family_${place}_seconds${suffix}`);
        expect(family).toMatchObject({ type, help });
        const sampled = { counter: "_total", gauge: "", histogram: "_sum" }[type];
        const samples = family?.samples.filter(({ name }) => name === `family_${place}_seconds${sampled}`);
        expect(samples?.map(({ labels, value }) => [labels["label"], value])).toEqual(
          series.map(({ label, value }) => [label, value]),
        );
      }
    }),
    { numRuns: 200 },
  );
});
