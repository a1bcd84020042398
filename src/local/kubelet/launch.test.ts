import { describe, expect, it } from "vitest";
import type { Container } from "../../kube/index.ts";
import { workOf } from "./entrypoint.ts";
import { plainCommand, stepCommand } from "./launch.ts";
import type { ContainerPlan } from "./pod-scope.ts";

function planOf(container: Partial<Container>): ContainerPlan {
  const whole = { name: "one", image: "nobody/knows", ...container };
  return { container: whole, work: workOf(whole), mounts: [], variables: {} };
}

describe("what a container runs", () => {
  it("is its command with its arguments", () => {
    const plan = planOf({ command: ["make"], args: ["all"] });
    expect(plainCommand(plan)).toEqual({ argv: ["make", "all"], variables: {} });
  });

  it("is the image's own program without a command, which whoever has the image is told", () => {
    expect(plainCommand(planOf({ args: ["--version"] }))).toMatchObject({ imageArguments: ["--version"] });
    expect(plainCommand(planOf({ image: "busybox" }))).toMatchObject({ argv: ["sh"], imageArguments: [] });
  });

  it("is, for a step, what follows the entrypoint's flags", () => {
    const named = planOf({ command: ["/tekton/bin/entrypoint"], args: ["-entrypoint", "make", "--", "all"] });
    const command = { argv: ["make", "all"], variables: {} };
    expect(stepCommand(command, named)).toEqual(command);
    const nameless = planOf({ command: ["/tekton/bin/entrypoint"], args: ["--", "--version"] });
    expect(stepCommand({ argv: ["--version"], variables: {} }, nameless)).toMatchObject({
      imageArguments: ["--version"],
    });
  });
});
