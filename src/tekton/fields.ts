import { type Nanos, parseTime } from "./time.ts";

/** An object that does not have the shape its kind promises. The message names the field and what stands there. */
export class Damage extends Error {
  constructor(path: string, expected: string, found: unknown) {
    super(`${path}: expected ${expected}, found ${describe(found)}`);
    this.name = "Damage";
  }
}

/**
 * Reads the fields of one JSON object, whose shape is not known yet, into typed values.
 *
 * Absent and `null` are the same, because Go writes either. A field of a wrong type throws {@link Damage}
 * with its whole path. A time nobody can read is absent and leaves a doubt behind instead:
 * one bad timestamp is no reason to lose a run.
 */
export class Fields {
  readonly #json: Record<string, unknown>;
  readonly #parent: Fields | undefined;
  readonly #key: string;
  readonly doubts: string[];
  /** A watch saw the whole object go. */
  isDeleted = false;

  constructor(json: unknown, parent?: Fields, key = "") {
    this.#parent = parent;
    this.#key = key;
    this.doubts = parent?.doubts ?? [];
    if (!isObject(json)) throw new Damage(this.path || "the object", "an object", json);
    this.#json = json;
  }

  /** Where these fields stand in their object, e.g. `status.steps[2].terminated`. */
  get path(): string {
    return this.#parent === undefined ? this.#key : this.#parent.#pathOf(this.#key);
  }

  raw(key: string): unknown {
    return this.#json[key] ?? undefined;
  }

  text(key: string): string | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === "string") return value;
    throw this.#damage(key, "text", value);
  }

  /** Text that has to be there and say something. */
  requiredText(key: string): string {
    const value = this.text(key);
    if (value === undefined || value === "") throw this.#damage(key, "text", value);
    return value;
  }

  missing(key: string): never {
    throw this.#damage(key, "an object", undefined);
  }

  integer(key: string): number | undefined {
    const value = this.raw(key);
    if (value === undefined || Number.isSafeInteger(value)) return value as number | undefined;
    throw this.#damage(key, "a whole number", value);
  }

  time(key: string): Nanos | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const time = typeof value === "string" ? parseTime(value) : undefined;
    if (time === undefined) this.doubts.push(`${this.#pathOf(key)} is not a time: ${describe(value)}`);
    return time;
  }

  object(key: string): Fields | undefined {
    const value = this.raw(key);
    return value === undefined ? undefined : new Fields(value, this, key);
  }

  /** The objects of a list; an absent list is empty. */
  objects(key: string): Fields[] {
    return this.list(key).map((value, index) => new Fields(value, this, `${key}[${index}]`));
  }

  list(key: string): readonly unknown[] {
    const value = this.raw(key);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    throw this.#damage(key, "a list", value);
  }

  texts(key: string): string[] {
    return this.list(key).map((value, index) => {
      if (typeof value === "string") return value;
      throw this.#damage(`${key}[${index}]`, "text", value);
    });
  }

  /** The objects of a map, with their keys. */
  entries(key: string): [string, Fields][] {
    const map = this.object(key);
    return map === undefined
      ? []
      : Object.keys(map.#json).map((name) => [name, new Fields(map.#json[name], map, name)]);
  }

  /** Labels and annotations. One that is no text is left out with a doubt: it is no reason to lose a run either. */
  textMap(key: string): Record<string, string> {
    const map = this.object(key);
    if (map === undefined) return {};
    const damaged = Object.keys(map.#json).filter((name) => typeof map.#json[name] !== "string");
    if (damaged.length === 0) return map.#json as Record<string, string>;
    const texts = { ...map.#json };
    for (const name of damaged) {
      this.doubts.push(`${map.#pathOf(name)} is not text: ${describe(texts[name])}`);
      delete texts[name];
    }
    return texts as Record<string, string>;
  }

  #pathOf(key: string): string {
    const path = this.path;
    return path === "" ? key : `${path}.${key}`;
  }

  #damage(key: string, expected: string, found: unknown): Damage {
    return new Damage(this.#pathOf(key), expected, found);
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
