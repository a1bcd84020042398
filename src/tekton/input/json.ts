/**
 * Reads Kubernetes objects out of JSON text of any size: one object, several one after the other or one per line, an
 * array, a list with `items`, or any of these in each other. Only one object is in memory at a time: the scanner finds
 * where it ends, JSON.parse gets its text.
 *
 * Reading alternates between three activities: between values it follows commas and brackets, within a value it scans
 * for its end, and behind a damaged value it searches for the next one.
 */
import { isUtf8 } from "node:buffer";
import { ByteWindow } from "./byte-window.ts";
import type { InputObject, InputReader, InputSink } from "./contract.ts";
import { CLOSE_BRACE, NEWLINE, OPEN_BRACE } from "./json-bytes.ts";
import { type Cut, leadOf } from "./json-cut.ts";
import { type Frame, JsonFrames } from "./json-frames.ts";
import { newScan, restartScan, scanValue } from "./json-scan.ts";
import { beginSearch, continueSearch, lineOf, swallowsOthers } from "./json-search.ts";
import { copyHead, firstNeeded, type OpenList, type OpenValue, type Search } from "./json-value.ts";
import { labelOfJson } from "./label.ts";
import { MAX_DEPTH, MAX_OBJECT_BYTES } from "./limits.ts";
import { ListItems } from "./list-items.ts";
import { isRecord } from "./record.ts";
import { itemKind, listHead, unwrap } from "./unwrap.ts";

const NOT_JSON = "is not valid JSON";
const TOO_BIG = `is larger than ${MAX_OBJECT_BYTES / 1024 / 1024} MiB`;
const TOO_DEEP = `is nested more than ${MAX_DEPTH} levels deep`;

/** Reads JSON text; see the top of the file. */
export class JsonReader implements InputReader {
  readonly #name: string;
  readonly #sink: InputSink;
  readonly #frames: JsonFrames;
  readonly #window = new ByteWindow();
  readonly #scan = newScan();
  #value: OpenValue | undefined;
  #ended = false;
  #endReported = false;

  constructor(name: string, sink: InputSink) {
    this.#name = name;
    this.#sink = sink;
    this.#frames = new JsonFrames(name, sink);
  }

  write(chunk: Uint8Array): void {
    const { at } = this.#scan;
    this.#window.append(chunk, this.#value === undefined ? at : firstNeeded(this.#value, at));
    this.#run();
  }

  end(): void {
    this.#ended = true;
    this.#run();
    const { top, depth } = this.#frames;
    if (depth > 1 && !this.#endReported) {
      const message = `the text ends before this list does, at ${this.#position()}: cut off; collect it again for the rest`;
      this.#sink.onProblem({ where: `${this.#name}: ${top.path || "array"}`, message });
    }
    while (this.#frames.depth > 1) this.#frames.pop();
  }

  #run(): void {
    let goesOn = true;
    while (goesOn) goesOn = this.#step();
  }

