/**
 * Cuts YAML text into pieces that can be parsed one by one: documents, and for a list as kubectl writes it the items.
 *
 *     apiVersion: v1            header
 *     items:                    header, as `items: []`
 *     - kind: PipelineRun       item 0, with a space in place of the dash: the same columns, a document of its own
 *       metadata: …
 *     - kind: Pod               item 1
 *     kind: List                header
 *     ---                       next document
 *
 * `---` and `...` in the first column always separate documents (YAML 1.2.2 section 9.1.2), and a line of a list that is
 * indented as deep as its dashes and begins with one always begins an item: text within an item is indented deeper.
 */
import { LABEL_BYTES, MAX_OBJECT_BYTES } from "./limits.ts";

/** A part of the text that can be parsed alone. */
export interface YamlPiece {
  kind: "document" | "item" | "header";
  text: string;
  /** Number of its first line, from 1. */
  line: number;
  /** Number of its document, from 1. */
  document: number;
  /** Number of the item in its list, from 0. */
  item: number;
  /** Whether it is larger than MAX_OBJECT_BYTES; `text` is only its beginning then. */
  tooBig: boolean;
}

/** A longer line is taken in parts: only its beginning tells what it is. */
const LONG_LINE = 64 * 1024;

/** Cuts text, given in parts of any size, into pieces. */
export class YamlSplitter {
  readonly #onPiece: (piece: YamlPiece) => void;
  #rest = "";
  #withinLine = false;
  #line = 0;
  #document = 1;
  #marked = false;
  #body = newPart(1);
  #item: Part | undefined;
  #items = 0;
  #itemIndent: number | undefined;
  /** Blank lines and comments since a line `items:`, while it is open whether a list follows. */
  #afterItemsKey: string[] | undefined;

  constructor(onPiece: (piece: YamlPiece) => void) {
    this.#onPiece = onPiece;
  }

  write(text: string): void {
    const all = this.#rest + text;
    let from = 0;
    for (let end = all.indexOf("\n"); end !== -1; end = all.indexOf("\n", from)) {
      this.#takeLine(all.slice(from, end + 1));
      from = end + 1;
    }
    this.#rest = all.slice(from);
    if (this.#rest.length > LONG_LINE) this.#takeRest();
  }

  end(): void {
    this.#takeRest();
    this.#endDocument();
  }

  #takeRest(): void {
    const rest = this.#rest;
    this.#rest = "";
    if (rest !== "") this.#takeLine(rest);
  }

  #takeLine(line: string): void {
    const continues = this.#withinLine;
    this.#withinLine = !line.endsWith("\n");
    if (continues) append(this.#item ?? this.#body, line);
    else {
      this.#line++;
      this.#takeWholeLine(line);
    }
  }

  #takeWholeLine(line: string): void {
    const marker = MARKER.exec(line)?.[1];
    if (marker === undefined) this.#takeContent(line);
    else this.#separate(marker, line);
  }

  #separate(marker: string, line: string): void {
    this.#endDocument();
    this.#marked = marker === "---";
    if (this.#marked) append(this.#body, line.replace("---", "   "));
  }

  #takeContent(line: string): void {
    const dash = DASH.exec(line)?.[1];
    if (this.#itemIndent !== undefined) this.#takeListLine(line, dash);
    else if (this.#afterItemsKey !== undefined) this.#takeFirstItem(line, dash, this.#afterItemsKey);
    else if (ITEMS_KEY.test(line)) this.#afterItemsKey = [line];
    else append(this.#body, line);
  }

  #takeFirstItem(line: string, dash: string | undefined, before: string[]): void {
    before.push(line);
    if (!hasContent(line)) return;
    this.#afterItemsKey = undefined;
    if (dash === undefined) for (const each of before) append(this.#body, each);
    else {
      append(this.#body, "items: []\n");
      this.#itemIndent = dash.length;
      this.#beginItem(line);
    }
  }

  /** Only a key ends the items; whatever else is out of place belongs to the item, which it damages. */
  #takeListLine(line: string, dash: string | undefined): void {
    if (dash?.length === this.#itemIndent) this.#beginItem(line);
    else if (TOP_KEY.test(line)) {
      this.#endItem();
      append(this.#body, line);
    } else append(this.#item ?? this.#body, line);
  }

  #beginItem(line: string): void {
    this.#endItem();
    this.#item = newPart(this.#line);
    append(this.#item, line.replace("-", " "));
  }

  #endItem(): void {
    const item = this.#item;
    this.#item = undefined;
    if (item !== undefined) this.#emit("item", item);
  }

  #endDocument(): void {
    this.#endItem();
    for (const line of this.#afterItemsKey ?? []) append(this.#body, line);
    const isList = this.#itemIndent !== undefined;
    const body = this.#body;
    if (body.hasContent) this.#emit(isList ? "header" : "document", body);
    if (body.hasContent || this.#marked) this.#document++;
    this.#body = newPart(this.#line);
    this.#marked = false;
    this.#items = 0;
    this.#itemIndent = undefined;
    this.#afterItemsKey = undefined;
  }

  #emit(kind: YamlPiece["kind"], { lines, line, size }: Part): void {
    const item = kind === "item" ? this.#items++ : 0;
    const tooBig = size > MAX_OBJECT_BYTES;
    this.#onPiece({ kind, text: lines.join(""), line, document: this.#document, item, tooBig });
  }
}

const MARKER = /^(---|\.\.\.)(?:\s|$)/;
const ITEMS_KEY = /^items:\s*(?:#.*)?$/;
const DASH = /^( *)-(?:\s|$)/;
const TOP_KEY = /^["']?\w+["']?:(?:\s|$)/;

interface Part {
  lines: string[];
  /** Number of its first line. */
  line: number;
  /** Number of its characters, those left out included. */
  size: number;
  /** Whether it has more than blank lines, comments and directives. */
  hasContent: boolean;
}

function newPart(line: number): Part {
  return { lines: [], line, size: 0, hasContent: false };
}

/** Of a part that outgrows the limit only the beginning is kept. */
function append(part: Part, line: string): void {
  const fitted = part.size <= MAX_OBJECT_BYTES;
  part.size += line.length;
  part.hasContent ||= hasContent(line);
  if (part.size <= MAX_OBJECT_BYTES) part.lines.push(line);
  else if (fitted) part.lines = [part.lines.join("").slice(0, LABEL_BYTES)];
}

function hasContent(line: string): boolean {
  return !/^(?:\s*(?:#|$)|%)/.test(line);
}
