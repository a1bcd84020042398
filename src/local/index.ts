export { type KubeServer, serveKubeApi, writeKubeconfig } from "./api/index.ts";
export { DIRECTORY_ANNOTATION } from "./directory-claim.ts";
export {
  chooseExecutor,
  type Executor,
  type ExecutorName,
  type Launchable,
  missingPrograms,
} from "./executors/index.ts";
export type { HostAccess, Output, TelemetryBody, TelemetryListener } from "./kubelet/index.ts";
export { type Laptop, type LaptopOptions, startLaptop } from "./laptop.ts";
