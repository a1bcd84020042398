/** What `throughline collector-config` prints. */
import { collectorConfig } from "./config.ts";
import { collectorObjects } from "./kubernetes.ts";
import { type CollectorPlan, rolesOf } from "./plan.ts";
import { configYaml, HEAD, yamlOf } from "./yaml.ts";

/** The configuration of a plan's collector; of a plan with routers and samplers one document each, in this order. */
export function planYaml(plan: CollectorPlan): string {
  return documents(rolesOf(plan).map((role) => configYaml(collectorConfig(plan, role))));
}

/** All Kubernetes objects of a plan, for `kubectl apply -f -`. Throws where the plan is not for a cluster. */
export function manifestYaml(plan: CollectorPlan): string {
  if (plan.place.kind !== "cluster") throw new TypeError("Kubernetes objects need a plan for a cluster");
  return HEAD + documents(collectorObjects(plan, plan.place).map(yamlOf));
}

function documents(texts: readonly string[]): string {
  return texts.join("---\n");
}
