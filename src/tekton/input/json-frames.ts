/**
 * What stands between JSON values: separators, and the brackets of arrays and lists, kept as a stack of frames.
 *
 *     {"kind":"List","items":[ {...}, {"kind":"PodList","items":[ {...}, {...} ]} ]}
 *                             ^ frame `items`                    ^ frame `items[1].items`
 */
import type { InputSink } from "./contract.ts";
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  isBlank,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from "./json-bytes.ts";
import type { OpenList, OpenValue } from "./json-value.ts";
import { MAX_DEPTH } from "./limits.ts";

/** The file itself, an array, or the items of a list. */
export interface Frame {
  kind: "file" | "array" | "list";
  /** Where it is: empty for the file, `items`, `line 17, items`, `items[3].items`, `[3]`. */
  path: string;
  /** How many values in it have begun. */
  count: number;
  /** Width of the white space that begins the line it was opened in. */
  openIndent: number;
  /** The same for the values in it, when one begins its line. */
  valueIndent?: number;
  /** How the values in it begin; see `leadOf`. */
  lead?: Buffer;
  list?: OpenList;
  /** Whether an object in it ended too early, so that the rest of its fields follows loose. */
  looseFields: boolean;
  /** How much of a loose field has been read. */
  looseField: "none" | "key" | "colon";
}

/** Where a byte stands. */
interface Place {
  at: number;
  line: number;
}

/** Follows what is between values. `indent` and `lineIsBlank` describe the line reading has come to. */
export class JsonFrames {
  indent = 0;
  lineIsBlank = true;
  readonly #name: string;
  readonly #sink: InputSink;
  readonly #frames: Frame[] = [newFrame({ kind: "file", path: "", openIndent: 0 })];
  #strayReported = false;

  constructor(name: string, sink: InputSink) {
    this.#name = name;
    this.#sink = sink;
  }

  /** The innermost frame. */
  get top(): Frame {
    return this.#frames.at(-1) as Frame;
  }

  get depth(): number {
    return this.#frames.length;
  }

  /** Acts on a byte between values; answers with the value when one begins there. */
  take(byte: number, place: Place): OpenValue | undefined {
    if (byte === NEWLINE) this.beginLine(0);
    else if (isBlank(byte)) this.indent += this.lineIsBlank ? 1 : 0;
    else {
      const value = this.#takeToken(byte, place);
      this.lineIsBlank = false;
      return value;
    }
    return undefined;
  }

  /** Says that reading has come to the first byte behind the white space of a line. */
  beginLine(indent: number): void {
    this.indent = indent;
    this.lineIsBlank = true;
  }

  /** Turns a value that proves to be a list into a frame for its items. */
  openList(value: OpenValue, list: OpenList): void {
    const path = pathInto(value.path, "items");
    this.#frames.push(newFrame({ kind: "list", path, openIndent: value.layout.indent, list }));
  }

  /** Goes into the items of a list whose own fields are damaged; those behind the items will be loose. */
  openItems(value: OpenValue): void {
    const path = pathInto(value.path, "items");
    this.top.looseFields = true;
    if (this.depth >= MAX_DEPTH) return;
    this.#frames.push(newFrame({ kind: "array", path, openIndent: value.layout.indent }));
  }

  /** The place of the items of a value that proves to be a list. */
  whereItems({ path }: OpenValue): string {
    return `${this.#name}: ${pathInto(path, "items")}`;
  }

  /** Leaves the frames that cannot reach to a value that begins a line with this indentation. */
  closeDownTo(indent: number): void {
    while (this.depth > 1 && this.top.openIndent >= indent && this.top.valueIndent !== indent) this.pop();
  }

  /** Leaves a frame whose end is missing. */
  pop(): void {
    const list = this.#frames.pop()?.list;
    list?.items.end(list.items.head);
  }

  /** Says that a whole object was read, so that what is stray from here on is reported anew. */
  noteObject(): void {
    this.top.looseFields = false;
    this.#strayReported = false;
  }

