import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generateRun, randomScenario } from "../../test/generate/index.ts";
import { loadObjects, objectsOf } from "../../test/load.ts";
import { ATTRIBUTES, type AttributeEntry, SPANS } from "./catalogue.ts";
import { buildTraces, type RunTrace } from "./index.ts";

const DUMPS = join(import.meta.dirname, "../../../shared/fixtures/real");

function onText({ on }: AttributeEntry): string {
  return typeof on === "string" ? on : on.join(", ");
}

function reference(): string {
  const spans = SPANS.map(
    ({ type, name, interval, parent, id }) => `| \`${type}\` | ${name} | ${interval} | ${parent} | ${id} |`,
  );
  const attributes = ATTRIBUTES.map(
    (entry) => `| \`${entry.key}\` | ${entry.type} | ${onText(entry)} | ${entry.meaning} |`,
  );
  return [
    "# Spans and attributes",
    "",
    "Written from `src/trace/catalogue.ts` by `npm test -- -u`; what they mean is in [trace-model.md](trace-model.md).",
    "",
    "## Spans",
    "",
    "| `throughline.type` | name | from → to | parent | id derived from |",
    "|---|---|---|---|---|",
    ...spans,
    "",
    "## Attributes",
    "",
    "| attribute | type | on | meaning |",
    "|---|---|---|---|",
    ...attributes,
    "",
  ].join("\n");
}

/** `tekton.result.digest` is listed as `tekton.result.{name}`. */
function entryFor(key: string, where: string): AttributeEntry | undefined {
  return ATTRIBUTES.find(
    ({ key: listed, on }) =>
      new RegExp(`^${listed.replaceAll(".", "\\.").replace(/\{.*\}/, ".+")}$`).test(key) &&
      (where === "resource"
        ? on === "resource"
        : on === "every span" || (on !== "resource" && on.includes(where as never))),
  );
}

function typeOf(value: unknown): AttributeEntry["type"] | undefined {
  if (Array.isArray(value)) return "string[]";
  if (typeof value === "bigint") return "int";
  return typeof value === "string" || typeof value === "boolean"
    ? (typeof value as "string" | "boolean")
    : undefined;
}

/** Every attribute of some traces as `where key type`. */
function emitted(runs: readonly RunTrace[]): Set<string> {
  const found = new Set<string>();
  for (const { resourceSpans } of runs) {
    for (const [key, value] of Object.entries(resourceSpans.resource))
      found.add(`resource ${key} ${typeOf(value)}`);
    for (const { attributes } of resourceSpans.spans) {
      for (const [key, value] of Object.entries(attributes)) {
        found.add(`${attributes["throughline.type"]} ${key} ${typeOf(value)}`);
      }
    }
  }
  return found;
}

function generatedTraces(): RunTrace[] {
  return Array.from(
    { length: 150 },
    (_, seed) => buildTraces(objectsOf(generateRun(randomScenario(seed), seed).all())).runs,
  ).flat();
}

describe("the catalogue of spans and attributes", () => {
  it("is what docs/trace-model-reference.md says", async () => {
    await expect(reference()).toMatchFileSnapshot("../../docs/trace-model-reference.md");
  });

  it("lists everything the model emits for generated runs, with its type", () => {
    expect(unlisted(emitted(generatedTraces()))).toEqual([]);
  });

  it.skipIf(!existsSync(DUMPS))(
    "lists everything the model emits for real dumps (needs ../shared)",
    async () => {
      const families = readdirSync(DUMPS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
      for (const { name } of families) {
        expect(unlisted(emitted(buildTraces(await loadObjects(join(DUMPS, name))).runs))).toEqual([]);
      }
    },
  );
});

function unlisted(found: ReadonlySet<string>): string[] {
  return [...found].filter((line) => {
    const [where = "", key = "", type = ""] = line.split(" ");
    return entryFor(key, where)?.type !== type;
  });
}
