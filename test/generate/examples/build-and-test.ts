import type { PipelineScenario, RunScenario } from "../scenario.ts";

/**
 * A pull request's run with a bit of everything that costs time: a large image, a flaky test that is retried, a task
 * that waits for a node, a check whose failure is let pass, a task that is skipped. About eight minutes.
 */
const pipeline: PipelineScenario = {
  pipeline: "build-and-test",
  results: {
    "image-digest": "$(tasks.build-image.results.image-digest)",
    "preview-url": "$(tasks.deploy-preview.results.url)",
  },
  tasks: [
    {
      name: "clone",
      params: { url: "$(params.repo-url)", revision: "$(params.revision)" },
      workspaces: ["source"],
      work: {
        kind: "steps",
        task: "git-checkout",
        steps: [
          {
            name: "checkout",
            image: "docker.io/alpine/git:v2.49.1",
            script: `#!/bin/sh
set -eu
git clone --depth 50 "$(params.url)" "$(workspaces.source.path)"
cd "$(workspaces.source.path)"
git checkout --detach "$(params.revision)"
git rev-parse HEAD | tr -d '\\n' > "$(results.commit.path)"
`,
            durationMs: 6_840,
            results: { commit: "8c1f0b7d5e2a94c36f10d9e7b4a85c2d13f6e09a" },
          },
        ],
      },
    },
    {
      name: "lint",
      runAfter: ["clone"],
      workspaces: ["source"],
      work: {
        kind: "steps",
        task: "go-lint",
        steps: [
          {
            name: "format",
            image: "docker.io/golangci/golangci-lint:v2.4.0",
            script: `#!/bin/sh
cd "$(workspaces.source.path)"
unformatted=$(gofmt -l .)
echo "$unformatted"
test -z "$unformatted"
`,
            durationMs: 2_310,
            // A nuisance, and no reason to stop a build.
            exitCodes: [1],
            onError: "continue",
          },
          {
            name: "lint",
            image: "docker.io/golangci/golangci-lint:v2.4.0",
            script: `#!/bin/sh
set -eu
cd "$(workspaces.source.path)"
golangci-lint run --timeout 5m ./...
`,
            durationMs: 47_920,
          },
        ],
      },
    },
    {
      name: "unit-test",
      runAfter: ["clone"],
      workspaces: ["source"],
      work: {
        kind: "steps",
        task: "go-test",
        steps: [
          {
            name: "test",
            image: "docker.io/library/golang:1.25",
            script: `#!/bin/sh
set -eu
cd "$(workspaces.source.path)"
go test -race -coverprofile=coverage.out ./...
`,
            env: { GOFLAGS: "-mod=readonly" },
            durationMs: 88_470,
          },
          {
            name: "coverage",
            image: "docker.io/library/golang:1.25",
            script: `#!/bin/sh
set -eu
cd "$(workspaces.source.path)"
go tool cover -func=coverage.out | awk '/^total:/ { printf "%s", $3 }' > "$(results.coverage.path)"
`,
            durationMs: 1_760,
            results: { coverage: "81.4%" },
          },
        ],
      },
    },
    {
      name: "build-image",
      runAfter: ["lint", "unit-test"],
      params: { image: "$(params.image)", tag: "$(tasks.clone.results.commit)" },
      workspaces: ["source"],
      timeoutMs: 1_200_000,
      work: {
        kind: "steps",
        task: "buildah",
        steps: [
          {
            name: "build",
            image: "quay.io/buildah/stable:v1.41.4",
            script: `#!/bin/sh
set -eu
cd "$(workspaces.source.path)"
buildah build --layers --tag "$(params.image):$(params.tag)" --file Containerfile .
`,
            env: { STORAGE_DRIVER: "vfs", BUILDAH_FORMAT: "oci" },
            durationMs: 71_350,
          },
          {
            name: "push",
            image: "quay.io/buildah/stable:v1.41.4",
            script: `#!/bin/sh
set -eu
buildah push --digestfile /tmp/digest "$(params.image):$(params.tag)"
tr -d '\\n' < /tmp/digest > "$(results.image-digest.path)"
printf '%s@%s' "$(params.image)" "$(cat /tmp/digest)" > "$(results.image-ref.path)"
`,
            env: { STORAGE_DRIVER: "vfs" },
            durationMs: 11_080,
            results: {
              "image-digest": "sha256:41b7f2c09d5e8a36c1f4d70b92e6385fa0c7d1e4b8953627fd10ae4c6b82d9f3",
              "image-ref":
                "registry.acme.example/shop/checkout-service@sha256:41b7f2c09d5e8a36c1f4d70b92e6385fa0c7d1e4b8953627fd10ae4c6b82d9f3",
            },
          },
        ],
      },
    },
    {
      name: "integration-test",
      params: { image: "$(tasks.build-image.results.image-ref)" },
      retries: 1,
      workspaces: ["source"],
      work: {
        kind: "steps",
        task: "checkout-integration",
        steps: [
          {
            name: "start-services",
            image: "registry.acme.example/ci/toolbox:4.2",
            script: `#!/bin/sh
set -eu
toolbox namespace create "it-$(context.taskRun.name)"
toolbox start --image "$(params.image)" --with postgres,payments-stub --wait 60s
`,
            durationMs: 8_640,
          },
          {
            name: "run",
            image: "docker.io/library/golang:1.25",
            script: `#!/bin/sh
set -eu
cd "$(workspaces.source.path)"
go test -tags=integration -count=1 ./test/integration/...
`,
            durationMs: 43_190,
            exitCodes: [1, 0],
          },
          {
            name: "collect-logs",
            image: "registry.acme.example/ci/toolbox:4.2",
            command: ["toolbox"],
            args: ["logs", "--output", "$(workspaces.source.path)/integration-logs"],
            durationMs: 2_270,
          },
        ],
      },
    },
    {
      name: "scan",
      params: { image: "$(tasks.build-image.results.image-ref)" },
      work: {
        kind: "steps",
        task: "image-scan",
        scheduling: {
          delayMs: 46_300,
          message:
            "0/2 nodes are available: 2 Insufficient memory. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.",
          node: "ci-large-t6c8n",
        },
        steps: [
          {
            name: "scan",
            image: "docker.io/aquasec/trivy:0.66.0",
            command: ["trivy"],
            args: ["image", "--format", "json", "--output", "/tekton/home/report.json", "$(params.image)"],
            durationMs: 27_530,
          },
          {
            name: "summarize",
            image: "registry.acme.example/ci/toolbox:4.2",
            script: `#!/bin/sh
set -eu
toolbox scan-summary /tekton/home/report.json | tr -d '\\n' > "$(results.vulnerabilities.path)"
`,
            durationMs: 640,
            results: { vulnerabilities: '{"critical":0,"high":0,"medium":3,"low":11}' },
          },
        ],
      },
    },
    {
      name: "deploy-preview",
      runAfter: ["integration-test", "scan"],
      params: { image: "$(tasks.build-image.results.image-ref)", name: "pr-$(params.pull-request)" },
      work: {
        kind: "steps",
        task: "helm-deploy",
        steps: [
          {
            name: "deploy",
            image: "docker.io/alpine/helm:3.18.6",
            script: `#!/bin/sh
set -eu
helm upgrade --install "$(params.name)" oci://registry.acme.example/charts/checkout \\
  --namespace shop-preview --set image="$(params.image)" --wait --timeout 3m
printf 'https://%s.preview.acme.example' "$(params.name)" > "$(results.url.path)"
`,
            durationMs: 21_460,
            results: { url: "https://pr-412.preview.acme.example" },
          },
        ],
      },
    },
    {
      name: "publish",
      runAfter: ["deploy-preview"],
      params: { image: "$(tasks.build-image.results.image-ref)" },
      when: [{ input: "$(params.event)", operator: "in", values: ["push", "tag"] }],
      work: {
        kind: "steps",
        task: "publish-image",
        steps: [
          {
            name: "tag",
            image: "registry.acme.example/ci/toolbox:4.2",
            command: ["toolbox"],
            args: ["tag", "$(params.image)", "stable"],
            durationMs: 3_000,
          },
        ],
      },
    },
  ],
  finally: [
    {
      name: "report",
      params: { status: "$(tasks.status)", coverage: "$(tasks.unit-test.results.coverage)" },
      work: {
        kind: "steps",
        task: "report-to-chat",
        steps: [
          {
            name: "send",
            image: "docker.io/curlimages/curl:8.15.0",
            script: `#!/bin/sh
set -eu
curl --fail --silent --show-error --json '{"status": "$(params.status)", "coverage": "$(params.coverage)"}' \\
  https://chat.acme.example/hooks/shop-ci
`,
            durationMs: 870,
          },
        ],
      },
    },
    {
      name: "cleanup",
      params: { run: "$(context.pipelineRun.name)" },
      work: {
        kind: "steps",
        task: "remove-test-namespaces",
        steps: [
          {
            name: "remove",
            image: "registry.acme.example/ci/toolbox:4.2",
            command: ["toolbox"],
            args: ["namespace", "delete", "--prefix", "it-$(params.run)", "--no-wait"],
            durationMs: 4_380,
          },
        ],
      },
    },
  ],
};

