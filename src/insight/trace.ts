import { runsOfTrace, type StoredRun, type TaskShape, type TraceShape, traceShape } from "../store/index.ts";
import { formatTime } from "../tekton/index.ts";
import { type GraphTask, SPAN_FLAGS, type TraceAnswer, type TraceRun } from "./answers/index.ts";
import { findTrace, notFound, outermostFirst } from "./find-run.ts";
import { pathSentence, shortImage } from "./path-words.ts";
import { question } from "./question.ts";
import { planOf, slackOf } from "./replay.ts";
import { resultWord, runRow } from "./run-row.ts";
import { MOST_SPANS } from "./trace-limits.ts";
import { type PathSegment, type PathSpans, pathOfRun } from "./trace-path.ts";
import { type TraceTree, treeOf } from "./trace-tree.ts";

export const TRACE_ID_PARAMETER = {
  name: "id",
  kind: "text",
  inPath: true,
  isRequired: true,
  description: "trace id; or name, namespace/name or UID of a run: of several of a name the latest",
} as const;

/** A whole trace, laid out for drawing. */
export const TRACE = question<TraceAnswer>({
  name: "trace",
  path: "traces/{id}",
  summary:
    "A trace for drawing: its spans in order of the tree, its runs with graph, slack and critical path",
  answerName: "TraceAnswer",
  parameters: [TRACE_ID_PARAMETER],
  async answer({ store }, given) {
    const id = given.text("id") ?? "";
    const found = await findTrace(id, store);
    const [[shape], runs] = await Promise.all([
      store.select(traceShape(found.traceId, MOST_SPANS)),
      store.select(runsOfTrace(found.traceId)),
    ]);
    if (shape === undefined || shape.spanIds.length === 0) throw notFound(id);
    return traceAnswer(
      sceneOf(found.traceId, shape),
      outermostFirst(runs),
      nameNotes(found.run, found.others),
    );
  },
});

/** A trace in the order in which it is drawn. Times are microseconds. */
interface Scene {
  traceId: string;
  shape: TraceShape;
  tree: TraceTree;
  /** Where a span is drawn, by id. */
  places: ReadonlyMap<string, number>;
  path: PathSpans;
  /** Spans that are a task of a run, by where they are drawn. */
  tasks: ReadonlyMap<number, TaskShape>;
  originUs: number;
  endUs: number;
}

function sceneOf(traceId: string, shape: TraceShape): Scene {
  const { spanIds, parentSpanIds, startUs, durationUs } = shape;
  const tree = treeOf({ spanIds, parentSpanIds, starts: startUs, durations: durationUs });
  const places = new Map(tree.source.map((source, place) => [spanIds[source] ?? "", place]));
  const placeOf = (source: number) => places.get(spanIds[source] ?? "") ?? 0;
  const tasks = new Map(shape.tasks.map((task) => [placeOf(task.index), task]));
  const inOrder = <Value>(values: readonly Value[], otherwise: Value): Value[] =>
    tree.source.map((source) => values[source] ?? otherwise);
  const starts = inOrder(startUs, 0);
  const ends = starts.map((start, place) => start + (durationUs[tree.source[place] ?? 0] ?? 0));
  const path: PathSpans = {
    starts,
    ends,
    treeEnds: tree.end,
    types: inOrder(shape.types, ""),
    phases: inOrder(shape.phases, ""),
    shares: inOrder(shape.criticalUs, 0),
    taskShares: starts.map((_, place) => tasks.get(place)?.criticalUs ?? 0),
  };
  return { traceId, shape, tree, places, path, tasks, originUs: least(starts), endUs: most(ends) };
}

