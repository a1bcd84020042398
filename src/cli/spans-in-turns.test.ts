import { describe, expect, it } from "vitest";
import type { ResourceSpans, Span } from "../trace/index.ts";
import { SpansInTurns } from "./spans-in-turns.ts";

function spansOf(number: number): ResourceSpans {
  const spans = Array<Span>(number).fill({ name: "ReconcileKind" } as Span);
  return { resource: {}, scope: { name: "test", version: "1" }, spans };
}

function open(sink: (spans: readonly ResourceSpans[]) => Promise<void>) {
  const said: string[] = [];
  return { said, turns: new SpansInTurns(sink, (line) => said.push(line)) };
}

describe("spans of reconcilers, in turns", () => {
  it("are handed over together, some time after the first", async () => {
    let take = (_: readonly ResourceSpans[]) => {};
    const first = new Promise<readonly ResourceSpans[]>((resolve) => {
      take = resolve;
    });
    const { turns } = open(async (spans) => take(spans));
    const [one, two] = [spansOf(1), spansOf(2)];
    turns.add(one);
    turns.add(two);
    expect(await first).toEqual([one, two]);
    await turns.flush();
  });

  it("are all handed over by a flush, one batch after the other", async () => {
    const taken: number[] = [];
    let isBusy = false;
    const { turns } = open(async (batch) => {
      expect(isBusy).toBe(false);
      isBusy = true;
      await new Promise((resolve) => setTimeout(resolve, 20));
      isBusy = false;
      taken.push(batch.length);
    });
    turns.add(spansOf(1));
    void turns.flush();
    turns.add(spansOf(1));
    await turns.flush();
    expect(taken).toEqual([2]);
    await turns.flush();
    expect(taken).toEqual([2]);
  });

  it("are lost when they are not taken, which is said, and those after them are not", async () => {
    const answers = [() => Promise.reject(new Error("nobody listens"))];
    const taken: unknown[] = [];
    const { turns, said } = open(async (batch) => {
      await answers.shift()?.();
      taken.push(...batch);
    });
    turns.add(spansOf(1));
    await turns.flush();
    const later = spansOf(2);
    turns.add(later);
    await turns.flush();
    expect(taken).toEqual([later]);
    expect(said).toEqual(["spans of reconcilers lost: nobody listens"]);
  });

  it("are left out above a bound, which is said", async () => {
    const taken: ResourceSpans[] = [];
    const { turns, said } = open(async (batch) => void taken.push(...batch));
    for (let index = 0; index < 51; index++) turns.add(spansOf(1_000));
    await turns.flush();
    expect(taken).toHaveLength(50);
    expect(said).toEqual(["1000 spans of reconcilers left out: they are not taken fast enough"]);
    turns.add(spansOf(1));
    await turns.flush();
    expect(taken).toHaveLength(51);
  });
});
