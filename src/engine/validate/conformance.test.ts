import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import type { KubeObject } from "../../kube/index.ts";
import { admit } from "./index.ts";

const EXAMPLES = "../shared/conformance/tekton";

function objectsIn(file: string): KubeObject[] {
  const documents = parseAllDocuments(readFileSync(file, "utf8"));
  return documents.map((each) => each.toJS()).filter((each) => each?.kind !== undefined);
}

describe.skipIf(!existsSync(EXAMPLES))("Tekton's own examples (needs ../shared/conformance)", () => {
  it.each(existsSync(EXAMPLES) ? filesIn(EXAMPLES) : [])("%s is admitted, with every field known", (file) => {
    for (const object of objectsIn(file)) {
      const admission = admit({ operation: "create", object });
      expect(admission.warnings).toEqual([]);
      const again = admit({ operation: "update", object: admission.object, old: admission.object });
      expect(again.object).toEqual(admission.object);
    }
  });
});

function filesIn(directory: string): string[] {
  return ["pipelineruns", "taskruns", "extended"].flatMap((each) =>
    readdirSync(`${directory}/${each}`).map((name) => `${directory}/${each}/${name}`),
  );
}