export const buildAndTest: RunScenario = {
  ...pipeline,
  namespace: "shop-ci",
  createdAt: "2026-08-20T09:41:17.384Z",
  queueMs: 2_400,
  params: {
    "repo-url": "https://github.com/acme/checkout-service",
    revision: "8c1f0b7d5e2a94c36f10d9e7b4a85c2d13f6e09a",
    image: "registry.acme.example/shop/checkout-service",
    event: "pull_request",
    "pull-request": "412",
  },
  workspaces: ["source"],
  serviceAccountName: "pipeline",
  catalogNamespace: "ci-catalog",
  pullRequest: {
    organization: "acme",
    repository: "checkout-service",
    number: 412,
    sha: "8c1f0b7d5e2a94c36f10d9e7b4a85c2d13f6e09a",
    title: "Retry the payment call when the gateway is busy",
    sender: "mira-okafor",
    sourceBranch: "retry-payments",
    targetBranch: "main",
  },
  pods: "trimmed",
  events: "trimmed",
  nodes: ["ci-pool-4xk7p", "ci-pool-9wq2m"],
  images: {
    "ghcr.io/tektoncd/pipeline/entrypoint:v1.15.0": { pullMs: 1_900, bytes: 41_203_118, cached: true },
    "cgr.dev/chainguard/busybox:latest": { pullMs: 600, bytes: 2_118_034, cached: true },
    "docker.io/alpine/git:v2.49.1": { pullMs: 2_140, bytes: 30_812_447 },
    "docker.io/golangci/golangci-lint:v2.4.0": { pullMs: 16_820, bytes: 318_404_620 },
    "docker.io/library/golang:1.25": { pullMs: 14_370, bytes: 298_117_905 },
    "quay.io/buildah/stable:v1.41.4": { pullMs: 52_480, bytes: 812_660_273 },
    "registry.acme.example/ci/toolbox:4.2": { pullMs: 6_130, bytes: 142_907_551 },
    "docker.io/aquasec/trivy:0.66.0": { pullMs: 4_410, bytes: 63_918_802 },
    "docker.io/alpine/helm:3.18.6": { pullMs: 2_960, bytes: 49_551_316 },
    "docker.io/curlimages/curl:8.15.0": { pullMs: 1_080, bytes: 9_114_062 },
  },
};
