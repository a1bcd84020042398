/** What `kubectl explain` says of the core kinds. Only what matters here is described; nothing of them is checked. */
import { anything, flag, listOf, mapOf, type Schema, someFields, text, texts } from "./schema.ts";

const CONTAINERS = listOf(
  someFields(
    {
      name: text("Name."),
      image: text("Image it runs in. On a laptop, programs of the host stand in for those of the image."),
      command: texts("What to run."),
      args: texts("Arguments of the command."),
      workingDir: text("Directory it runs in."),
      env: anything("Environment variables."),
      envFrom: anything("ConfigMaps and Secrets whose entries become environment variables."),
      volumeMounts: anything("Where volumes are mounted."),
    },
    "A container.",
  ),
  "Containers.",
);

const POD_SPEC = someFields(
  {
    containers: CONTAINERS,
    initContainers: {
      ...CONTAINERS,
      description: "Containers that run before the others, one after the other.",
    },
    volumes: anything("Volumes."),
    restartPolicy: text("Always, OnFailure or Never."),
    serviceAccountName: text("ServiceAccount it runs as."),
    nodeName: text("Node it runs on."),
  },
  "What is to run.",
);

interface KindSchema {
  description: string;
  properties: Readonly<Record<string, Schema>>;
}

export const CORE_SCHEMAS: Readonly<Record<string, KindSchema>> = {
  Namespace: {
    description: "A space of names. Here one is made for whatever is put into it.",
    properties: {
      spec: anything("Nothing that matters here."),
      status: anything("Whether it is there or going."),
    },
  },
  Pod: {
    description: "Containers that run together.",
    properties: { spec: POD_SPEC, status: anything("What became of it.") },
  },
  Event: {
    description: "Something that happened to an object.",
    properties: {
      involvedObject: anything("The object."),
      type: text("Normal or Warning."),
      reason: text("Why, for machines."),
      message: text("What happened, for people."),
    },
  },
  ConfigMap: {
    description: "Texts for Pods to read.",
    properties: {
      data: mapOf(text("Text."), "Texts by key."),
      binaryData: mapOf(text("Base64."), "Bytes by key, in base64."),
      immutable: flag("Whether it never changes."),
    },
  },
  Secret: {
    description:
      "Texts for Pods to read, which are not shown. Here they are kept as they are, in a directory of yours.",
    properties: {
      type: text("What it is for."),
      data: mapOf(text("Base64."), "Bytes by key, in base64."),
      stringData: mapOf(text("Text."), "Texts by key, for writing: they go into data."),
      immutable: flag("Whether it never changes."),
    },
  },
  PersistentVolumeClaim: {
    description: "A directory that outlives Pods.",
    properties: { spec: anything("How much of what."), status: anything("Here it is always bound.") },
  },
  ServiceAccount: {
    description: "Who a Pod is.",
    properties: {
      secrets: anything("Secrets its Pods may use."),
      imagePullSecrets: anything("For pulling images."),
    },
  },
};
