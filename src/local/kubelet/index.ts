export type { HostAccess } from "./host-access.ts";
export { type Kubelet, type KubeletOptions, startKubelet } from "./kubelet.ts";
export type { Output, OutputListener } from "./output.ts";
export type { TelemetryListener } from "./step-telemetry.ts";
export type { TelemetryBody } from "./telemetry-lines.ts";