function traceAnswer(scene: Scene, runs: readonly StoredRun[], notes: readonly string[]): TraceAnswer {
  const { traceId, originUs, endUs, shape } = scene;
  const remoteParents = new Set(
    runs.map(({ parentSpanId }) => parentSpanId).filter((id) => id !== "" && !scene.places.has(id)),
  );
  const columns = columnsOf(scene, remoteParents);
  return {
    traceId,
    runs: runs.flatMap((run) => traceRun(run, scene)),
    startTime: formatTime(BigInt(Math.round(originUs)) * 1000n),
    durationMs: millis(endUs - originUs),
    ...columns,
    decisions: decisionsOf(scene),
    images: imagesOf(scene),
    messages: messagesOf(scene),
    notes: [...notes, ...orphanNotes(columns.spans.flags), ...sizeNotes(shape.spanIds.length)],
  };
}

function columnsOf(
  { shape, tree, path, originUs }: Scene,
  remoteParents: ReadonlySet<string>,
): Pick<TraceAnswer, "texts" | "spans"> {
  const texts: string[] = [];
  const indexes = new Map<string, number>();
  const indexOf = (text: string): number => {
    const found = indexes.get(text);
    if (found !== undefined) return found;
    indexes.set(text, texts.length);
    return texts.push(text) - 1;
  };
  const column = <Value>(values: (source: number, place: number) => Value): Value[] =>
    tree.source.map((source, place) => values(source, place));
  const isLost = (source: number, place: number) =>
    tree.isOrphan[place] === true && !remoteParents.has(shape.parentSpanIds[source] ?? "");
  const spans = {
    id: column((source) => shape.spanIds[source] ?? ""),
    parent: tree.parent,
    depth: tree.depth,
    name: column((source) => indexOf(shape.names[source] ?? "")),
    service: column((source) => indexOf(shape.services[source] ?? "")),
    type: column((source) => indexOf(shape.types[source] ?? "")),
    startMs: column((_, place) => millis((path.starts[place] ?? 0) - originUs)),
    durationMs: column((source) => millis(shape.durationUs[source] ?? 0)),
    result: column((source) =>
      indexOf(shape.results[source] === "" ? "" : resultWord(shape.results[source] ?? "")),
    ),
    flags: column(
      (source, place) => flagsOf(shape, source) | (isLost(source, place) ? SPAN_FLAGS.orphan : 0),
    ),
    criticalMs: column((source) => millis(shape.criticalUs[source] ?? 0)),
    exitCode: column((source) => exitCodeOf(shape.exitCodes[source])),
  };
  return { texts, spans };
}

function decisionsOf({ shape, tree }: Scene): TraceAnswer["decisions"] {
  return tree.source.flatMap((source, span) => {
    const decisions = shape.decisions.get(source);
    return decisions === undefined ? [] : [{ span, decisions }];
  });
}

function imagesOf({ shape, tree }: Scene): TraceAnswer["images"] {
  return tree.source.flatMap((source, span) => {
    const image = shape.images[source] ?? "";
    return shape.phases[source] !== "pull" || image === "" ? [] : [{ span, image: shortImage(image) }];
  });
}

function messagesOf({ shape, tree }: Scene): TraceAnswer["messages"] {
  return tree.source.flatMap((source, span) => {
    const message = shape.messages[source] ?? "";
    return message === "" ? [] : [{ span, message }];
  });
}

function flagsOf(shape: TraceShape, source: number): number {
  const { hasError, isProvisional, isCoarse, isInferred, isWaiting } = shape;
  return (
    (hasError[source] ? SPAN_FLAGS.error : 0) |
    (isProvisional[source] ? SPAN_FLAGS.provisional : 0) |
    (isCoarse[source] ? SPAN_FLAGS.coarse : 0) |
    (isInferred[source] ? SPAN_FLAGS.inferred : 0) |
    (isWaiting[source] ? SPAN_FLAGS.waiting : 0)
  );
}

function exitCodeOf(code: number | undefined): number | null {
  return code === undefined || code === -1 ? null : code;
}

