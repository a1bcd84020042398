import type { RunScenario } from "../scenario.ts";

/** The nightly run of a service whose unit tests do not pass: what comes after them never starts. */
export const failedRun: RunScenario = {
  pipeline: "nightly",
  namespace: "shop-ci",
  createdAt: "2026-08-21T01:00:02.118Z",
  pods: "trimmed",
  events: "trimmed",
  params: { revision: "main" },
  tasks: [
    {
      name: "unit-test",
      params: { revision: "$(params.revision)" },
      work: {
        kind: "steps",
        task: "go-test-at",
        steps: [
          {
            name: "checkout",
            image: "docker.io/alpine/git:v2.49.1",
            command: ["git"],
            args: [
              "clone",
              "--branch",
              "$(params.revision)",
              "https://github.com/acme/cart-service",
              "/workspace/src",
            ],
            durationMs: 4_920,
          },
          {
            name: "test",
            image: "docker.io/library/golang:1.25",
            script: `#!/bin/sh
set -eu
cd /workspace/src
go vet ./...
go test ./...
`,
            durationMs: 37_610,
            exitCodes: [2],
          },
          {
            name: "coverage",
            image: "docker.io/library/golang:1.25",
            script: `#!/bin/sh
set -eu
go tool cover -func=/workspace/src/coverage.out
`,
            durationMs: 1_200,
          },
        ],
      },
    },
    {
      name: "build-image",
      runAfter: ["unit-test"],
      work: {
        kind: "steps",
        task: "buildah",
        steps: [
          {
            name: "build",
            image: "quay.io/buildah/stable:v1.41.4",
            command: ["buildah"],
            args: ["build", "."],
            durationMs: 60_000,
          },
        ],
      },
    },
    {
      name: "deploy",
      runAfter: ["build-image"],
      work: {
        kind: "steps",
        task: "helm-deploy",
        steps: [
          {
            name: "deploy",
            image: "docker.io/alpine/helm:3.18.6",
            command: ["helm"],
            args: ["upgrade", "cart", "./chart", "--wait"],
            durationMs: 20_000,
          },
        ],
      },
    },
  ],
  images: {
    "ghcr.io/tektoncd/pipeline/entrypoint:v1.15.0": { pullMs: 1_900, bytes: 41_203_118, cached: true },
    "cgr.dev/chainguard/busybox:latest": { pullMs: 600, bytes: 2_118_034, cached: true },
    "docker.io/alpine/git:v2.49.1": { pullMs: 2_140, bytes: 30_812_447 },
    "docker.io/library/golang:1.25": { pullMs: 14_370, bytes: 298_117_905 },
  },
};
