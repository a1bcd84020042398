import type { PullRequest } from "../scenario.ts";

interface RunMarks {
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** What Pipelines-as-Code writes on a PipelineRun that it creates for a pull request on GitHub. */
export function pullRequestMarks(request: PullRequest | undefined, pipeline: string): RunMarks {
  if (request === undefined) return { labels: {}, annotations: {} };
  const { organization, repository, number, sha, sender, title, sourceBranch, targetBranch } = request;
  const repositoryUrl = `https://github.com/${organization}/${repository}`;
  const shared = prefixed({
    "event-type": "pull_request",
    "original-prname": pipeline,
    "pull-request": String(number),
    repository,
    sha,
    state: "started",
    "url-org": organization,
    "url-repository": repository,
  });
  return {
    labels: { ...shared, "app.kubernetes.io/managed-by": "pipelinesascode.tekton.dev" },
    annotations: {
      ...shared,
      ...prefixed({
        branch: targetBranch,
        "git-provider": "github",
        "repo-url": repositoryUrl,
        sender,
        "sha-title": title,
        "sha-url": `${repositoryUrl}/commit/${sha}`,
        "source-branch": sourceBranch,
      }),
    },
  };
}

/** Once it has reported the outcome, Pipelines-as-Code says so on the PipelineRun; its children keep what they got. */
export function concludedMarks(marks: Record<string, string>): Record<string, string> {
  const state = prefixed({ state: "completed" });
  return Object.keys(state).every((name) => name in marks) ? { ...marks, ...state } : marks;
}

function prefixed(marks: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(marks).map(([name, value]) => [`pipelinesascode.tekton.dev/${name}`, value]),
  );
}
