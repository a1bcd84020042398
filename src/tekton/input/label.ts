import { QUOTE } from "./json-bytes.ts";
import { LABEL_BYTES } from "./limits.ts";

/** What names an object to a reader. */
interface Identity {
  kind?: string;
  namespace?: string;
  name?: string;
}

/** `PipelineRun demo/ship-7k2mq` of an object that was read; undefined when it names nothing. */
export function labelOf(value: Record<string, unknown>): string | undefined {
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  return write({
    ...named("kind", value.kind),
    ...named("namespace", metadata.namespace),
    ...named("name", metadata.name),
  });
}

/**
 * The same from JSON text that need not be valid nor complete. Reads strings, brackets and colons from the start
 * until kind, namespace and name are found; `kind` is what to assume when the text does not say.
 */
export function labelOfJson(text: Buffer, kind?: string): string | undefined {
  const found: Identity = {};
  for (const { path, value } of stringFields(text.toString("utf8", 0, LABEL_BYTES))) {
    const field = FIELDS.get(path.replace(/^\.object\./, "."));
    if (field !== undefined && PLAUSIBLE.test(value)) found[field] ??= value;
    if (found.kind !== undefined && found.name !== undefined && found.namespace !== undefined) break;
  }
  return write({ ...named("kind", kind), ...found });
}

/** The same from YAML in block style; `kind:` and `metadata:` stand at the indentation of the first key. */
export function labelOfYaml(text: string): string | undefined {
  const head = text.slice(0, LABEL_BYTES);
  const indent = /^( *)[\w"'][^\n]*:/m.exec(head)?.[1] ?? "";
  const metadata = new RegExp(
    `^${indent}metadata:[^\\n]*\\n((?:(?:${indent} [^\\n]*)?(?:\\n|$))*)`,
    "m",
  ).exec(head)?.[1];
  const inner = /^ */.exec(metadata ?? "")?.[0] ?? "";
  return write({
    ...named("kind", yamlField(head, `${indent}kind`)),
    ...named("namespace", yamlField(metadata, `${inner}namespace`)),
    ...named("name", yamlField(metadata, `${inner}name`)),
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function write({ kind, namespace, name }: Identity): string | undefined {
  const fullName = name !== undefined && namespace !== undefined ? `${namespace}/${name}` : name;
  const label = [kind, fullName].filter((part) => part !== undefined).join(" ");
  return label === "" ? undefined : label;
}

function named(field: keyof Identity, value: unknown): Identity {
  return typeof value === "string" && value !== "" ? { [field]: value } : {};
}

const FIELDS = new Map<string, keyof Identity>([
  [".kind", "kind"],
  [".metadata.namespace", "namespace"],
  [".metadata.name", "name"],
]);

/** Next to a missing quote, punctuation takes the place of names. */
const PLAUSIBLE = /^[\w.:-]+$/;

const TOKEN = /"([^"\\\n]*(?:\\.[^"\\\n]*)*)"|[{}[\]:,\n]/g;

/** Every string that is the value of a key, with the keys that lead to it: `.metadata.name`. */
function* stringFields(text: string): Generator<{ path: string; value: string }> {
  const parents: string[] = [];
  let key = "";
  let last = "";
  let afterColon = false;
  for (const [token, content] of text.matchAll(TOKEN)) {
    if (token.charCodeAt(0) === QUOTE && content !== undefined) {
      if (afterColon && parents.length > 0) yield { path: `${parents.join("")}.${key}`, value: content };
      last = content;
    }
    if (token === ":") key = last;
    if (token === "{" || token === "[") parents.push(parents.length === 0 ? "" : `.${key}`);
    if (token === "}" || token === "]") parents.pop();
    afterColon = token === ":" || (afterColon && token === "\n");
  }
}

function yamlField(text: string | undefined, key: string): string | undefined {
  return new RegExp(`^${key}: *["']?([^\\s"'#]+)`, "m").exec(text ?? "")?.[1];
}
