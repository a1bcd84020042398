import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRequest } from "./proto.testing.ts";
import { readBack } from "./readback.testing.ts";
import { countSpans, traceRequests } from "./requests.ts";
import { bareSpan, resourceSpansOf } from "./spans.testing.ts";

const MEBIBYTE = 1024 * 1024;

describe("traceRequests", () => {
  it("packs at most 2,000 spans into a request, across and within resources, each span once and in order", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3_000 }), { maxLength: 4 }), (sizes) => {
        const resourceSpans = sizes.flatMap((size, resource) =>
          resourceSpansOf(
            ...Array.from({ length: size }, (_, index) => bareSpan({ name: `${resource}/${index}` })),
          ),
        );
        const requests = [...traceRequests(resourceSpans, "protobuf")];
        const read = requests.flatMap(({ body }) => readBack(decodeRequest(body)));
        expect(names(read)).toEqual(names(resourceSpans));
        expect(requests.every(({ spans }) => spans > 0 && spans <= 2_000)).toBe(true);
        expect(requests.length).toBe(Math.ceil(countSpans(resourceSpans) / 2_000));
      }),
      { numRuns: 10 },
    );
  });

  it.each(["protobuf", "json"] as const)(
    "keeps a request of %s below the 4 MiB a gRPC server takes",
    (encoding) => {
      const spans = Array.from({ length: 20 }, () => bareSpan({ name: "x".repeat(MEBIBYTE / 2) }));
      const requests = [...traceRequests(resourceSpansOf(...spans), encoding)];
      expect(Math.max(...requests.map(({ body }) => body.length))).toBeLessThanOrEqual(4 * MEBIBYTE);
      expect(requests.map(({ spans: count }) => count)).toEqual([5, 5, 5, 5]);
    },
  );

  it("sends a span that is too large alone, and never splits it", () => {
    const spans = [bareSpan(), bareSpan({ name: "x".repeat(5 * MEBIBYTE) }), bareSpan()];
    const requests = [...traceRequests(resourceSpansOf(...spans), "protobuf")];
    expect(requests.map(({ spans: count }) => count)).toEqual([1, 1, 1]);
  });
});

function names(resourceSpans: ReturnType<typeof readBack>): string[] {
  return resourceSpans.flatMap(({ spans }) => spans.map(({ name }) => name));
}
