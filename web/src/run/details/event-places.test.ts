import { describe, expect, it } from "vitest";
import { spanFrom } from "./details.testing.ts";
import { eventPlaces } from "./event-places.ts";

describe("the events of a span", () => {
  it("are placed by their time, in its order, never outside the line", () => {
    const at = (name: string, second: number) => ({
      name,
      time: `2026-11-08T09:00:${second}Z`,
      attributes: {},
    });
    const span = spanFrom({
      startTime: "2026-11-08T09:00:20Z",
      durationMs: 20_000,
      events: [at("terminated", 50), at("running", 30), at("waiting", 10)],
    });
    expect(eventPlaces(span).map(({ event, offsetMs, share }) => [event.name, offsetMs, share])).toEqual([
      ["waiting", -10_000, 0],
      ["running", 10_000, 0.5],
      ["terminated", 30_000, 1],
    ]);
  });

  it("are at the start of a span without length", () => {
    const span = spanFrom({
      durationMs: 0,
      events: [{ name: "x", time: "2026-11-08T09:00:00Z", attributes: {} }],
    });
    expect(eventPlaces(span)[0]?.share).toBe(0);
  });
});
