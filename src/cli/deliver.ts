import { type ExportSettings, exportSpans, printableEndpoint } from "../otlp/index.ts";
import type { ResourceSpans } from "../trace/index.ts";
import { count } from "./count.ts";
import type { Destination } from "./destination.ts";
import { Failure } from "./failure.ts";
import { tokenAdvice } from "./server-address.ts";
import { DEFAULT_DATA } from "./server-file.ts";
import { printable, type Terminal } from "./terminal.ts";

/**
 * Brings spans to where they are to go, and says in one line where that was and how to look at them. Answers whether all of
 * them got there. What does not arrive does not keep the caller from showing what it knows of the runs.
 */
export async function deliver(
  spans: Iterable<ResourceSpans>,
  destination: Destination,
  terminal: Terminal,
): Promise<boolean> {
  // Also to see them all go by: they are made, and counted, on the way.
  const found = unlessNone(spans);
  if (found === undefined) return true;
  switch (destination.kind) {
    case "nowhere":
      for (const _ of found);
      return true;
    case "collector":
      return send(found, destination.settings, terminal);
    case "server":
      return send(found, { ...destination.settings, ui: destination.ui }, terminal);
    case "store":
      return store(found, destination.directory, terminal);
  }
}

/** The same; undefined where there are none, so that no store is made and no server called for nothing. */
function unlessNone<Item>(items: Iterable<Item>): Iterable<Item> | undefined {
  const iterator = items[Symbol.iterator]();
  const first = iterator.next();
  if (first.done) return undefined;
  return (function* () {
    yield first.value;
    yield* { [Symbol.iterator]: () => iterator };
  })();
}

async function send(
  spans: Iterable<ResourceSpans>,
  { ui, ...settings }: ExportSettings & { ui?: string },
  terminal: Terminal,
): Promise<boolean> {
  const result = await exportSpans([...spans], settings);
  for (const warning of result.warnings) terminal.say(`warning: ${printable(warning)}`);
  if (result.accepted > 0) {
    const look = ui === undefined ? "" : `; look at them at ${ui}`;
    terminal.say(`${count(result.accepted, "span")} sent to ${printableEndpoint(settings)}${look}`);
  }
  if (result.kind === "complete") return true;
  const advice = (reason: string) =>
    ui !== undefined && reason.includes(" answered 401 ")
      ? tokenAdvice(ui, settings.headers["authorization"])
      : reason;
  const refused = [
    ...result.rejected.map((each) => `${count(each.spans, "span")} rejected: ${each.reason}`),
    ...result.failed.map((each) => `${count(each.spans, "span")} not sent: ${advice(each.reason)}`),
  ];
  for (const line of refused) terminal.say(printable(line));
  return false;
}

/** The engine is loaded here and not before: whoever stores nothing does not wait for it. */
async function store(
  spans: Iterable<ResourceSpans>,
  directory: string,
  terminal: Terminal,
): Promise<boolean> {
  const [{ openStore }, { keepSpans }] = await Promise.all([import("./open-store.ts"), import("./keep.ts")]);
  const opened = await openStore({ directory }, terminal).catch(expectedFailure);
  if (opened instanceof Failure) {
    for (const _ of spans); // Nothing keeps them, but the runs are to be seen.
    terminal.say(`nothing stored: ${opened.message} (--no-store just looks)`);
    return false;
  }
  try {
    const { kept, rejected, reason } = await keepSpans(opened, spans);
    const look = lookingCommand(directory);
    terminal.say(`${count(kept, "span")} stored in ${printable(directory)}; look at them with: ${look}`);
    if (rejected > 0) terminal.say(`${count(rejected, "span")} not stored: ${printable(reason)}`);
    return rejected === 0;
  } finally {
    await opened.close();
  }
}

function expectedFailure(fault: unknown): Failure {
  if (fault instanceof Failure) return fault;
  throw fault;
}

function lookingCommand(directory: string): string {
  return directory === DEFAULT_DATA ? "throughline up" : `throughline up --data ${printable(directory)}`;
}
