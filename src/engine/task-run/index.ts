export { reconcileTaskRun } from "./reconcile.ts";
