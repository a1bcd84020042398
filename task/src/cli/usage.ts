/** Reading a command line, and saying what is wrong with it: for three small commands, and quicker to load than a library. */

/** A command line that cannot be understood; ends the command with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What a command takes, by the names of its options without dashes. */
export interface OptionNames {
  /** Given or not. */
  flags: readonly string[];
  /** With a value; given again, the last one counts. */
  values: readonly string[];
  /** With a value; may be given several times. */
  lists: readonly string[];
}

/** What was given. */
export interface Given {
  flags: ReadonlySet<string>;
  values: ReadonlyMap<string, string>;
  lists: ReadonlyMap<string, readonly string[]>;
  /** The words that are no options. */
  words: readonly string[];
}

/**
 * Reads `--name value`, `--name=value`, `-x` and words. `--` ends the options, and with `stopAtWord` so does the first word: then
 * what follows are the arguments of another program.
 *
 * @throws UsageError for an option that is unknown or lacks its value.
 */
export function readOptions(
  args: readonly string[],
  { names, stopAtWord = false }: { names: OptionNames; stopAtWord?: boolean },
): Given {
  const given = {
    flags: new Set<string>(),
    values: new Map<string, string>(),
    lists: new Map<string, string[]>(),
  };
  const words: string[] = [];
  const left = [...args];
  for (let arg = left.shift(); arg !== undefined; arg = left.shift()) {
    if (arg === "--") return { ...given, words: [...words, ...left] };
    if (isOption(arg)) takeOption({ arg, left, names, given });
    else if (stopAtWord) return { ...given, words: [arg, ...left] };
    else words.push(arg);
  }
  return { ...given, words };
}

/** A negative number is a word, and so is `-`. */
function isOption(arg: string): boolean {
  return /^-[^\d.]/.test(arg);
}

const SHORT: Readonly<Record<string, string>> = { "-h": "--help", "-o": "--output" };

/** Takes the value off the words that are left, unless it comes with the option. */
function takeOption(option: {
  arg: string;
  left: string[];
  names: OptionNames;
  given: { flags: Set<string>; values: Map<string, string>; lists: Map<string, string[]> };
}): void {
  const { arg, left, names, given } = option;
  const [shown = "", ...rest] = (SHORT[arg] ?? arg).split("=");
  const attached = rest.length > 0 ? rest.join("=") : undefined;
  const name = shown.startsWith("--") ? shown.slice(2) : "";
  if (names.flags.includes(name) && attached === undefined) {
    given.flags.add(name);
    return;
  }
  const isList = names.lists.includes(name);
  if (!isList && !names.values.includes(name)) throw new UsageError(`unknown option '${shown}'`);
  const value = attached ?? left.shift();
  if (value === undefined) throw new UsageError(`option '${shown}' lacks its value`);
  if (isList) given.lists.set(name, [...(given.lists.get(name) ?? []), value]);
  else given.values.set(name, value);
}

const MAXIMUM_ATTRIBUTES = 64;

/** The values of `--attr`: `key=value` each, the first 64 of them. @throws UsageError for one that is not. */
export function attributesOf(given: Given): Record<string, string> {
  const pairs = given.lists.get("attr") ?? [];
  const entries = pairs.map((pair) => {
    const equals = pair.indexOf("=");
    if (equals < 1) throw new UsageError(`--attr '${pair}' is not key=value`);
    return [pair.slice(0, equals), pair.slice(equals + 1)];
  });
  return Object.fromEntries(entries.slice(0, MAXIMUM_ATTRIBUTES));
}

const DEFAULT_TIMEOUT_SECONDS = "1";
/** What a timer can hold. */
const MAXIMUM_TIMEOUT_MS = 2 ** 31 - 1;

/** Milliseconds to wait for a collector, by `--timeout`, else `THROUGHLINE_EXEC_TIMEOUT`, both in seconds. @throws UsageError */
export function timeoutMsOf(given: Given, env: Readonly<Record<string, string | undefined>>): number {
  const fromOption = given.values.get("timeout");
  const text = fromOption ?? (env["THROUGHLINE_EXEC_TIMEOUT"] || DEFAULT_TIMEOUT_SECONDS);
  const milliseconds = Number(text) * 1000;
  if (/^\d*\.?\d+$/.test(text) && milliseconds <= MAXIMUM_TIMEOUT_MS) return milliseconds;
  // A variable that somebody set for all steps must not keep a command from running.
  if (fromOption === undefined) return Number(DEFAULT_TIMEOUT_SECONDS) * 1000;
  throw new UsageError(`--timeout '${text}' is not a number of seconds`);
}
