export {
  BACKENDS,
  type Backend,
  type CollectorPlan,
  type Place,
  type Sampling,
} from "./plan.ts";
export { manifestYaml, planYaml } from "./print.ts";
