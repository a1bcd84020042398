import { recognise, type Text } from "./content.ts";
import type { InputObject, InputProblem, InputReader } from "./contract.ts";
import { JsonReader } from "./json.ts";
import { explain, findSources, type Source } from "./sources.ts";
import { openYamlReader } from "./yaml.ts";

/** What to read, and who hears of it. */
export interface InputOptions {
  /** Files, directories, and `-` for standard input. */
  paths: readonly string[];
  stdin?: AsyncIterable<Uint8Array>;
  onObject(object: InputObject): void;
  onProblem(problem: InputProblem): void;
  /** Called after each chunk with the number of bytes read so far, as they are on disk. */
  onProgress?(bytesRead: number): void;
}

/** What was read. */
export interface InputTotals {
  /** As they are on disk: a compressed file counts with its compressed size. */
  bytes: number;
  files: number;
  /** Files in directories that are passed by because of their name. */
  filesSkipped: number;
}

/**
 * Reads Kubernetes objects from files, directories and standard input: JSON or YAML, single objects, lists and streams
 * of them, plain or compressed. Memory is bounded by the largest object, not by the input. What cannot be used is
 * reported and left out; nothing that is wrong with the input makes this throw. An error thrown by one of the
 * callbacks ends reading and is passed on.
 *
 * @example
 * const objects: unknown[] = [];
 * await readInput({
 *   paths: ["dump.json", "more/"],
 *   onObject: ({ value }) => objects.push(value),
 *   onProblem: ({ where, message }) => process.stderr.write(`${where}: ${message}\n`),
 * });
 */
export async function readInput(options: InputOptions): Promise<InputTotals> {
  const { paths, stdin } = options;
  const totals = { bytes: 0, files: 0, filesSkipped: 0 };
  for await (const found of findSources({ paths, stdin })) {
    if ("problem" in found) options.onProblem(found.problem);
    else if ("skipped" in found) totals.filesSkipped++;
    else await readSource(found.source, { options, totals });
  }
  return totals;
}

interface Run {
  options: InputOptions;
  totals: InputTotals;
}

async function readSource({ name, read }: Source, run: Run): Promise<void> {
  const { onProblem } = run.options;
  const raw = counted(read(), run.totals);
  const fail = (error: unknown): undefined => {
    onProblem({ where: name, message: explain(error) });
  };
  try {
    const content = await recognise(raw).catch(fail);
    if (content === undefined) return;
    run.totals.files++;
    if (content.format === "unusable") onProblem({ where: name, message: content.message });
    else
      await readText(untilFailure(content.chunks, fail), {
        reader: await openReader(name, content, run),
        run,
      });
  } finally {
    await raw.return(undefined);
  }
}

async function readText(
  chunks: AsyncIterable<Uint8Array>,
  { reader, run }: { reader: InputReader; run: Run },
): Promise<void> {
  for await (const chunk of chunks) {
    reader.write(chunk);
    run.options.onProgress?.(run.totals.bytes);
  }
  reader.end();
}

async function openReader(name: string, { format }: Text, { options }: Run): Promise<InputReader> {
  return format === "json" ? new JsonReader(name, options) : await openYamlReader(name, options);
}

async function* counted(chunks: AsyncIterable<Uint8Array>, totals: InputTotals): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    totals.bytes += chunk.length;
    yield chunk;
  }
}

/** Ends where reading fails, so that what came before is kept. */
async function* untilFailure(
  chunks: AsyncIterable<Uint8Array>,
  fail: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    fail(error);
  }
}
