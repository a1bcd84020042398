import { describe, expect, it } from "vitest";
import { parseImageReference } from "./registry.ts";
import { archiveOf } from "./servers.testing.ts";
import { firstFileOf } from "./tar.ts";

const DIGEST = `sha256:${"0".repeat(64)}`;

describe("names of images", () => {
  it.each([
    ["alpine", "index.docker.io", "library/alpine", "latest"],
    ["tekton/catalog:v1", "index.docker.io", "tekton/catalog", "v1"],
    ["quay.io/tekton/catalog", "quay.io", "tekton/catalog", "latest"],
    ["localhost/catalog:v1", "localhost", "catalog", "v1"],
    ["127.0.0.1:5000/catalog", "127.0.0.1:5000", "catalog", "latest"],
    [`quay.io/tekton/catalog:v1@${DIGEST}`, "quay.io", "tekton/catalog", DIGEST],
  ])("%s", (text, registry, repository, version) => {
    expect(parseImageReference(text)).toEqual({ registry, repository, version });
  });
});

describe("archives", () => {
  it("give their first file", () => {
    expect(firstFileOf(archiveOf("some text"))?.toString()).toBe("some text");
  });

  it("that are cut off, or none at all, give nothing", () => {
    expect(firstFileOf(archiveOf("some text").subarray(0, 515))).toBeUndefined();
    expect(firstFileOf(Buffer.from("kind: Task"))).toBeUndefined();
    expect(firstFileOf(Buffer.alloc(2048))).toBeUndefined();
  });
});
