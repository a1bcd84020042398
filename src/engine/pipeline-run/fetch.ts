/** Which pipeline a run runs: found once, checked, with its variables put in, and kept in the run's status. */
import { adoptMetadata } from "../adopted-metadata.ts";
import { resolvePipeline } from "../resolve/index.ts";
import { traced } from "../tracing/index.ts";
import type { PipelineSpec } from "../types/index.ts";
import { validatePipelineSpec } from "../validate/index.ts";
import { applyVariables } from "./apply.ts";
import { checking } from "./checks.ts";
import { nameAfterPipeline } from "./metadata.ts";
import { refuseOrWait } from "./not-found.ts";
import { amendStatus, nameOf, type Refusal, type RunPass, userError } from "./pass.ts";
import { type Plan, planOf } from "./plan.ts";

export type SettledPipeline = { kind: "settled"; spec: PipelineSpec; plan: Plan } | Refusal;

interface Found {
  kind: "found";
  name: string;
  spec: PipelineSpec;
}

export const settling = traced({
  /** Later passes take what the first one has settled: the Pipeline may have changed since. */
  async settlePipeline(pass: RunPass): Promise<SettledPipeline> {
    const { pipelineSpec } = pass.draft.status;
    if (pipelineSpec !== undefined) return settling.planPipeline(pass, pipelineSpec);
    const found = await settling.getPipelineData(pass);
    if (found.kind === "refused") return found;
    const { spec, name: pipelineName } = found;
    const planned = settling.planPipeline(pass, spec);
    if (planned.kind === "refused") return planned;
    const refusal = settling.validatePipelineSpec(pass, found) ?? checking.checkRun(pass, found);
    if (refusal !== undefined) return refusal;
    const applied = applyVariables({ run: pass.object, spec, pipelineName });
    amendStatus(pass, { pipelineSpec: applied });
    return settling.planPipeline(pass, applied);
  },

  async getPipelineData(pass: RunPass): Promise<Found | Refusal> {
    const { metadata, spec } = pass.object;
    if (spec.pipelineSpec !== undefined)
      return { kind: "found", name: metadata.name, spec: spec.pipelineSpec };
    const reference = spec.pipelineRef ?? {};
    const answer = await resolvePipeline(pass, { reference, namespace: metadata.namespace ?? "" });
    if (answer.kind === "failed")
      return refuseOrWait(pass, {
        reason: "CouldntGetPipeline",
        meanwhile: "ResolvingPipelineRef",
        message: `Error retrieving pipeline for pipelinerun ${nameOf(pass)}: ${answer.message}`,
        permanent: answer.permanent,
      });
    adoptMetadata(pass, answer.metadata);
    nameAfterPipeline(pass, answer.metadata.name);
    if (answer.source !== undefined) amendStatus(pass, { provenance: { refSource: answer.source } });
    return { kind: "found", name: answer.metadata.name, spec: answer.spec };
  },

  planPipeline(pass: RunPass, spec: PipelineSpec): SettledPipeline {
    const outcome = planOf(spec);
    if (outcome.kind === "ok") return { kind: "settled", spec, plan: outcome.plan };
    const message = `PipelineRun ${nameOf(pass)}'s Pipeline DAG is invalid: ${outcome.message}`;
    return userError("PipelineInvalidGraph", message);
  },

  validatePipelineSpec(pass: RunPass, { name, spec }: Found): Refusal | undefined {
    const problems = validatePipelineSpec(spec);
    if (problems === undefined) return undefined;
    const pipeline = `${pass.object.metadata.namespace}/${name}`;
    return userError(
      "PipelineValidationFailed",
      `Pipeline ${pipeline} can't be Run; it has an invalid spec: ${problems}`,
    );
  },
});
