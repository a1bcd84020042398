/**
 * The shapes of fields, and reading YAML by them: nulls are as absent, what nobody knows is left out with a warning, and what
 * is of another type is a problem. What was read can be used as what the types say it is.
 */
import { goDurationMillis, paramValueOf } from "../../spec/index.ts";
import { type FieldProblem, missing, type Problems, quote } from "../problem.ts";
import { nearestOf } from "./nearest.ts";

export type Shape =
  | "text"
  /** A text that has to be there. */
  | "name"
  | "integer"
  | "boolean"
  /** A Go duration. */
  | "duration"
  /** Value of a param or result: text, list of texts, texts by key; whatever else becomes its text. */
  | "value"
  /** The same, and the empty text where there is none. */
  | "given value"
  /** Anything; left as it is. */
  | "any"
  | { list: Shape }
  | { map: Shape }
  | { fields: Fields }
  /** For shapes that contain themselves. */
  | (() => Shape);

export type Fields = Readonly<Record<string, Shape>>;

export interface Reading {
  value: unknown;
  problems: Problems;
  warnings: readonly string[];
}

/** Reads a value that stands at the path. */
export function readAs(shape: Shape, value: unknown, path: string): Reading {
  const reader = new Reader();
  return { value: reader.read(shape, value, path), problems: reader.problems, warnings: reader.warnings };
}

class Reader {
  readonly problems: FieldProblem[] = [];
  readonly warnings: string[] = [];

  read(shape: Shape, value: unknown, path: string): unknown {
    if (typeof shape === "function") return this.read(shape(), value, path);
    if (value === undefined || value === null || shape === "any") return value ?? undefined;
    if (typeof shape === "string") return this.#readScalar(shape, value, path);
    if ("list" in shape) return this.#readList(shape.list, value, path);
    if ("map" in shape) return this.#readMap(shape.map, value, path);
    return this.#readFields(shape.fields, value, path);
  }

  #readScalar(shape: Shape & string, value: unknown, path: string): unknown {
    if (shape === "value" || shape === "given value") return paramValueOf(value);
    if (shape === "boolean" && typeof value !== "boolean") this.#expect("true or false", value, path);
    if (shape === "integer" && !Number.isInteger(value)) this.#expect("an integer", value, path);
    if ((shape === "text" || shape === "name") && typeof value !== "string")
      this.#expect("text", value, path);
    if (shape === "duration") this.#checkDuration(value, path);
    return value;
  }

  #checkDuration(value: unknown, path: string): void {
    const expected = "a duration such as 90s or 1h30m";
    if (typeof value !== "string") this.#expect(expected, value, path);
    else if (goDurationMillis(value) === undefined)
      this.#report(`expected ${expected}, got ${quote(value)}`, path);
  }

  #readList(element: Shape, value: unknown, path: string): unknown {
    if (!Array.isArray(value)) return this.#expect("a list", value, path);
    return value.map((each, index) => this.read(element, each ?? emptyOf(element), `${path}[${index}]`));
  }

  #readMap(element: Shape, value: unknown, path: string): unknown {
    if (!isMapping(value)) return this.#expect("a mapping", value, path);
    return present(
      Object.entries(value).map(([key, each]) => [key, this.read(element, each, `${path}.${key}`)]),
    );
  }

  #readFields(fields: Fields, value: unknown, path: string): unknown {
    if (!isMapping(value)) return this.#expect("a mapping", value, path);
    const given = this.#knownFields(fields, value, path);
    return present(
      Object.entries(fields).map(([key, shape]) => [
        key,
        this.#readField(shape, given.get(key), `${path}.${key}`),
      ]),
    );
  }

  /** By their right names: Go's JSON takes `mountpath` for `mountPath` where there is no better match, and so does Tekton. */
  #knownFields(
    fields: Fields,
    value: Readonly<Record<string, unknown>>,
    path: string,
  ): ReadonlyMap<string, unknown> {
    const given = new Map<string, unknown>();
    for (const [key, each] of Object.entries(value)) {
      const name = Object.hasOwn(fields, key) ? key : nameIn(fields, key);
      if (name === undefined) this.#warn(key, { fields, path });
      else if (name === key || !Object.hasOwn(value, name)) given.set(name, each);
    }
    return given;
  }

  #readField(shape: Shape, value: unknown, path: string): unknown {
    if (value !== undefined && value !== null) return this.read(shape, value, path);
    if (shape === "name") this.problems.push(missing(path));
    return shape === "given value" ? "" : undefined;
  }

  #warn(key: string, { fields, path }: { fields: Fields; path: string }): void {
    const nearest = nearestOf(key, Object.keys(fields));
    const hint = nearest === undefined ? "" : `; did you mean ${quote(nearest)}?`;
    this.warnings.push(`unknown field ${quote(`${path}.${key}`)}${hint}`);
  }

  #expect(what: string, value: unknown, path: string): undefined {
    this.#report(`expected ${what}, got ${describe(value)}`, path);
  }

  #report(message: string, path: string): void {
    this.problems.push({ message: `${path}: ${message}`, paths: [] });
  }
}

/** What a list's empty element is read as, so that its checks find what it lacks. */
function emptyOf(shape: Shape): unknown {
  return shape === "text" || shape === "value" ? "" : {};
}

function present(entries: [string, unknown][]): Record<string, unknown> {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function nameIn(fields: Fields, key: string): string | undefined {
  const lower = key.toLowerCase();
  return Object.keys(fields).find((name) => name.toLowerCase() === lower);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isMapping(value)) return "a mapping";
  if (typeof value === "string") return "text";
  return typeof value === "number" ? `the number ${value}` : `${value}`;
}
