import { describe, expect, it } from "vitest";
import { metricAttributes, metricResource, resourceAttributes } from "./resource.ts";

const env = {
  OTEL_RESOURCE_ATTRIBUTES:
    "k8s.container.name=step-build,team=a%2Cb,stray=100%,broken,=x,tekton.step.name = build ",
  TEKTON_PIPELINE_NAME: "shop",
  TEKTON_PIPELINE_RUN: "shop-x1",
  TEKTON_TASK_NAME: "build",
  TEKTON_TASK_RUN: "shop-x1-build",
  K8S_NAMESPACE: "ci",
  K8S_POD_NAME: "shop-x1-build-pod",
  K8S_POD_UID: "6f0c",
  K8S_NODE_NAME: "",
};

describe("the resource of a step", () => {
  it("is what OTEL_RESOURCE_ATTRIBUTES say, decoded, and what Tekton's variables add", () => {
    expect(resourceAttributes(env)).toEqual({
      "k8s.container.name": "step-build",
      team: "a,b",
      stray: "100%",
      "tekton.step.name": "build",
      "tekton.pipeline.name": "shop",
      "tekton.pipelinerun.name": "shop-x1",
      "tekton.pipeline_task.name": "build",
      "tekton.taskrun.name": "shop-x1-build",
      "k8s.namespace.name": "ci",
      "k8s.pod.name": "shop-x1-build-pod",
      "k8s.pod.uid": "6f0c",
      "service.name": "build",
    });
  });

  it("takes what is given over what is known", () => {
    const given = { ...env, OTEL_RESOURCE_ATTRIBUTES: "k8s.pod.name=mine,service.name=shop" };
    expect(resourceAttributes(given)).toMatchObject({ "k8s.pod.name": "mine", "service.name": "shop" });
    expect(resourceAttributes({ ...given, OTEL_SERVICE_NAME: "ci" })).toMatchObject({ "service.name": "ci" });
    expect(resourceAttributes({})).toEqual({ "service.name": "unknown_service" });
  });

  it("says nothing of the single run where it goes with metrics", () => {
    const OTEL_RESOURCE_ATTRIBUTES =
      "cicd.pipeline.run.id=1,cicd.pipeline.task.run.id=2,service.instance.id=3,host.name=4,container.id=5,x.uid=6,cicd.pipeline.name=shop";
    expect(metricResource({ ...env, OTEL_RESOURCE_ATTRIBUTES })).toEqual({
      "cicd.pipeline.name": "shop",
      "tekton.pipeline.name": "shop",
      "tekton.pipeline_task.name": "build",
      "k8s.namespace.name": "ci",
      "service.name": "build",
    });
  });
});

it("data points name pipeline and task, as far as they are known", () => {
  expect(metricAttributes(env)).toEqual({ "tekton.pipeline.name": "shop", "tekton.task.name": "build" });
  expect(metricAttributes({})).toEqual({});
});
