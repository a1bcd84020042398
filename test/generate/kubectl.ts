import type { JsonObject } from "./objects/json.ts";

/** The text of `kubectl get … -o json`, an object at a time: a dump need not fit into memory. */
export function* kubectlList(objects: Iterable<JsonObject>): Generator<string> {
  yield '{\n    "apiVersion": "v1",\n    "items": [';
  let separator = "\n";
  for (const object of objects) {
    yield `${separator}        ${JSON.stringify(object, null, 4).replaceAll("\n", "\n        ")}`;
    separator = ",\n";
  }
  yield '\n    ],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n';
}
