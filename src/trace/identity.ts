import type { ObjectMeta, PipelineRun, TaskRun } from "../tekton/index.ts";
import { defined } from "./attributes.ts";
import type { Attributes } from "./span.ts";

/**
 * The pipeline's name, which many runs share.
 *
 * The label `tekton.dev/pipeline` holds the name of the run itself when the pipeline is written inline
 * (tektoncd/pipeline docs/labels.md), so that it would make a name for every run; then the name
 * Pipelines-as-Code gave the template, or the run's generateName, is what the runs have in common.
 */
export function pipelineNameOf({ meta, pipelineRefName }: PipelineRun): string {
  const label = meta.labels["tekton.dev/pipeline"];
  if (label && label !== meta.name) return label;
  return (
    pipelineRefName ||
    meta.labels["pipelinesascode.tekton.dev/original-prname"] ||
    withoutTrailingDash(meta.generateName) ||
    meta.name
  );
}

/** The task's name in its pipeline; for a TaskRun of its own, the Task it runs. */
export function taskNameOf({ meta, taskName }: TaskRun): string {
  return (
    meta.labels["tekton.dev/pipelineTask"] ||
    meta.labels["tekton.dev/task"] ||
    taskName ||
    withoutTrailingDash(meta.generateName) ||
    meta.name
  );
}

function withoutTrailingDash(generateName = ""): string {
  return generateName.replace(/-$/, "");
}

/** `cicd.pipeline.action.name`. Konflux marks its build pipelines; everything else is plainly run. */
export function actionOf({ labels }: ObjectMeta): "BUILD" | "RUN" {
  const type = labels["pipelines.appstudio.openshift.io/type"] ?? labels["pipelines.konflux-ci.dev/type"];
  return type === "build" ? "BUILD" : "RUN";
}

/** What Pipelines-as-Code writes on a run, and what Konflux renames it to on the objects that follow. */
const PAC_PREFIXES = ["pipelinesascode.tekton.dev/", "pac.test.appstudio.openshift.io/"];

/** As git writes it, and as it stands in a label, which may not hold a slash. */
const REF_PREFIX = /^refs[/-](heads|tags)[/-]/;

/** Where the run came from: semantic conventions VCS, from Pipelines-as-Code and Konflux metadata. */
export function vcsAttributes(meta: ObjectMeta): Attributes {
  const read = (key: string) => readPac(meta, key);
  const konflux = (key: string) => meta.annotations[`build.appstudio.redhat.com/${key}`];
  const change = read("pull-request") ?? konflux("pull_request_number");
  const target = read("branch") ?? konflux("target_branch");
  const source = read("source-branch") ?? (change ? undefined : target);
  const provider = read("git-provider")?.replace(/^bitbucket-.*/, "bitbucket");
  return defined({
    "vcs.provider.name": provider,
    "vcs.owner.name": read("url-org"),
    "vcs.repository.name": read("url-repository"),
    "vcs.repository.url.full": read("repo-url")?.replace(/\.git$/, ""),
    "vcs.ref.head.name": source?.replace(REF_PREFIX, ""),
    "vcs.ref.head.type": source && (/^refs[/-]tags[/-]/.test(source) ? "tag" : "branch"),
    "vcs.ref.head.revision": read("sha") ?? konflux("commit_sha"),
    "vcs.ref.base.name": change && target?.replace(REF_PREFIX, ""),
    "vcs.change.id": change,
  });
}

/** Annotations hold the value, labels what a label may hold of it. */
function readPac(meta: ObjectMeta, key: string): string | undefined {
  for (const prefix of PAC_PREFIXES) {
    const value = meta.annotations[prefix + key] || meta.labels[prefix + key];
    if (value) return value;
  }
  return undefined;
}

/** Who started the run and what for, under the names the services that write them use. */
export function originAttributes(meta: ObjectMeta): Attributes {
  const { labels } = meta;
  return defined({
    "pipelinesascode.tekton.dev.event_type": readPac(meta, "event-type"),
    "pipelinesascode.tekton.dev.sender": readPac(meta, "sender"),
    "delivery.tekton.dev.application":
      labels["delivery.tekton.dev/application"] ?? labels["appstudio.openshift.io/application"],
    "delivery.tekton.dev.component":
      labels["delivery.tekton.dev/component"] ??
      labels["appstudio.openshift.io/component"] ??
      labels["build.konflux-ci.dev/component"],
    "cicd.pipeline.run.url.full": readPac(meta, "log-url"),
  });
}
