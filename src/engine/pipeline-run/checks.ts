/** What has to be right about a run before anything of it starts, besides what admission looks at. */
import { type ParamProblem, settleParams, textsIn } from "../spec/index.ts";
import { traced } from "../tracing/index.ts";
import type { ParamValue, PipelineSpec } from "../types/index.ts";
import { nameOf, type Refusal, type RunPass, userError } from "./pass.ts";

interface Pipeline {
  name: string;
  spec: PipelineSpec;
}

/** The functions have upstream's names; their messages are upstream's, users search for them. */
export const checking = traced({
  checkRun(pass: RunPass, pipeline: Pipeline): Refusal | undefined {
    return (
      checking.validateParameters(pass, pipeline) ??
      checking.validateParamArrayIndex(pass, pipeline) ??
      checking.validateWorkspaceBindings(pass, pipeline) ??
      checking.validateTaskRunSpecs(pass, pipeline)
    );
  },

  validateParameters(pass: RunPass, pipeline: Pipeline): Refusal | undefined {
    const { params: specs = [] } = pipeline.spec;
    const { problems } = settleParams({ specs, given: pass.object.spec.params ?? [] });
    const [first] = problems;
    if (first === undefined) return undefined;
    const same = problems.filter(({ kind }) => kind === first.kind);
    return describeParams(same, { run: nameOf(pass), pipeline: pipelineName(pass, pipeline) });
  },

  validateParamArrayIndex(pass: RunPass, pipeline: Pipeline): Refusal | undefined {
    const { params: specs = [], tasks, finally: final } = pipeline.spec;
    const { values } = settleParams({ specs, given: pass.object.spec.params ?? [] });
    const wrong = [...new Set(textsIn([tasks, final]).flatMap((text) => outOfRange(text, values)))];
    if (wrong.length === 0) return undefined;
    const message = `PipelineRun ${nameOf(pass)} failed validation: failed to validate Pipeline ${pipelineName(pass, pipeline)}'s parameter which has an invalid index while referring to an array: non-existent param references:[${wrong.join(" ")}]`;
    return userError("ParamArrayIndexingInvalid", message);
  },

  validateWorkspaceBindings(pass: RunPass, pipeline: Pipeline): Refusal | undefined {
    const bound = new Set(pass.object.spec.workspaces?.map(({ name }) => name));
    const missing = pipeline.spec.workspaces?.find(({ name, optional }) => !optional && !bound.has(name));
    if (missing === undefined) return undefined;
    const message = `PipelineRun ${nameOf(pass)} doesn't bind Pipeline ${pipelineName(pass, pipeline)}'s Workspaces correctly: pipeline requires workspace with name "${missing.name}" be provided by pipelinerun`;
    return userError("InvalidWorkspaceBindings", message);
  },

  validateTaskRunSpecs(pass: RunPass, { spec }: Pipeline): Refusal | undefined {
    const names = new Set([...(spec.tasks ?? []), ...(spec.finally ?? [])].map(({ name }) => name));
    const stranger = pass.object.spec.taskRunSpecs?.find(
      ({ pipelineTaskName = "" }) => !names.has(pipelineTaskName),
    );
    if (stranger === undefined) return undefined;
    const message = `PipelineRun ${nameOf(pass)} doesn't define taskRunSpecs correctly: pipelineRun's taskrunSpecs defined wrong taskName: "${stranger.pipelineTaskName}", does not exist in Pipeline`;
    return userError("InvalidTaskRunSpecs", message);
  },
});

function pipelineName({ object }: RunPass, { name }: Pipeline): string {
  return `${object.metadata.namespace}/${name}`;
}

function describeParams(
  problems: readonly ParamProblem[],
  { run, pipeline }: { run: string; pipeline: string },
): Refusal {
  const names = `[${problems.map(({ param }) => param).join(" ")}]`;
  const messages = problems.map(({ message }) => message).join("; ");
  switch (problems[0]?.kind) {
    case "missing":
      return userError(
        "ParameterMissing",
        `PipelineRun ${run} is missing some parameters required by Pipeline ${pipeline}: pipelineRun missing parameters: ${names}`,
      );
    case "wrongType":
      return userError(
        "ParameterTypeMismatch",
        `PipelineRun ${run} parameters have mismatching types with Pipeline ${pipeline}'s parameters: param types don't match the user-specified type: ${names}`,
      );
    case "missingKeys":
      return userError(
        "ObjectParameterMissKeys",
        `PipelineRun ${run} parameters is missing object keys required by Pipeline ${pipeline}'s parameters: ${messages}`,
      );
    default:
      return userError("InvalidParamValue", `PipelineRun ${run} parameters have invalid value: ${messages}`);
  }
}

const INDEXED_PARAM = /\$\(params(?:\.([^.()[\]]+)|\["([^"()]+)"\]|\['([^'()]+)'\])\[(\d+)\]\)/g;

function outOfRange(text: string, values: ReadonlyMap<string, ParamValue>): string[] {
  return [...text.matchAll(INDEXED_PARAM)].flatMap(([whole, dotted, double, single, index]) => {
    const value = values.get(dotted ?? double ?? single ?? "");
    return Array.isArray(value) && Number(index) >= value.length ? [whole] : [];
  });
}
