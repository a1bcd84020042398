import { describe, expect, it } from "vitest";
import type { Container, Pod } from "../../../kube/index.ts";
import { spanIds } from "../../../trace/index.ts";
import type { TaskRunSpec, TaskSpec, WorkspaceBinding } from "../../types/index.ts";
import { taskPod } from "./task-pod.ts";
import { bindWorkspaces } from "./workspaces.ts";

const UID = "3c1a2f5e-6d0b-4a55-9a53-0f3a5d1e7b11";
const CONTEXT = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", flags: 1 };

interface Given {
  task: TaskSpec;
  run?: TaskRunSpec;
  bindings?: readonly WorkspaceBinding[];
  timeoutMillis?: number;
  baggage?: string;
  labels?: Record<string, string>;
}

const LABELS = { "tekton.dev/pipelineTask": "build", "tekton.dev/pipelineRun": "ship" };

function podOf({ task, run = {}, bindings = [], timeoutMillis = 3_600_000, baggage, labels }: Given): Pod {
  return taskPod({
    taskRun: {
      apiVersion: "tekton.dev/v1",
      kind: "TaskRun",
      metadata: {
        name: "ship-build",
        namespace: "demo",
        uid: UID,
        resourceVersion: "1",
        creationTimestamp: "2026-08-18T09:15:02Z",
      },
      spec: run,
    },
    labels: labels ?? LABELS,
    annotations: { team: "shop" },
    task,
    workspaces: bindWorkspaces({ declared: task.workspaces ?? [], bindings, uid: UID }),
    podName: "ship-build-pod",
    attempt: 1,
    context: { ...CONTEXT, ...(baggage !== undefined && { baggage }) },
    serviceAccountName: "default",
    managedBy: "tekton-pipelines",
    otlpEndpoint: "http://127.0.0.1:4318",
    timeoutMillis,
  });
}

