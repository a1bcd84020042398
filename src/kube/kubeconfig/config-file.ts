import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parse } from "yaml";

export type Section = Readonly<Record<string, unknown>>;

/** A named entry of a kubeconfig, and the directory that paths in it start from. */
export interface Entry {
  value: Section;
  directory: string;
}

/** What several kubeconfig files say together: of each name the first file's entry counts (client-go, clientcmd). */
export interface Kubeconfig {
  currentContext?: string;
  clusters: ReadonlyMap<string, Entry>;
  contexts: ReadonlyMap<string, Entry>;
  users: ReadonlyMap<string, Entry>;
}

export async function readConfigFiles(files: readonly string[]): Promise<Kubeconfig> {
  const documents = await Promise.all(files.map(readConfigFile));
  const entries = (list: string, inner: string) =>
    new Map(documents.toReversed().flatMap((document) => entriesOf(document, { list, inner })));
  const contexts = documents.map(({ value }) => textOf(value, "current-context"));
  return {
    currentContext: contexts.find((name) => name !== undefined),
    clusters: entries("clusters", "cluster"),
    contexts: entries("contexts", "context"),
    users: entries("users", "user"),
  };
}

async function readConfigFile(file: string): Promise<Entry> {
  const text = await readFile(file, "utf8");
  try {
    return { value: sectionOf(parse(text)), directory: dirname(file) };
  } catch (cause) {
    throw new Error(`kubeconfig ${file}: not YAML; correct it or name another with KUBECONFIG`, { cause });
  }
}

function entriesOf(
  { value, directory }: Entry,
  { list, inner }: { list: string; inner: string },
): [string, Entry][] {
  const items: unknown = value[list];
  return (Array.isArray(items) ? items : []).map((item) => {
    const section = sectionOf(item);
    return [textOf(section, "name") ?? "", { value: sectionOf(section[inner]), directory }];
  });
}

function sectionOf(value: unknown): Section {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Section) : {};
}

/** The text of a key; an empty one is none. */
export function textOf(section: Section, key: string): string | undefined {
  const value = section[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}
