import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { Raster } from "./minimap.ts";
import type { Folding, Rows } from "./rows.ts";
import type { Trace } from "./trace.ts";
import { traceQuery } from "./trace-query.ts";
import { traceWorker } from "./worker-client.ts";
import type { JobName, Jobs, Loaded } from "./worker-messages.ts";

/** A trace by its id or the name of its run. */
export function useTrace(id: string): UseQueryResult<Loaded, Error> {
  return useQuery(traceQuery(id));
}

/** A trace with its rows. They belong together: indexes of one reading mean nothing in the next. */
export interface LaidOut {
  trace: Trace;
  rows: Rows;
}

/** The rows of a trace; of a reading that is still being laid out, those of the one before. */
export function useRows(loaded: Loaded, folding: Folding): LaidOut | undefined {
  const asked = useMemo(() => ({ trace: loaded.number, folding }), [loaded.number, folding]);
  const answer = useJob("rows", asked, loaded.trace);
  return useMemo(() => answer && { trace: answer.of, rows: answer.value }, [answer]);
}

/** The spans that match words; undefined while they are looked for in another reading of the trace. */
export function useMatches(loaded: Loaded, words: string): Int32Array | undefined {
  const asked = useMemo(() => ({ trace: loaded.number, words }), [loaded.number, words]);
  const answer = useJob("search", asked, loaded.trace);
  return answer?.of === loaded.trace ? answer.value : undefined;
}

/** The picture of a whole trace. */
export function useRaster(
  { number, trace }: Loaded,
  { columns, lanes, extentMs }: { columns: number; lanes: number; extentMs: number },
): Raster | undefined {
  const asked = useMemo(
    () => ({ trace: number, columns, lanes, extentMs }),
    [number, columns, lanes, extentMs],
  );
  return useJob("minimap", asked, trace)?.value;
}

interface Answer<Name extends JobName> {
  value: Jobs[Name]["answered"];
  of: Trace;
}

/** What the worker answered last; while the next answer is on its way, the one before. */
function useJob<Name extends Exclude<JobName, "load">>(
  job: Name,
  asked: Jobs[Name]["asked"],
  of: Trace,
): Answer<Name> | undefined {
  const [answer, setAnswer] = useState<Answer<Name>>();
  const [fault, setFault] = useState<Error>();
  useEffect(() => {
    let isWanted = true;
    traceWorker()
      .run(job, asked)
      .then(
        (value) => isWanted && value !== undefined && setAnswer({ value, of }),
        (error) => isWanted && setFault(error),
      );
    return () => {
      isWanted = false;
    };
  }, [job, asked, of]);
  if (fault !== undefined) throw fault;
  return answer;
}