  #takeToken(byte: number, place: Place): OpenValue | undefined {
    const frame = this.top;
    const isLoose = readLooseField(frame, byte);
    if (byte === OPEN_BRACE) return this.#beginValue(isLoose ? "loose" : "object", place);
    if (byte === OPEN_BRACKET) return isLoose ? this.#beginValue("loose", place) : this.#openArray(place);
    if (byte === CLOSE_BRACKET) return this.#closeBracket(frame, place);
    if (byte === CLOSE_BRACE) return this.#closeBrace(frame, place);
    if (!frame.looseFields && !isSeparator(byte, frame)) this.#reportStray(place);
    return byte === QUOTE ? this.#beginValue("loose", place) : undefined;
  }

  #beginValue(fate: "object" | "loose", place: Place): OpenValue {
    const frame = this.top;
    const { indent, lineIsBlank: startsLine } = this;
    const path = this.#nextPath(place);
    const where = `${this.#name}: ${frame.kind === "file" ? `line ${place.line}` : path}`;
    if (fate === "object") frame.count++;
    if (fate === "object" && startsLine) frame.valueIndent ??= indent;
    return { fate, start: place.at, line: place.line, layout: { indent, startsLine }, path, where };
  }

  #nextPath({ line }: Place): string {
    const { kind, path, count } = this.top;
    if (kind !== "file") return `${path}[${count}]`;
    return count === 0 ? "" : `line ${line}`;
  }

  #openArray(place: Place): OpenValue | undefined {
    if (this.depth >= MAX_DEPTH) return this.#beginValue("object", place);
    const path = pathInto(this.#nextPath(place), "");
    this.top.count++;
    this.#frames.push(newFrame({ kind: "array", path, openIndent: this.indent }));
    return undefined;
  }

  /** What follows the items of a list is the rest of its own object. */
  #closeBracket({ kind, list, openIndent }: Frame, place: Place): OpenValue | undefined {
    if (kind === "file") this.#reportStray(place);
    else this.#frames.pop();
    if (list === undefined) return undefined;
    const layout = { indent: openIndent, startsLine: false };
    return {
      fate: "header",
      start: place.at + 1,
      line: place.line,
      layout,
      path: "",
      where: list.where,
      list,
    };
  }

  #closeBrace(frame: Frame, place: Place): undefined {
    if (frame.looseFields) {
      frame.looseFields = false;
      return;
    }
    this.#reportStray(place);
    if (frame.kind === "list") this.pop();
  }

  #reportStray({ line }: Place): void {
    if (this.#strayReported) return;
    this.#strayReported = true;
    const message = "holds a value or text that belongs to no object: left out, the rest is read";
    this.#sink.onProblem({ where: `${this.#name}: line ${line}`, message });
  }
}

function newFrame(frame: Pick<Frame, "kind" | "path" | "openIndent"> & { list?: OpenList }): Frame {
  return { ...frame, count: 0, looseFields: false, looseField: "none" };
}

/** Follows a key, a colon and the value of a field without an object; true when the byte begins its value. */
function readLooseField(frame: Frame, byte: number): boolean {
  const before = frame.looseField;
  frame.looseField = byte === QUOTE ? "key" : byte === COLON && before === "key" ? "colon" : "none";
  frame.looseFields ||= frame.looseField === "colon";
  return before === "colon";
}

/** The place of an array within a value: `items[3]` gives `items[3].items` for its items. */
function pathInto(path: string, member: "" | "items"): string {
  if (path === "" || member === "") return path + member;
  return path.endsWith("]") ? `${path}.${member}` : `${path}, ${member}`;
}

/** Between the objects of a file, commas, `---` lines and byte order marks are passed by. */
function isSeparator(byte: number, frame: Frame): boolean {
  return byte === COMMA || (frame.kind === "file" && FILE_SEPARATORS.includes(byte));
}

const FILE_SEPARATORS = Buffer.from("-\ufeff");