function container(pod: Pod, name: string): Container {
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const found = all.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no container ${name} among ${all.map((each) => each.name)}`);
  return found;
}

function environment({ env = [] }: Container): Record<string, string | undefined> {
  return Object.fromEntries(
    env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom?.fieldRef?.fieldPath]),
  );
}

const mountsOf = ({ volumeMounts = [] }: Container) =>
  volumeMounts.map(({ name, mountPath, readOnly, subPath }) =>
    [name, mountPath, subPath ?? "", readOnly ? "ro" : ""].filter(Boolean).join(" "),
  );

describe("the Pod of a TaskRun", () => {
  const pod = podOf({
    task: {
      results: [{ name: "digest" }, { name: "made", value: "$(steps.unit.results.r)" }],
      steps: [
        { name: "compile", image: "golang", script: "go build" },
        {
          name: "unit",
          image: "golang",
          command: ["go", "test"],
          args: ["./..."],
          timeout: "30s",
          onError: "continue",
          workingDir: "src",
          results: [{ name: "r" }],
          when: [{ input: "a", operator: "in", values: ["a"] }],
        },
        { image: "alpine", args: ["true"] },
      ],
    },
  });

  it("belongs to the TaskRun", () => {
    expect(pod.metadata).toEqual({
      name: "ship-build-pod",
      namespace: "demo",
      labels: {
        "app.kubernetes.io/managed-by": "tekton-pipelines",
        "tekton.dev/pipelineTask": "build",
        "tekton.dev/pipelineRun": "ship",
        "tekton.dev/taskRun": "ship-build",
        "tekton.dev/taskRunUID": UID,
      },
      annotations: { team: "shop" },
      ownerReferences: [
        {
          apiVersion: "tekton.dev/v1",
          kind: "TaskRun",
          name: "ship-build",
          uid: UID,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    });
  });

  it("prepares, writes scripts and makes directories before the steps", () => {
    expect(pod.spec.initContainers?.map(({ name, command, args }) => [name, command, args])).toEqual([
      ["prepare", ["/tekton/bin/entrypoint", "init"], undefined],
      [
        "place-scripts",
        ["/tekton/bin/entrypoint", "place-scripts"],
        [
          expect.stringMatching(/^\/tekton\/scripts\/script-0-[0-9a-f]{5}$/),
          Buffer.from("#!/bin/sh\nset -e\ngo build").toString("base64"),
        ],
      ],
      ["working-dir-initializer", ["/tekton/bin/entrypoint", "workdirs"], ["/workspace/src"]],
    ]);
  });

  it("tells each step's entrypoint when to begin, what to run and what to hand in", () => {
    const [script = ""] = container(pod, "place-scripts").args ?? [];
    expect(pod.spec.containers.map(({ args = [] }) => args.join(" "))).toEqual([
      `-post_file /tekton/run/0/out -termination_path /tekton/termination -step_metadata_dir /tekton/run/0/status -results digest -result_from sidecar-logs -entrypoint ${script} --`,
      '-wait_file /tekton/run/0/out -post_file /tekton/run/1/out -termination_path /tekton/termination -step_metadata_dir /tekton/run/1/status -timeout 30s -on_error continue -when_expressions [{"input":"a","operator":"in","values":["a"]}] -step_results r -results digest -result_from sidecar-logs -entrypoint go -- test ./...',
      "-wait_file /tekton/run/1/out -post_file /tekton/run/2/out -termination_path /tekton/termination -step_metadata_dir /tekton/run/2/status -results digest -result_from sidecar-logs -- true",
    ]);
    expect(pod.spec.containers.map(({ name }) => name)).toEqual([
      "step-compile",
      "step-unit",
      "step-unnamed-2",
    ]);
  });

  it("lets a step write only into its own directory", () => {
    expect(mountsOf(container(pod, "step-unit"))).toEqual([
      "tekton-internal-workspace /workspace",
      "tekton-internal-home /tekton/home",
      "tekton-internal-results /tekton/results",
      "tekton-internal-steps /tekton/steps ro",
      "tekton-internal-artifacts /tekton/artifacts",
      "tekton-internal-bin /tekton/bin ro",
      "tekton-internal-scripts /tekton/scripts ro",
      "tekton-internal-run-0 /tekton/run/0 ro",
      "tekton-internal-run-1 /tekton/run/1",
      "tekton-internal-run-2 /tekton/run/2 ro",
      "tekton-creds-init-home-1 /tekton/creds",
    ]);
  });

  it("has every volume its containers mount, once", () => {
    const names = pod.spec.volumes?.map(({ name }) => name) ?? [];
    expect(new Set(names).size).toBe(names.length);
    const mounted = pod.spec.containers.flatMap(({ volumeMounts = [] }) =>
      volumeMounts.map(({ name }) => name),
    );
    expect(mounted.filter((name) => !names.includes(name))).toEqual([]);
  });

  it("tells every step where it stands in the trace", () => {
    expect(environment(container(pod, "step-unit"))).toEqual({
      K8S_POD_NAME: "metadata.name",
      K8S_POD_UID: "metadata.uid",
      K8S_NAMESPACE: "metadata.namespace",
      K8S_NODE_NAME: "spec.nodeName",
      TRACEPARENT: `00-${CONTEXT.traceId}-${spanIds.step(UID, 1, "unit")}-01`,
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
      OTEL_SERVICE_NAME: "build",
      OTEL_RESOURCE_ATTRIBUTES:
        "k8s.namespace.name=demo,k8s.pod.name=ship-build-pod,k8s.container.name=step-unit,tekton.pipelinerun.name=ship,tekton.pipeline_task.name=build,tekton.taskrun.name=ship-build,tekton.step.name=unit,k8s.pod.uid=$(K8S_POD_UID),k8s.node.name=$(K8S_NODE_NAME)",
      TEKTON_PIPELINE_RUN: "ship",
      TEKTON_TASK_NAME: "build",
      TEKTON_TASK_RUN: "ship-build",
    });
  });

  it("calls a task as its pipeline does, else as its Task, and never as the run", () => {
    const namesWith = (labels: Record<string, string>) => {
      const step = { name: "a", image: "i" };
      const env = environment(container(podOf({ task: { steps: [step] }, labels }), "step-a"));
      return [env["TEKTON_TASK_NAME"], env["OTEL_SERVICE_NAME"]];
    };
    expect(namesWith({ ...LABELS, "tekton.dev/task": "go-build" })).toEqual(["build", "build"]);
    expect(namesWith({ "tekton.dev/task": "go-build" })).toEqual(["go-build", "go-build"]);
    expect(namesWith({})).toEqual([undefined, "a"]);
  });

  it("calls a pipeline what many runs call it, and never as the run", () => {
    const namesWith = (labels: Record<string, string>) => {
      const step = { name: "a", image: "i" };
      const pod = podOf({
        task: { steps: [step] },
        labels: { "tekton.dev/pipelineRun": "ship-x7", ...labels },
      });
      const env = environment(container(pod, "step-a"));
      const resource = env["OTEL_RESOURCE_ATTRIBUTES"]?.match(/(?<=pipeline\.name=)[^,]+/g) ?? [];
      return [env["TEKTON_PIPELINE_NAME"], ...resource];
    };
    expect(namesWith({ "tekton.dev/pipeline": "ship" })).toEqual(["ship", "ship", "ship"]);
    expect(namesWith({ "tekton.dev/pipeline": "ship-x7" })).toEqual([undefined]);
    const template = { "pipelinesascode.tekton.dev/original-prname": "ship" };
    expect(namesWith({ "tekton.dev/pipeline": "ship-x7", ...template })).toEqual(["ship", "ship", "ship"]);
  });

  it("is the same each time", () => {
    const task: TaskSpec = { steps: [{ name: "a", image: "i", script: "true" }] };
    expect(podOf({ task })).toEqual(podOf({ task }));
  });
});

describe("what a Pod takes from its TaskRun and Task", () => {
  it("keeps what the step sets, and lets the template win", () => {
    const task: TaskSpec = {
      stepTemplate: { env: [{ name: "LEVEL", value: "template" }] },
      steps: [{ name: "a", image: "i", env: [{ name: "OTEL_SERVICE_NAME", value: "mine" }] }],
    };
    const env = environment(
      container(podOf({ task, run: { podTemplate: { env: [{ name: "LEVEL", value: "pod" }] } } }), "step-a"),
    );
    expect([env["OTEL_SERVICE_NAME"], env["LEVEL"]]).toEqual(["mine", "pod"]);
  });

  it("keeps dollar signs in what it passes on from being taken for variables", () => {
    const task: TaskSpec = { steps: [{ name: "a", image: "i" }] };
    const env = environment(container(podOf({ task, baggage: "price=$(HOME)" }), "step-a"));
    expect(env["BAGGAGE"]).toBe("price=$$(HOME)");
  });

  it("copies the template's fields and volumes into the Pod", () => {
    const run: TaskRunSpec = {
      podTemplate: { securityContext: { runAsUser: 1001 }, volumes: [{ name: "extra", emptyDir: {} }] },
    };
    const { spec } = podOf({ task: { steps: [{ image: "i" }] }, run });
    expect(spec).toMatchObject({ securityContext: { runAsUser: 1001 }, restartPolicy: "Never" });
    expect(spec.volumes?.at(-1)).toEqual({ name: "extra", emptyDir: {} });
  });

  it.each([
    [3_600_000, 5400],
    [0, 2_147_483_647],
    [100, 1],
  ])("gives a Pod with a timeout of %i ms a deadline of %i s", (timeoutMillis, seconds) => {
    expect(podOf({ task: { steps: [{ image: "i" }] }, timeoutMillis }).spec.activeDeadlineSeconds).toBe(
      seconds,
    );
  });

  it("makes the first step wait for sidecars, and only then", () => {
    const task: TaskSpec = {
      steps: [{ name: "a", image: "i", command: ["true"] }],
      sidecars: [{ name: "server", image: "nginx", script: "serve" }],
    };
    const pod = podOf({ task });
    expect(container(pod, "step-a").args?.slice(0, 3)).toEqual([
      "-wait_file",
      "/tekton/downward/ready",
      "-wait_file_content",
    ]);
    expect(mountsOf(container(pod, "step-a"))).toContain("tekton-internal-downward /tekton/downward ro");
    const sidecar = container(pod, "sidecar-server");
    expect(sidecar.command).toEqual([
      expect.stringMatching(/^\/tekton\/scripts\/sidecar-script-0-[0-9a-f]{5}$/),
    ]);
  });
});

describe("workspaces of a Pod", () => {
  const steps = [{ name: "a", image: "i" }];

  it("mounts what is bound where the Task says", () => {
    const task: TaskSpec = {
      steps,
      workspaces: [
        { name: "source" },
        { name: "config", mountPath: "/etc/config", readOnly: true },
        { name: "cache", optional: true },
      ],
    };
    const bindings = [
      { name: "source", persistentVolumeClaim: { claimName: "claim" }, subPath: "dir" },
      { name: "config", configMap: { name: "settings", items: [{ key: "k", path: "p" }] } },
    ];
    const pod = podOf({ task, bindings });
    const mounts = mountsOf(container(pod, "step-a")).filter((mount) => mount.startsWith("ws-"));
    expect(mounts.map((mount) => mount.replace(/^ws-[0-9a-f]{5} /, ""))).toEqual([
      "/workspace/source dir",
      "/etc/config ro",
    ]);
    expect(pod.spec.volumes?.filter(({ name }) => name.startsWith("ws-"))).toMatchObject([
      { persistentVolumeClaim: { claimName: "claim" } },
      { configMap: { name: "settings", items: [{ key: "k", path: "p" }] } },
    ]);
  });

  it("has one volume for a claim that is bound twice", () => {
    const task: TaskSpec = { steps, workspaces: [{ name: "one" }, { name: "two" }] };
    const persistentVolumeClaim = { claimName: "claim" };
    const pod = podOf({
      task,
      bindings: [
        { name: "one", persistentVolumeClaim, subPath: "1" },
        { name: "two", persistentVolumeClaim, subPath: "2" },
      ],
    });
    expect(pod.spec.volumes?.filter(({ name }) => name.startsWith("ws-"))).toHaveLength(1);
  });

  it("shows an isolated workspace only to those that ask for it, where they want it", () => {
    const task: TaskSpec = {
      steps: [
        { name: "in", image: "i", workspaces: [{ name: "secret", mountPath: "/here" }] },
        { name: "out", image: "i" },
      ],
      sidecars: [{ name: "side", image: "i" }],
      workspaces: [{ name: "secret" }],
    };
    const pod = podOf({ task, bindings: [{ name: "secret", secret: { secretName: "s" } }] });
    const sees = (name: string) => mountsOf(container(pod, name)).filter((mount) => mount.startsWith("ws-"));
    expect(sees("step-in")).toEqual([expect.stringMatching(/ \/here$/)]);
    expect([sees("step-out"), sees("sidecar-side")]).toEqual([[], []]);
  });
});
