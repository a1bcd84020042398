export { type KubeconfigOptions, readKubeconfig } from "./read.ts";
