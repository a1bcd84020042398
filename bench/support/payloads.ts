/**
 * Requests for load, each with runs that never were before, at next to no cost: a request is encoded once, before the clock
 * starts, and then stamped in place. A stamp gives each of its runs another UID, commit and name, all spans other ids, and moves
 * them to the present, so that neither deduplication nor compression has it easier than with runs of real life.
 *
 *     … trace id ────── span id ─── "build-7-" suffix ── start ─────── end ─────── …
 *       ^^^^ × stamp    ^^^^ × stamp           ^^^^^     + shift       + shift
 */
import type { Attributes, ResourceSpans, Span } from "../../src/trace/index.ts";
import { SUFFIX_ALPHABET } from "./dice.ts";
import type { Period } from "./run-story.ts";
import { runSpans, SPANS_PER_RUN, traceRequest } from "./spans.ts";

export interface Payload {
  body: Buffer;
  runs: number;
  spans: number;
}

/** The same request again and again, each time with other runs in it. */
export interface PayloadMill {
  /** Another number gives other runs. The body is good until the next is asked for. */
  stamped(number: number): Payload;
}

export interface PayloadShape {
  /** Number of the first run. */
  from: number;
  runs: number;
  format: "protobuf" | "json";
}

export function payloadMill({ from, runs, format }: PayloadShape): PayloadMill {
  const period: Period = { runs: from + runs, days: 1 / 24, untilMs: Date.UTC(2026, 0, 1) };
  const body = traceRequest({ from, runs, period, format });
  const content = Array.from({ length: runs }, (_, position) => runSpans(from + position, period));
  const slots = findSlots(body, content, format);
  return {
    stamped(number) {
      const stamp = stampOf(number, { runs, period });
      for (const { offset, write } of slots) write(body, offset, stamp);
      return { body, runs, spans: runs * SPANS_PER_RUN };
    },
  };
}

interface Stamp {
  idMask: number;
  /** Number of the first run; the others follow. */
  firstRun: number;
  shiftNs: bigint;
}

const RUN_AT_MOST_MS = 15 * 60_000;

/** Multiplying by an odd number is one-to-one in 32 bits: masks never repeat, and ids are spread evenly. */
function stampOf(number: number, { runs, period }: { runs: number; period: Period }): Stamp {
  return {
    idMask: Math.imul(number, 0x9e3779b1),
    firstRun: number * runs,
    shiftNs: BigInt(Date.now() - RUN_AT_MOST_MS - period.untilMs) * 1_000_000n,
  };
}

/** A place in the request that a stamp changes, and how. */
interface Slot {
  offset: number;
  write: WriteStamp;
}

type WriteStamp = (body: Buffer, offset: number, stamp: Stamp) => void;

/** What to look for in a run's stretch of the request. */
interface Needle {
  bytes: Buffer;
  /** Where in it the slot begins. */
  skip: number;
  write: WriteStamp;
}

/** Runs stand one after another in a request, each beginning with its UID, so each is searched in its own stretch only. */
function findSlots(body: Buffer, content: readonly ResourceSpans[], format: PayloadShape["format"]): Slot[] {
  const starts = content.map(({ resource }) => body.indexOf(String(resource["cicd.pipeline.run.id"])));
  return content.flatMap((each, run) => {
    const stretch = body.subarray(starts[run], starts[run + 1]);
    const base = starts[run] ?? 0;
    return needlesOf(each, run, format).flatMap(({ bytes, skip, write }) =>
      occurrences(stretch, bytes).map((at) => ({ offset: base + at + skip, write })),
    );
  });
}

function occurrences(stretch: Buffer, bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = stretch.indexOf(bytes); at >= 0; at = stretch.indexOf(bytes, at + 1)) found.push(at);
  return found;
}

function needlesOf(
  { resource, spans }: ResourceSpans,
  run: number,
  format: PayloadShape["format"],
): Needle[] {
  const name = String(spans[0]?.attributes["tekton.pipelinerun.name"]);
  const ids = [...new Set(spans.flatMap(({ traceId, spanId }) => [traceId, spanId]))];
  const times = [...new Set(spans.flatMap(timesOf))];
  return [
    { bytes: Buffer.from(name), skip: name.length - SUFFIX_LENGTH, write: writeName(run) },
    ...[resource, ...spans.map(({ attributes }) => attributes)].flatMap(idsInText).map(digitsNeedle),
    ...ids.map(format === "json" ? digitsNeedle : bytesNeedle),
    ...times.map(format === "json" ? decimalNeedle : fixed64Needle),
  ];
}

const IDS_IN_TEXT = [
  "cicd.pipeline.run.id",
  "vcs.ref.head.revision",
  "cicd.pipeline.task.run.id",
  "k8s.pod.uid",
];

function idsInText(attributes: Attributes): string[] {
  return IDS_IN_TEXT.flatMap((key) => (attributes[key] === undefined ? [] : String(attributes[key])));
}

function timesOf({ startNs, endNs, events }: Span): bigint[] {
  return [startNs, endNs, ...events.map(({ timeNs }) => timeNs)];
}

function digitsNeedle(digits: string): Needle {
  const value = leading(digits);
  const write: WriteStamp = (body, offset, { idMask }) =>
    body.write(((value ^ idMask) >>> 0).toString(16).padStart(8, "0"), offset, "latin1");
  return { bytes: Buffer.from(digits), skip: 0, write };
}

function bytesNeedle(digits: string): Needle {
  const value = leading(digits);
  const write: WriteStamp = (body, offset, { idMask }) => body.writeUInt32BE((value ^ idMask) >>> 0, offset);
  return { bytes: Buffer.from(digits, "hex"), skip: 0, write };
}

/** The first four bytes of an id. */
function leading(digits: string): number {
  return Number.parseInt(digits.slice(0, 8), 16);
}

function fixed64Needle(timeNs: bigint): Needle {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(timeNs);
  const write: WriteStamp = (body, offset, { shiftNs }) => body.writeBigUInt64LE(timeNs + shiftNs, offset);
  return { bytes, skip: 0, write };
}

function decimalNeedle(timeNs: bigint): Needle {
  const write: WriteStamp = (body, offset, { shiftNs }) =>
    body.write((timeNs + shiftNs).toString(), offset, "latin1");
  return { bytes: Buffer.from(timeNs.toString()), skip: 0, write };
}

const SUFFIX_LENGTH = 5;
const SUFFIXES = SUFFIX_ALPHABET.length ** SUFFIX_LENGTH;
/** Has no factor in common with the number of suffixes, so that neighbours get names far apart and none twice. */
const STRIDE = 7_654_321;

function writeName(run: number): WriteStamp {
  return (body, offset, { firstRun }) => {
    let rest = ((firstRun + run) * STRIDE) % SUFFIXES;
    for (let position = 0; position < SUFFIX_LENGTH; position++) {
      body[offset + position] = SUFFIX_ALPHABET.charCodeAt(rest % SUFFIX_ALPHABET.length);
      rest = Math.floor(rest / SUFFIX_ALPHABET.length);
    }
  };
}
