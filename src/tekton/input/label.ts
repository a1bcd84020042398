import { LABEL_BYTES } from "./limits.ts";

/** What names an object to a reader. */
interface Identity {
  kind?: string;
  namespace?: string;
  name?: string;
}

/**
 * `PipelineRun demo/ship-7k2mq`, or what of it is known, from JSON text that need not be valid nor complete. Reads
 * strings, brackets and colons from the start until kind, namespace and name are found; `kind` is what to assume when
 * the text does not say. Answers `undefined` when the text names nothing.
 */
export function labelOfJson(text: Buffer, kind?: string): string | undefined {
  const found: Identity = {};
  for (const { path, value } of stringFields(text.toString("utf8", 0, LABEL_BYTES))) {
    const name = FIELDS.get(path.replace(/^\.object\./, "."));
    if (name !== undefined && PLAUSIBLE.test(value)) found[name] ??= value;
    if (found.kind !== undefined && found.name !== undefined && found.namespace !== undefined) break;
  }
  return write({ ...field("kind", kind), ...found });
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
    ...field("kind", yamlField(head, `${indent}kind`)),
    ...field("namespace", yamlField(metadata, `${inner}namespace`)),
    ...field("name", yamlField(metadata, `${inner}name`)),
  });
}

function write({ kind, namespace, name }: Identity): string | undefined {
  const fullName = name !== undefined && namespace !== undefined ? `${namespace}/${name}` : name;
  const label = [kind, fullName].filter((part) => part !== undefined).join(" ");
  return label === "" ? undefined : label;
}

function field(name: keyof Identity, value: string | undefined): Identity {
  return value === undefined ? {} : { [name]: value };
}

const FIELDS = new Map<string, keyof Identity>([
  [".kind", "kind"],
  [".metadata.namespace", "namespace"],
  [".metadata.name", "name"],
]);

/** Next to a missing quote, punctuation takes the place of names. */
const PLAUSIBLE = /^[\w.:-]+$/;

/** The end of a string is optional: what has none must not be tried again from each quote within it. */
const TOKEN = /"([^"\\\n]*(?:\\.[^"\\\n]*)*)("?)|[{}[\]:,\n]/g;

/** Names stand no deeper: `.object.metadata.name`. */
const DEEPEST = 3;

/** Every string that is the value of a key, with the keys that lead to it: `.metadata.name`. */
function* stringFields(text: string): Generator<{ path: string; value: string }> {
  const parents: string[] = [];
  let key = "";
  let last = "";
  let afterColon = false;
  for (const [token, content, end] of text.matchAll(TOKEN)) {
    if (content !== undefined && end !== "") {
      if (afterColon && parents.length > 0 && parents.length <= DEEPEST)
        yield { path: `${parents.join("")}.${key}`, value: content };
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
