/** What steps print, on its way to the terminal: whole lines, each with its task and step in front. */
import { StringDecoder } from "node:string_decoder";
import { type Colour, painter, type Terminal } from "../terminal.ts";

/** Where a line comes from. */
export interface LineSource {
  task: string;
  step: string;
}

export interface StepOutput {
  /** Never waits: what the terminal cannot take in time is left out, and the output says how much. */
  write(source: LineSource, chunk: Uint8Array): void;
  /** Writes what has no end of line yet, and answers when all is written. */
  end(): Promise<void>;
}

/** A line longer than this goes out in pieces. */
const MAX_LINE_CHARACTERS = 16 * 1024;
const MAX_WAITING_CHARACTERS = 8 * 1024 * 1024;
const COLOURS: readonly Colour[] = ["blue", "green", "yellow"];

export function stepOutput(
  terminal: Pick<Terminal, "hasColour">,
  print: (text: string) => Promise<void>,
): StepOutput {
  const paint = painter(terminal);
  const unfinished = new Map<string, { decoder: StringDecoder; text: string; prefix: string }>();
  let waiting = 0;
  let leftOut = 0;
  let printing = Promise.resolve();

  const put = (text: string) => {
    if (waiting > MAX_WAITING_CHARACTERS) {
      leftOut += text.length;
      return;
    }
    const note = leftOut === 0 ? "" : `… ${leftOut} characters left out: the terminal is too slow\n`;
    leftOut = 0;
    waiting += text.length;
    printing = printing
      .then(() => print(note + text))
      .then(() => {
        waiting -= text.length;
      });
  };

  const sourceOf = ({ task, step }: LineSource) => {
    const key = `${task}\0${step}`;
    const known = unfinished.get(key);
    if (known !== undefined) return known;
    const colour = COLOURS[unfinished.size % COLOURS.length] ?? "grey";
    const source = { decoder: new StringDecoder(), text: "", prefix: paint(`[${task} : ${step}] `, colour) };
    unfinished.set(key, source);
    return source;
  };

  return {
    write(from, chunk) {
      const source = sourceOf(from);
      const text =
        source.text + source.decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      const end = text.lastIndexOf("\n");
      const rest = text.slice(end + 1);
      const isTooLong = rest.length > MAX_LINE_CHARACTERS;
      source.text = isTooLong ? "" : rest;
      if (end >= 0) put(withPrefix(text.slice(0, end), source.prefix));
      if (isTooLong) put(withPrefix(rest, source.prefix));
    },
    end() {
      for (const { prefix, text, decoder } of unfinished.values()) {
        const rest = text + decoder.end();
        if (rest !== "") put(withPrefix(rest, prefix));
      }
      unfinished.clear();
      return printing;
    },
  };
}

/** At once for all lines: a step may print a million of them. */
function withPrefix(lines: string, prefix: string): string {
  return `${prefix}${lines.replaceAll("\n", `\n${prefix}`)}\n`;
}
