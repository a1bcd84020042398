import { pathSentence as sentenceOf } from "../insight/index.ts";
import type { RunTrace } from "../trace/index.ts";
import { printable } from "./terminal.ts";

/** `7m 12s, of which 3m 40s integration-test, 1m 05s waiting for a node, 42s pulling golang:1.24` */
export function pathSentence({
  startNs,
  endNs,
  criticalPath,
}: Pick<RunTrace, "startNs" | "endNs" | "criticalPath">): string {
  const parts = criticalPath.map((part) => ({ ...part, durationNs: part.endNs - part.startNs }));
  return printable(sentenceOf(endNs - startNs, parts));
}
