export { type EmbeddedApi, type EmbeddedApiOptions, openEmbeddedApi } from "./embedded-api.ts";
export { type KubeconfigOptions, writeKubeconfig } from "./http/kubeconfig.ts";
export type { PodLogs } from "./http/pod-log.ts";
export { type KubeServer, type KubeServerOptions, serveKubeApi } from "./http/serve.ts";
