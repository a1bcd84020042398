// The volumes through which Tekton's entrypoint works, and where each container sees them.

import type { PodHistory } from "../history.ts";
import { digest } from "../simulate/names.ts";
import type { Json } from "./json.ts";

const SHARED = ["workspace", "home", "results", "steps", "artifacts", "bin", "scripts"];

export function volumes({ pod, claims }: { pod: PodHistory; claims: string[] }): Json[] {
  return [
    ...SHARED.map((name) => ({ name: `tekton-internal-${name}`, emptyDir: {} })),
    { name: "tekton-internal-downward", downwardAPI: { defaultMode: 420, items: [readyItem] } },
    ...pod.steps.flatMap((_, index): Json[] => [
      { name: `tekton-creds-init-home-${index}`, emptyDir: { medium: "Memory" } },
      { name: `tekton-internal-run-${index}`, emptyDir: {} },
    ]),
    ...claims.map((claimName, index) => ({
      name: workspaceVolume(pod, index),
      persistentVolumeClaim: { claimName },
    })),
    { name: apiAccess(pod), projected: { defaultMode: 420, sources: tokenSources } },
  ];
}

/** The annotation that lets the first step begin, as a file. */
const readyItem = {
  path: "ready",
  fieldRef: { apiVersion: "v1", fieldPath: "metadata.annotations['tekton.dev/ready']" },
};

const tokenSources = [
  { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
  { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
  {
    downwardAPI: {
      items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
    },
  },
];

export function mountsOfInit({ pod, container }: { pod: PodHistory; container: string }): Json[] {
  const written = container === "prepare" ? ["bin", "steps"] : ["scripts"];
  return [
    ...written.map((name) => ({ name: `tekton-internal-${name}`, mountPath: `/tekton/${name}` })),
    ...(container === "prepare"
      ? []
      : [{ name: "tekton-internal-bin", mountPath: "/tekton/bin", readOnly: true }]),
    tokenMount(pod),
  ];
}

/** Every step sees how far the others are; only its own directory can it write to. */
export function mountsOfStep(input: { pod: PodHistory; step: number; workspaces: string[] }): Json[] {
  const { pod, step, workspaces } = input;
  const readOnly = true;
  const downward = { name: "tekton-internal-downward", mountPath: "/tekton/downward", readOnly };
  return [
    { name: "tekton-internal-scripts", mountPath: "/tekton/scripts", readOnly },
    ...(step === 0 ? [downward] : []),
    { name: `tekton-creds-init-home-${step}`, mountPath: "/tekton/creds" },
    ...pod.steps.map((_, index) => ({
      name: `tekton-internal-run-${index}`,
      mountPath: `/tekton/run/${index}`,
      readOnly: index === step ? undefined : readOnly,
    })),
    { name: "tekton-internal-bin", mountPath: "/tekton/bin", readOnly },
    { name: "tekton-internal-workspace", mountPath: "/workspace" },
    { name: "tekton-internal-home", mountPath: "/tekton/home" },
    { name: "tekton-internal-results", mountPath: "/tekton/results" },
    { name: "tekton-internal-steps", mountPath: "/tekton/steps", readOnly },
    { name: "tekton-internal-artifacts", mountPath: "/tekton/artifacts" },
    ...workspaces.map((name, index) => ({
      name: workspaceVolume(pod, index),
      mountPath: `/workspace/${name}`,
    })),
    tokenMount(pod),
  ];
}

function workspaceVolume({ uid }: PodHistory, index: number): string {
  return `ws-${digest("md5", `${uid} workspace ${index}`).slice(0, 5)}`;
}

function apiAccess({ uid }: PodHistory): string {
  return `kube-api-access-${digest("md5", uid).slice(0, 5)}`;
}

function tokenMount(pod: PodHistory): Json {
  const mountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
  return { name: apiAccess(pod), mountPath, readOnly: true };
}
