/** Paths of a container in terms of the host, for processes that see the host's own file system. */
import type { Mount } from "./executor.ts";

/**
 * Replaces every mounted path that stands in the text by where it really is: at the borders of paths only, so that neither
 * `/workspace2` nor `/my/workspace` is taken for `/workspace`. What is a host path already stays, so twice is as good as once.
 */
export function rewritePaths(text: string, mounts: readonly Mount[]): string {
  if (mounts.length === 0 || !text.includes("/")) return text;
  const sources = new Map(mounts.map(({ target, source }) => [trimmed(target), trimmed(source)]));
  return text.replace(patternOf(mounts), (path) => sources.get(path) ?? path);
}

/** Not within a longer name: `://` may stand before it, and a dot that ends a sentence after it. */
const BEFORE = String.raw`(?<![\w.~-])(?<![^:/]/)(?<!^/)`;
const AFTER = String.raw`(?![\w~-])(?!\.[\w.])`;

/** Longest first: the innermost mount wins, and a host path wins over a target that begins it. */
function patternOf(mounts: readonly Mount[]): RegExp {
  const paths = mounts.flatMap(({ source, target }) => [trimmed(source), trimmed(target)]);
  const alternatives = [...new Set(paths)]
    .sort((one, other) => other.length - one.length)
    .map((path) => path.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`${BEFORE}(?:${alternatives.join("|")})${AFTER}`, "g");
}

function trimmed(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}
