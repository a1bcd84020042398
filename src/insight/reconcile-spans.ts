/** Service names of stock Tekton's controllers (v1.6), which give their spans no type. */
const CONTROLLERS: ReadonlySet<string> = new Set([
  "pipelinerun-reconciler",
  "taskrun-reconciler",
  "tekton-pipelines-controller",
  "tekton-events-controller",
]);

/** Whether a span tells of a reconciler at work: by its `throughline.type`, and where it has none by its service. */
export function isReconcile({ type, service }: { type: string; service: string }): boolean {
  return type === "reconcile" || (type === "" && CONTROLLERS.has(service));
}

/** Spans in order of the tree: a parent before its children. -1 stands for no parent. */
interface SpansInOrder {
  parent: ArrayLike<number>;
  /** Whether the span at an index tells of reconciling. */
  isMeant: (index: number) => boolean;
}

/**
 * 1 for each span that is meant and has only such spans below it: these can be left out without losing what they started. Stock
 * Tekton may put a whole run below the reconcile that began it.
 */
export function withNothingElseBelow({ parent, isMeant }: SpansInOrder): Uint8Array {
  const alone = Uint8Array.from({ length: parent.length }, (_, index) => (isMeant(index) ? 1 : 0));
  for (let index = parent.length - 1; index >= 0; index--) {
    const above = parent[index] ?? -1;
    if (above >= 0 && alone[index] === 0) alone[above] = 0;
  }
  return alone;
}
