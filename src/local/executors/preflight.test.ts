import { describe, expect, it } from "vitest";
import { missingPrograms } from "./preflight.ts";

describe("the look before a run", () => {
  it("misses nothing on a machine that has everything", () => {
    const launchables = [
      { image: "ubuntu", script: "echo hello" },
      { image: "alpine", script: "#!/usr/bin/env -S sh -e\necho hello" },
      { image: "bash", args: ["-c", "true"] },
      { image: "busybox", command: ["/bin/sh"], args: ["-c", "true"] },
    ];
    expect(missingPrograms(launchables)).toEqual([]);
  });

  it("names each missing program once: interpreters, commands and what the image stands for", () => {
    const launchables = [
      { image: "ubuntu", script: "#!/usr/bin/no-such-shell\n" },
      { image: "ubuntu", script: "#!/usr/bin/env no-such-python3\n" },
      { image: "ubuntu", command: ["no-such-tool"] },
      { image: "ubuntu", command: ["no-such-tool"], args: ["again"] },
    ];
    expect(missingPrograms(launchables)).toEqual([
      "/usr/bin/no-such-shell",
      "no-such-python3",
      "no-such-tool",
    ]);
  });

  it("wants the programs of an image only where they are spoken of", () => {
    const path = process.env["PATH"];
    process.env["PATH"] = "";
    const missing = (script: string) => missingPrograms([{ image: "maven:3", script }]);
    const found = [missing("mvn -q package"), missing("echo my-mvn /opt/mvn.txt")];
    process.env["PATH"] = path;
    expect(found).toEqual([["mvn"], []]);
  });

  it("leaves out what only the run itself can know", () => {
    const commands = [
      "$(params.tool)",
      "/workspace/source/build",
      "./build",
      "/tekton/home/tool",
      "/im/mounted/tool",
    ];
    expect(missingPrograms(commands.map((command) => ({ image: "ubuntu", command: [command] })))).toEqual([]);
    expect(missingPrograms([{ image: "example.com/own/image" }])).toEqual([]);
  });
});
