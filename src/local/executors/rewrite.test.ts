import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rewritePaths } from "./rewrite.ts";

const mounts = [
  { source: "/data/ws", target: "/workspace", isReadOnly: false },
  { source: "/data/src", target: "/workspace/source/", isReadOnly: false },
  { source: "/data/results", target: "/tekton/results", isReadOnly: false },
];
const rewrite = (text: string) => rewritePaths(text, mounts);

describe("rewriting of paths", () => {
  it.each([
    ["/workspace", "/data/ws"],
    ["/workspace/a/b", "/data/ws/a/b"],
    ["/workspace/source/main.go", "/data/src/main.go"],
    ["/workspace/sources", "/data/ws/sources"],
    ["cd /workspace; ls '/tekton/results/x'", "cd /data/ws; ls '/data/results/x'"],
    ["--out=/workspace/x:/tekton/results", "--out=/data/ws/x:/data/results"],
    ["file:///workspace/x", "file:///data/ws/x"],
    ["It is in /workspace.", "It is in /data/ws."],
  ])("turns %s into %s", (text, rewritten) => {
    expect(rewrite(text)).toBe(rewritten);
  });

  it.each([
    "/workspace2",
    "/workspace-a",
    "/my/workspace",
    "a/workspace",
    "/workspace.bak",
    "//workspace",
    "workspace",
    "/tekton",
  ])("leaves %s alone", (text) => {
    expect(rewrite(text)).toBe(text);
  });

  it("changes nothing the second time, even when the host's path begins like a target", () => {
    const segment = fc.constantFrom("workspace", "work", "data", "a");
    const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join("/")}`);
    const mount = fc.record({
      source: path.map((at) => `${at}/volume`),
      target: path,
      isReadOnly: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(mount, { maxLength: 3 }), fc.array(path), (some, paths) => {
        const once = rewritePaths(paths.join(" "), some);
        expect(rewritePaths(once, some)).toBe(once);
      }),
    );
  });
});
