/** Definitions in git repositories (docs/git-resolver.md). Nothing is checked out: the file is read from the objects. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { git } from "./git-command.ts";
import { MAX_DEFINITION_BYTES } from "./http-resolver.ts";
import { withoutPassword } from "./password.ts";
import { type Content, ResolutionError, type ResolverParams, requiredParams } from "./resolution.ts";

/** A URL, or `user@host:path`. Paths of this machine are not for definitions that come from anywhere. */
const REMOTE = /^(?:(?:git|https?|ssh):\/\/\S+|[\w.-]+@[\w.-]+:\S+)$/;
const FULL_COMMIT = /^[0-9a-f]{40}$/;

interface GitFile {
  url: string;
  revision: string;
  path: string;
}

/** Takes a file as it is at a revision, `main` unless another is given. */
export async function fetchFromGit(params: ResolverParams): Promise<Content> {
  const file = fileOf(params);
  const directory = await mkdtemp(join(tmpdir(), "throughline-git-"));
  try {
    const commit = await fetchCommit(directory, file);
    const text = await readAt(directory, { ...file, commit });
    const source = {
      uri: `git+${withoutPassword(file.url)}`,
      digest: { sha1: commit },
      entryPoint: file.path,
    };
    return { text, source, isImmutable: FULL_COMMIT.test(file.revision) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function fileOf(params: ResolverParams): GitFile {
  if (params["repo"] !== undefined)
    throw new ResolutionError(
      "git resolver: only repositories given as 'url' are supported, not 'org' and 'repo'",
    );
  const { url, pathInRepo } = requiredParams(params, { resolver: "git", names: ["url", "pathInRepo"] });
  const revision = params["revision"] || "main";
  if (!REMOTE.test(url)) throw new ResolutionError(`invalid git repository url: ${withoutPassword(url)}`);
  if (revision.startsWith("-"))
    throw new ResolutionError(`invalid revision "${revision}": must not begin with '-'`);
  const path = posix.normalize(pathInRepo).replace(/^\/+/, "");
  if (path.split("/").includes(".."))
    throw new ResolutionError(`invalid path "${pathInRepo}": must not contain '..' components`);
  return { url, revision, path };
}

/** Fetches no more than the one commit where the server can do that, else all of the repository. */
async function fetchCommit(directory: string, { url, revision }: GitFile): Promise<string> {
  await mustRun(directory, ["init", "--quiet", "--bare"]);
  const shallow = await git(directory, ["fetch", "--quiet", "--depth=1", "--no-tags", "--", url, revision]);
  if (shallow.isDone) return commitOf(directory, "FETCH_HEAD", { url, revision });
  if (!CANNOT_BE_SHALLOW.test(shallow.complaint)) throw fetchError({ url, revision }, shallow.complaint);
  const refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
  const whole = await git(directory, ["fetch", "--quiet", "--", url, ...refs]);
  if (!whole.isDone) throw fetchError({ url, revision }, whole.complaint);
  return commitOf(directory, revision, { url, revision });
}

/** What servers say that know only whole branches, and what git says to a shortened commit. */
const CANNOT_BE_SHALLOW = /shallow|unadvertised object|not our ref|couldn't find remote ref/i;

function fetchError(
  { url, revision }: Pick<GitFile, "url" | "revision">,
  complaint: string,
): ResolutionError {
  const what = `cannot fetch revision "${revision}" of ${withoutPassword(url)}`;
  const next = "check url and revision, the network and your credentials for git";
  return new ResolutionError(`${what}: ${withoutPassword(complaint)}; ${next}`);
}

async function commitOf(
  directory: string,
  revision: string,
  origin: Pick<GitFile, "url" | "revision">,
): Promise<string> {
  const parsed = await git(directory, [
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${revision}^{commit}`,
  ]);
  if (!parsed.isDone) throw fetchError(origin, "no such revision");
  return parsed.output.toString("utf8").trim();
}

async function readAt(directory: string, { url, revision, path, commit }: GitFile & { commit: string }) {
  const object = `${commit}:${path}`;
  const size = await git(directory, ["cat-file", "-s", object]);
  const where = `${withoutPassword(url)} at revision "${revision}"`;
  if (!size.isDone) throw new ResolutionError(`error opening file "${path}": there is none in ${where}`);
  if (Number(size.output) > MAX_DEFINITION_BYTES)
    throw new ResolutionError(`file "${path}" of ${where} is larger than ${MAX_DEFINITION_BYTES} bytes`);
  return (await mustRun(directory, ["cat-file", "blob", object])).toString("utf8");
}

async function mustRun(directory: string, args: readonly string[]): Promise<Buffer> {
  const outcome = await git(directory, args);
  if (!outcome.isDone) throw new ResolutionError(`git ${args[0]} failed: ${outcome.complaint}`);
  return outcome.output;
}
