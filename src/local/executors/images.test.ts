import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { programOfImage, programsOfImage, shellOfImage } from "./images.ts";

/** What the entrypoint makes of arguments, with every program replaced by one that prints its name. */
function run(image: string, args: string[]): string {
  const { entrypoint, cmd } = programOfImage(image);
  const [program = "", ...rest] = [...entrypoint, ...(args.length > 0 ? args : cmd)];
  return execFileSync(program, rest, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

describe("what is known of images", () => {
  it.each([
    "bash",
    "docker.io/library/bash:5.2",
    "mirror.gcr.io/bash@sha256:e320b40b14abc61f053286705070342c46034a549a276b798e64541457c4af92",
    "localhost:5000/mirror/bash:latest@sha256:00",
  ])("knows %s whatever stands before and after its name", (reference) => {
    expect(programOfImage(reference).cmd).toEqual(["bash"]);
  });

  it("tells the shells apart by image and by variant", () => {
    const images = [
      "mirror.gcr.io/alpine",
      "busybox",
      "bash:5",
      "ubuntu",
      "debian:12",
      "fedora",
      "node:20",
      "node:20-alpine3.20",
      "golang:alpine",
    ];
    expect(images.map(shellOfImage)).toEqual([
      "ash",
      "ash",
      "ash",
      "dash",
      "dash",
      "bash",
      "dash",
      "ash",
      "ash",
    ]);
  });

  it("knows nothing of an image it has not heard of, or whose name is a word of the language", () => {
    for (const image of ["quay.io/acme/builder:1", "constructor", "__proto__", ""]) {
      expect(programOfImage(image)).toEqual({ entrypoint: [], cmd: [] });
      expect(programsOfImage(image)).toEqual([]);
    }
  });

  it("gives the bash image its options and lets it run programs", () => {
    expect(run("bash", ["-c", "echo $BASH_VERSION"])).toMatch(/^\d/);
    expect(run("bash", ["echo", "a  b", "c"])).toBe("a  b c\n");
  });

  it("gives the node image what is no program", () => {
    expect(run("node", ["-p", "1 + 1"])).toBe("2\n");
    expect(run("node", ["echo", "hello"])).toBe("hello\n");
  });
});
