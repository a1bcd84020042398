export { formatGoDuration, goDurationMillis } from "./go-duration.ts";
export { pipelineGraph } from "./graph.ts";
export { type Combination, combinationCount, expandMatrix, isMatrixed } from "./matrix.ts";
export { childName, claimName } from "./names.ts";
export { type ParamProblem, type SettledParams, settleParams } from "./params.ts";
export { replaceList, replaceParams, replaceText, replaceValue, replaceWhen } from "./replace.ts";
export {
  joinReplacements,
  paramReplacements,
  type Replacements,
  resultReplacements,
  stepResultReplacements,
  textReplacements,
} from "./replacements.ts";
export {
  type ResultReference,
  resultReferencesIn,
  resultReferencesOf,
} from "./result-references.ts";
export { mergeStepAction, stepActionProblem } from "./step-action.ts";
export { mergeStepTemplate } from "./step-template.ts";
export { substitutePipelineSpec, substitutePipelineTask } from "./substitute-pipeline.ts";
export { substituteTaskSpec } from "./substitute-task.ts";
export { substituteWorkspaceBindings } from "./substitute-volumes.ts";
export { textsIn } from "./texts.ts";
export { upgradeObject } from "./upgrade.ts";
export { paramTypeOf, paramValueOf, typeOfValue } from "./values.ts";
export { evaluateWhen } from "./when.ts";
export { workspaceBindingsFor } from "./workspaces.ts";
