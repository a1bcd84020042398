import type { parseDocument } from "yaml";
import type { InputObject, InputReader, InputSink } from "./contract.ts";
import { labelOfYaml } from "./label.ts";
import { MAX_DEPTH, MAX_OBJECT_BYTES, MAX_YAML_BYTES } from "./limits.ts";
import { ListItems } from "./list-items.ts";
import { isRecord } from "./record.ts";
import { listHead, unwrap, unwrapEach } from "./unwrap.ts";
import { type YamlPiece, YamlSplitter } from "./yaml-split.ts";

/** Prepares a reader of YAML text. The library is loaded only now, since most input is JSON. */
export async function openYamlReader(name: string, sink: InputSink): Promise<InputReader> {
  const library = await import("yaml");
  const pieces = new YamlPieces({ name, sink, parse: library.parseDocument });
  const splitter = new YamlSplitter((piece) => pieces.take(piece));
  const decoder = new TextDecoder();
  return {
    write: (chunk) => splitter.write(decoder.decode(chunk, { stream: true })),
    end() {
      splitter.write(decoder.decode());
      splitter.end();
    },
  };
}

/** Parses the pieces of one text, each on its own, and hands on the objects in them. */
class YamlPieces {
  readonly #name: string;
  readonly #sink: InputSink;
  readonly #parse: typeof parseDocument;
  #list: ListItems | undefined;

  constructor(source: { name: string; sink: InputSink; parse: typeof parseDocument }) {
    this.#name = source.name;
    this.#sink = source.sink;
    this.#parse = source.parse;
  }

  take(piece: YamlPiece): void {
    const parsed = this.#read(piece);
    if (piece.kind === "header") this.#endList(piece, parsed);
    else if ("value" in parsed) this.#takeValue(piece, parsed.value);
    else this.#report(piece, `${parsed.fault} (it starts at line ${piece.line}): left out, the rest is read`);
  }

  #read(piece: YamlPiece): Parsed {
    if (piece.tooBig) return { fault: `is larger than ${MAX_OBJECT_BYTES / MIB} MiB` };
    const json = piece.text.trimStart().startsWith("{") ? parseJson(piece.text) : undefined;
    if (json === undefined && piece.text.length > MAX_YAML_BYTES) {
      return { fault: `is larger than ${MAX_YAML_BYTES / MIB} MiB of YAML; write it as JSON instead` };
    }
    const parsed = json ?? parseYaml(piece, this.#parse);
    if ("value" in parsed && isDeeper(parsed.value, MAX_DEPTH)) {
      return { fault: `is nested more than ${MAX_DEPTH} levels deep, or contains itself` };
    }
    return parsed;
  }

  #takeValue(piece: YamlPiece, value: unknown): void {
    const where = this.#where(piece);
    if (value === null || value === undefined) return;
    if (isRecord(value)) this.#handOn({ value, where }, piece);
    else if (Array.isArray(value)) unwrapEach(value, { head: {}, where, sink: this.#sink });
    else this.#report(piece, "is neither JSON nor YAML with Kubernetes objects: left out");
  }

  #handOn(object: InputObject, { kind, document }: YamlPiece): void {
    if (kind === "document") unwrap(object, this.#sink);
    else this.#listOf(document).add(object);
  }

  #listOf(document: number): ListItems {
    this.#list ??= new ListItems({ where: this.#whereList(document), head: {}, sink: this.#sink });
    return this.#list;
  }

  /** kubectl writes the kind of a list after its items: without it, the text was cut off before its end. */
  #endList(piece: YamlPiece, parsed: Parsed): void {
    const head = "value" in parsed && isRecord(parsed.value) ? listHead(parsed.value) : {};
    this.#list?.end(head);
    this.#list = undefined;
    const where = this.#whereList(piece.document);
    if ("fault" in parsed) {
      const message = `the fields of this list beside its items: ${parsed.fault}; the items are read`;
      this.#sink.onProblem({ where, message });
    } else if (head.kind === undefined) {
      const message =
        "the text ends before this list names its kind: cut off, its last item perhaps too; collect it again";
      this.#sink.onProblem({ where, message });
    }
  }

  #where({ kind, document, item }: YamlPiece): string {
    return kind === "item" ? `${this.#whereList(document)}[${item}]` : `${this.#name}: document ${document}`;
  }

  #whereList(document: number): string {
    return document === 1 ? `${this.#name}: items` : `${this.#name}: document ${document}, items`;
  }

  #report(piece: YamlPiece, message: string): void {
    const object = labelOfYaml(piece.text);
    this.#sink.onProblem({ where: this.#where(piece), ...(object !== undefined && { object }), message });
  }
}

type Parsed = { value: unknown } | { fault: string };

const MIB = 1024 * 1024;

/** Merge keys, as kubectl reads them; messages without the text around the fault, which may hold secrets. */
const OPTIONS = { merge: true, prettyErrors: false, logLevel: "error" } as const;

/** The library answers with errors, or throws them: aliases without anchor, or so many that they are an attack. */
function parseYaml({ text, line }: YamlPiece, parse: typeof parseDocument): Parsed {
  try {
    const document = parse(text, OPTIONS);
    const [error] = document.errors;
    if (error === undefined) return { value: document.toJS() };
    const errorLine = line + text.slice(0, error.pos[0]).split("\n").length - 1;
    return { fault: `is not valid YAML, line ${errorLine}: ${error.message}` };
  } catch (error) {
    return { fault: `is not usable YAML: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** JSON is YAML too, but JSON.parse is a hundred times faster. */
function parseJson(text: string): Parsed | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Stops at the first path that is too long, so a value that contains itself is found at once. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}