  /** Does the next piece of work; false when it needs more text. */
  #step(): boolean {
    const value = this.#value;
    if (value === undefined) return this.#passBetween();
    return value.search === undefined ? this.#scanOn(value) : this.#searchOn(value, value.search);
  }

  /** True when a value begins. */
  #passBetween(): boolean {
    const scan = this.#scan;
    const { bytes, base, end } = this.#window;
    while (scan.at < end && this.#value === undefined) {
      const byte = bytes[scan.at - base] as number;
      this.#value = this.#frames.take(byte, { at: scan.at, line: scan.line });
      if (byte === NEWLINE) scan.line++;
      scan.at++;
      if (this.#value !== undefined) this.#beginScan(this.#value, byte);
    }
    return this.#value !== undefined;
  }

  #beginScan(value: OpenValue, byte: number): void {
    const first = value.fate === "header" ? OPEN_BRACE : byte;
    const findItems = value.fate === "object" && this.#frames.depth < MAX_DEPTH;
    restartScan(this.#scan, { first, at: this.#scan.at, findItems });
  }

  #scanOn(value: OpenValue): boolean {
    const outcome = scanValue(this.#scan, this.#window, value.start);
    if (outcome === "more") return this.#needMore(value);
    if (outcome === "items") this.#openList(value);
    if (outcome === "end") this.#finish(value);
    if (outcome === "deep") this.#suspect(value);
    if (outcome === "broken") this.#search(value, "broken");
    return true;
  }

  #needMore(value: OpenValue): boolean {
    if (this.#ended) this.#search(value, "unfinished");
    else if (value.head === undefined && this.#window.end - value.start > MAX_OBJECT_BYTES) {
      this.#suspect(value);
      if (value.search === undefined) value.head = copyHead(this.#textOf(value));
    }
    return value.search !== undefined;
  }

  /** A value beyond the limits is either just that, or it is damaged and swallowed its neighbours. */
  #suspect(value: OpenValue): void {
    if (this.#swallowsOthers(value)) this.#search(value, "broken");
  }

  #openList(value: OpenValue): void {
    const where = this.#frames.whereItems(value);
    const textBefore = this.#window.slice(value.start, this.#scan.at - 1).toString();
    const head = listHead(parseObject(`${textBefore}[]}`) ?? {});
    const items = new ListItems({ where, head, sink: this.#sink });
    this.#frames.openList(value, { where, items, textBefore });
    this.#leave(value);
  }

  #finish(value: OpenValue): void {
    this.#leave(value);
    const size = this.#scan.at - value.start;
    if (value.fate === "loose") return;
    if (size > MAX_OBJECT_BYTES) this.#refuse(value, TOO_BIG);
    else if (this.#scan.tooDeep) this.#refuse(value, TOO_DEEP);
    else if (value.list !== undefined) this.#endList(value.list, this.#textOf(value));
    else this.#finishObject(value, this.#textOf(value));
  }

  #finishObject(value: OpenValue, text: Buffer): void {
    const frame = this.#frames.top;
    if (frame.count === 1) rememberLead(frame, text);
    const parsed = parseObject(text.toString());
    if (parsed === undefined) this.#goBack(value);
    else {
      if (!isUtf8(text))
        this.#report(value, "holds bytes that are not UTF-8: kept, with U+FFFD in their place");
      this.#handOn({ value: parsed, where: value.where }, frame);
    }
  }

  #handOn(object: InputObject, { list }: Frame): void {
    this.#frames.noteObject();
    if (list === undefined) unwrap(object, this.#sink);
    else list.items.add(object);
  }

  #endList({ textBefore, items, where }: OpenList, text: Buffer): void {
    const fields = parseObject(`${textBefore}[]${text}`);
    if (fields === undefined) {
      const message = "the fields of this list beside its items are not valid JSON; the items are read";
      this.#sink.onProblem({ where, message });
    }
    items.end(fields === undefined ? items.head : listHead(fields));
  }

  /** Goes back to what is between values, behind a value that ends where the scanner is. */
  #leave(value: OpenValue): void {
    this.#value = undefined;
    if (this.#scan.line !== value.line) this.#frames.indent = this.#window.indentAt(this.#scan.at);
    this.#frames.lineIsBlank = false;
  }

  /** An object that is not valid JSON, though its brackets match, may still have swallowed what follows it. */
  #goBack(value: OpenValue): void {
    if (!this.#swallowsOthers(value)) {
      this.#refuse(value, NOT_JSON);
      return;
    }
    this.#value = value;
    this.#search(value, "broken");
  }

  #swallowsOthers(value: OpenValue): boolean {
    const { lead } = this.#frames.top;
    return swallowsOthers(value, { window: this.#window, scan: this.#scan, lead });
  }

  #search(value: OpenValue, because: Search["because"]): void {
    const { lead } = this.#frames.top;
    beginSearch(value, { window: this.#window, scan: this.#scan, lead, because });
  }

  #searchOn(value: OpenValue, search: Search): boolean {
    const cut = continueSearch(value, search, { window: this.#window, ended: this.#ended });
    if (cut !== undefined) this.#goOnAt(cut, { value, search });
    else if (this.#ended) this.#giveUp(value, search);
    return cut !== undefined;
  }

  #goOnAt(cut: Cut, { value, search }: { value: OpenValue; search: Search }): void {
    const window = this.#window;
    this.#scan.line = lineOf(cut, { search, window });
    this.#scan.at = cut.at;
    this.#leave(value);
    this.#refuse(value, NOT_JSON);
    if (cut.opensItems) this.#frames.openItems(value);
    if (cut.indent === undefined) return;
    const first = window.byteAt(cut.at);
    if (first === CLOSE_BRACE && cut.indent === value.layout.indent) {
      this.#scan.at++;
      return;
    }
    this.#frames.beginLine(cut.indent);
    if (first === OPEN_BRACE) this.#frames.closeDownTo(cut.indent);
  }

  #giveUp(value: OpenValue, { because }: Search): void {
    this.#endReported = true;
    this.#value = undefined;
    this.#scan.at = this.#window.end;
    const cutOff = `is cut off: the text ends within it, at ${this.#position()}; collect it again for the rest`;
    if (because === "unfinished") this.#report(value, cutOff);
    else this.#refuse(value, NOT_JSON);
  }

  #refuse(value: OpenValue, fault: string): void {
    const { line, start } = value;
    this.#report(value, `${fault} (it starts at line ${line}, byte ${start}): left out, the rest is read`);
  }

  /** Reports a value; of a header, which is the end of a list, that too. */
  #report(value: OpenValue, message: string): void {
    value.list?.items.end(value.list.items.head);
    const kind = itemKind(this.#frames.top.list?.items.head ?? {});
    const object = labelOfJson(this.#textOf(value), kind);
    this.#sink.onProblem({ where: value.where, ...(object !== undefined && { object }), message });
  }

  /** The text of a value up to where reading is, or as much of its beginning as has been kept. */
  #textOf({ head, start }: OpenValue): Buffer {
    const { at } = this.#scan;
    return head?.subarray(0, at - start) ?? this.#window.slice(start, at);
  }

  #position(): string {
    return `line ${this.#scan.line}, byte ${this.#window.end}`;
  }
}

function rememberLead(frame: Frame, text: Buffer): void {
  const lead = leadOf(text);
  if (lead !== undefined) frame.lead = lead;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
