export { reconcilePipelineRun } from "./reconcile.ts";
