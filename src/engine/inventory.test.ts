/** What the reconcilers do, function by function; docs/reconcilers.md is written from it. */
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { SPAN_NAMES, type Traced } from "./tracing/index.ts";

const HERE = import.meta.dirname;

/** The folders of reconcilers, and what they share. */
const FOLDERS = ["pipeline-run", "task-run", "resolve"];

interface Module {
  file: string;
  exports: Record<string, unknown>;
}

async function modules(): Promise<Module[]> {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(HERE, folder), { recursive: true, encoding: "utf8" }).map((file) =>
      join(HERE, folder, file),
    ),
  );
  const sources = [...files, join(HERE, "run-pass.ts"), join(HERE, "events.ts")].filter(
    (file) => file.endsWith(".ts") && !/\.test(ing)?\.ts$/.test(file) && !file.endsWith("index.ts"),
  );
  return Promise.all(
    sources
      .sort()
      .map(async (file) => ({ file: relative(HERE, file), exports: await import(pathToFileURL(file).href) })),
  );
}

function isTraced(value: unknown): value is Traced {
  return typeof value === "object" && value !== null && SPAN_NAMES in value;
}

/** These start a pass, or decide whether there is to be one: its first span is around all of it. */
const START_A_PASS = new Set(["reconcilePipelineRun", "reconcileTaskRun", "runPass", "unlessUnchanged"]);

describe("the functions of the reconcilers", () => {
  it("are all traced as far as they wait for something", async () => {
    const reconcilers = (await modules()).filter(({ file }) => !file.startsWith("resolve"));
    const untraced = reconcilers.flatMap(({ file, exports }) =>
      Object.entries(exports)
        .filter(([name, value]) => isAsync(value) && !START_A_PASS.has(name))
        .map(([name]) => `${file}: ${name}`),
    );
    expect(untraced).toEqual([]);
  });

  it("are listed in docs/reconcilers.md with the names of their spans", async () => {
    const rows = (await modules()).flatMap(({ file, exports }) =>
      Object.values(exports)
        .filter(isTraced)
        .flatMap((record) => Object.entries(record[SPAN_NAMES]))
        .map(([name, span]) => `| \`${span}\` | \`${name}\` | \`${file}\` |`),
    );
    const document = [
      "# Spans of the reconcilers",
      "",
      "Written from the code by `npm test -- -u`. Each function of a reconciler has a span around it; what these spans have in",
      "common is in [the trace model](trace-model.md#reconcilers).",
      "",
      "| span | function | in `src/engine` |",
      "|---|---|---|",
      "| `PipelineRun:ReconcileKind` | a pass over a PipelineRun | `pipeline-run/reconcile.ts` |",
      "| `TaskRun:ReconcileKind` | a pass over a TaskRun | `task-run/reconcile.ts` |",
      ...rows,
      "",
    ].join("\n");
    await expect(document).toMatchFileSnapshot("../../docs/reconcilers.md");
  });
});

function isAsync(value: unknown): boolean {
  return typeof value === "function" && value.constructor.name === "AsyncFunction";
}
