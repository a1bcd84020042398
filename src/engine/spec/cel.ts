/** CEL in guards: the standard language without variables, since Tekton puts their values into the text (docs/pipelines.md). */
import { type ASTNode, Environment } from "@marcbachmann/cel-js";
import { matchesPattern } from "./regex/search.ts";

/** `matches` of the library is JavaScript's, which a hostile pattern keeps busy for ever; calls of it become calls of ours. */
const OUR_MATCHES = "matchesPattern";

const environment = new Environment({ homogeneousAggregateLiterals: false })
  .registerFunction(`string.${OUR_MATCHES}(string): bool`, matchesPattern)
  .registerFunction(`${OUR_MATCHES}(string, string): bool`, matchesPattern);

export type CelOutcome = { kind: "pass" } | { kind: "skip" } | { kind: "invalid"; message: string };

/** Evaluates an expression that has to give a boolean. What is wrong with it is in the message, on one line. */
export function evaluateCel(expression: string): CelOutcome {
  try {
    const evaluate = environment.parse(expression);
    redirectMatches(evaluate.ast);
    const value: unknown = evaluate({});
    if (typeof value === "boolean") return { kind: value ? "pass" : "skip" };
    return { kind: "invalid", message: `the CEL expression ${expression} is not evaluated to a boolean` };
  } catch (fault) {
    const [reason = ""] = (fault instanceof Error ? fault.message : String(fault)).split("\n", 1);
    return { kind: "invalid", message: `the CEL expression ${expression} cannot be evaluated: ${reason}` };
  }
}

/** Renames the calls of `matches` in the tree. The parser limits its depth. */
function redirectMatches(tree: unknown): void {
  if (Array.isArray(tree)) {
    for (const part of tree) redirectMatches(part);
    return;
  }
  if (!isNode(tree)) return;
  if ((tree.op === "call" || tree.op === "rcall") && tree.args[0] === "matches") tree.args[0] = OUR_MATCHES;
  redirectMatches(tree.args);
}

function isNode(tree: unknown): tree is ASTNode {
  return typeof tree === "object" && tree !== null && "op" in tree && "args" in tree;
}
