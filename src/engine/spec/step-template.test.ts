import { describe, expect, it } from "vitest";
import { mergeStepTemplate } from "./step-template.ts";

describe("a step template", () => {
  it("completes every step, whose own fields win", () => {
    const { stepTemplate, steps } = mergeStepTemplate({
      stepTemplate: {
        name: "ignored",
        image: "alpine",
        command: ["/bin/true"],
        args: ["-v"],
        env: [
          { name: "A", value: "template" },
          { name: "B", value: "template" },
        ],
        volumeMounts: [{ name: "cache", mountPath: "/cache" }],
        securityContext: { runAsUser: 1, runAsNonRoot: true },
      },
      steps: [
        { name: "bare" },
        {
          name: "own",
          image: "bash",
          script: "make",
          env: [
            { name: "B", value: "step" },
            { name: "C", value: "step" },
          ],
          volumeMounts: [{ name: "mine", mountPath: "/mine" }],
          securityContext: { runAsUser: 2 },
        },
      ],
    });
    expect(stepTemplate).toBeUndefined();
    expect(steps).toMatchObject([
      { name: "bare", image: "alpine", command: ["/bin/true"], args: ["-v"] },
      {
        name: "own",
        image: "bash",
        script: "make",
        args: ["-v"],
        env: [
          { name: "A", value: "template" },
          { name: "B", value: "step" },
          { name: "C", value: "step" },
        ],
        volumeMounts: [{ name: "cache" }, { name: "mine" }],
        securityContext: { runAsUser: 2, runAsNonRoot: true },
      },
    ]);
    expect(steps[1]).not.toHaveProperty("command");
  });

  it("that is not there changes nothing", () => {
    const spec = { steps: [{ name: "a" }] };
    expect(mergeStepTemplate(spec)).toEqual(spec);
  });
});
