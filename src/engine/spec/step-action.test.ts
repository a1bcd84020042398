import { describe, expect, it } from "vitest";
import { paramReplacements } from "./replacements.ts";
import { mergeStepAction, stepActionProblem } from "./step-action.ts";

const taskParams = paramReplacements(
  new Map<string, string | string[] | Record<string, string>>([
    ["text", "from task"],
    ["list", ["a", "b"]],
    ["object", { key2: "task key2" }],
  ]),
);

describe("a step that refers to a StepAction", () => {
  it("takes the action's fields, with its params replaced, and keeps its own", () => {
    const step = mergeStepAction({
      step: {
        name: "s",
        onError: "continue",
        timeout: "5s",
        ref: { name: "action" },
        params: [
          { name: "text", value: "$(params.text)" },
          { name: "list", value: "$(params.list[*])" },
          { name: "object", value: "$(params.object[*])" },
        ],
      },
      action: {
        description: "does things",
        image: "bash",
        params: [
          { name: "text" },
          { name: "list", type: "array" },
          {
            name: "object",
            type: "object",
            properties: { key1: {}, key2: {} },
            default: { key1: "d1", key2: "d2" },
          },
          { name: "defaulted", default: "[$(params.text)]" },
        ],
        args: ["$(params.list[*])", "$(params.object.key1)", "$(params.object.key2)", "$(params.defaulted)"],
        env: [{ name: "TEXT", value: "$(params.text)" }],
        script: "echo $(params.text)",
        results: [{ name: "r" }],
      },
      taskParams,
    });
    expect(step).toEqual({
      name: "s",
      onError: "continue",
      timeout: "5s",
      image: "bash",
      args: ["a", "b", "d1", "task key2", "[from task]"],
      env: [{ name: "TEXT", value: "from task" }],
      script: "echo $(params.text)",
      results: [{ name: "r" }],
    });
  });

  it("passes on arrays and objects that an earlier step has yet to write", () => {
    const step = mergeStepAction({
      step: {
        ref: { name: "action" },
        params: [
          { name: "list", value: "$(steps.first.results.list[*])" },
          { name: "text", value: "$(steps.first.results.text)" },
          { name: "object", value: "$(steps.first.results.object[*])" },
        ],
      },
      action: {
        params: [
          { name: "list", type: "array" },
          { name: "text" },
          { name: "object", type: "object", properties: { url: {} } },
        ],
        args: ["$(params.list[*])", "$(params.list[0])", "$(params.object.url)", "$(params.text)"],
      },
      taskParams,
    });
    expect(step.args).toEqual([
      "$(steps.first.results.list[*])",
      "$(steps.first.results.list[0])",
      "$(steps.first.results.object.url)",
      "$(steps.first.results.text)",
    ]);
  });

  it("has to give the params that have no default, and no others", () => {
    const action = { params: [{ name: "a" }, { name: "b", default: "x" }] };
    expect(stepActionProblem({ step: { params: [{ name: "a", value: "1" }] }, action })).toBeUndefined();
    expect(stepActionProblem({ step: {}, action })).toBe("non-existent params in Step: [a]");
    expect(
      stepActionProblem({
        step: {
          params: [
            { name: "a", value: "1" },
            { name: "c", value: "1" },
          ],
        },
        action,
      }),
    ).toBe("extra params passed by Step to StepAction: [c]");
  });
});
