import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root, throughline, throughlineUp } from "./program.ts";

const DOCUMENTS = ["README.md", "CONTRIBUTING.md", "examples/README.md", "bench/RESULTS.md"].concat(
  readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
);

interface Snippet {
  document: string;
  command: string;
  args: string[];
}

/** Commands of ours in shell blocks: `npm start -- import dump.json   # a remark`. */
function snippetsOf(document: string): Snippet[] {
  const text = readFileSync(join(root, document), "utf8");
  const blocks = [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block);
  return blocks.flatMap((block) =>
    block.split("\n").flatMap((line) => {
      const [, command] = /^(?:npm start -- |(?:bin\/)?throughline )(.*?)\s*(?:#.*)?$/.exec(line) ?? [];
      return command === undefined ? [] : [{ document, command, args: command.split(/\s+/) }];
    }),
  );
}

/**
 * An import or a run says where the spans are now, a run also what this machine lacks and, beside JSON, what steps print. Anything
 * else on stderr is a complaint.
 */
function complaintsIn(stderr: string): string[] {
  return stderr
    .split("\n")
    .filter((line) => line !== "" && !/^[\d,]+ spans (stored|kept) in |^note: |^\[/.test(line));
}

const snippets = DOCUMENTS.flatMap(snippetsOf);

describe("the documents", () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "throughline-docs-"));
    copyFileSync(join(root, "examples/build-and-test.json"), join(folder, "dump.json"));
    await throughline(["import", join(folder, "dump.json")]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const there = (arg: string) => arg.replace(/^dump\.json$/, join(folder, "dump.json"));

  it("show commands", () => {
    expect(snippets.length).toBeGreaterThan(3);
  });

  it.each(snippets.filter(({ args }) => args[0] !== "up"))(
    "show a command that works: $command ($document)",
    async ({ args }) => {
      const { exitCode, stderr } = await throughline(args.map(there));
      expect({ exitCode, complaints: complaintsIn(stderr) }).toEqual({ exitCode: 0, complaints: [] });
    },
  );

  it.each(snippets.filter(({ args }) => args[0] === "up"))(
    "show a server that starts: $command ($document)",
    async ({ args }) => {
      // The documents' ports may be taken, and a server drops what is as old as the example.
      const server = await throughlineUp(["--data", join(folder, "up"), ...args.slice(1).map(there)]);
      expect(await server.stop()).toBe(0);
    },
  );

  it.each(DOCUMENTS)("link to what there is: %s", (document) => {
    const text = readFileSync(join(root, document), "utf8");
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(join(root, dirname(document), link)))).toEqual([]);
  });
});