function traceRun(run: StoredRun, scene: Scene): TraceRun[] {
  const span = scene.places.get(run.spanId);
  // A trace that is too large is shown in part: this run is not in it.
  if (span === undefined) return [];
  const segments = pathOfRun(scene.path, span);
  const isRemote = run.parentSpanId !== "" && !scene.places.has(run.parentSpanId);
  return [
    {
      ...runRow(run),
      span,
      summary: pathSentence(
        run.durationNs,
        segments.map((segment) => worded(segment, scene)),
      ),
      tasks: graphTasks(span, scene),
      criticalPath: bySpan(segments).map(({ span, start, end }) => ({
        span,
        startMs: millis(start - scene.originUs),
        endMs: millis(end - scene.originUs),
      })),
      ...(isRemote ? { remoteParentSpanId: run.parentSpanId } : {}),
    },
  ];
}

function worded({ cause, span, start, end, task }: PathSegment, { shape, tree, tasks }: Scene) {
  const source = tree.source[task ?? span] ?? 0;
  return {
    cause,
    task: tasks.get(task ?? span)?.task ?? shape.names[source] ?? "",
    label: shape.images[tree.source[span] ?? 0] ?? "",
    durationNs: BigInt(Math.round((end - start) * 1000)),
  };
}

/** Segments of one span that follow one another differ only in their cause. */
function bySpan(segments: readonly PathSegment[]): PathSegment[] {
  const joined: PathSegment[] = [];
  for (const segment of segments) {
    const last = joined.at(-1);
    if (last?.span === segment.span) last.end = segment.end;
    else joined.push({ ...segment });
  }
  return joined;
}

/** The tasks that lie directly in a run, by start. */
function graphTasks(run: number, { tree, tasks, path, shape }: Scene): GraphTask[] {
  const places = childrenOf(tree, run).filter((place) => tasks.has(place));
  const found = places.map((place) => ({ place, task: tasks.get(place), source: tree.source[place] ?? 0 }));
  const slack = slackOf(
    planOf({
      start: path.starts[run] ?? 0,
      end: path.ends[run] ?? 0,
      tasks: found.map(({ place, task }) => ({
        name: task?.task ?? "",
        start: path.starts[place] ?? 0,
        end: path.ends[place] ?? 0,
        after: task?.after ?? [],
        isFinally: task?.isFinally ?? false,
      })),
    }),
  );
  return found.map(({ place, task, source }, index) => ({
    task: task?.task ?? "",
    span: place,
    result: resultWord(shape.results[source] ?? ""),
    after: task?.after ?? [],
    isFinally: task?.isFinally ?? false,
    durationMs: millis(shape.durationUs[source] ?? 0),
    waitMs: millis(task?.waitUs ?? 0),
    slackMs: millis(slack[index] ?? 0),
  }));
}

function childrenOf({ end }: TraceTree, place: number): number[] {
  const children: number[] = [];
  for (let child = place + 1; child < (end[place] ?? 0); child = end[child] ?? Number.POSITIVE_INFINITY) {
    children.push(child);
  }
  return children;
}

function nameNotes(run: StoredRun | undefined, others: number): string[] {
  if (run === undefined || others === 0) return [];
  const count = others === 1 ? "one older run has" : `${others} older runs have`;
  return [`${count} the name ${run.name} too; this is the latest`];
}

function orphanNotes(flags: readonly number[]): string[] {
  const orphans = flags.filter((each) => (each & SPAN_FLAGS.orphan) !== 0).length;
  if (orphans === 0) return [];
  return [
    orphans === 1
      ? "1 span has a parent that is not here"
      : `${orphans} spans have a parent that is not here`,
  ];
}

function sizeNotes(spans: number): string[] {
  return spans < MOST_SPANS ? [] : [`only ${MOST_SPANS.toLocaleString("en")} spans of this trace are shown`];
}

/** To the microsecond. */
function millis(micros: number): number {
  return Math.round(micros) / 1000;
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}
