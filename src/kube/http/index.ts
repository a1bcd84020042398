export { connectKubeApi, type Patience } from "./connect.ts";
export type { KubeAccess } from "./kube-access.ts";
