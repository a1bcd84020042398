import type { ApiError } from "../../shared/api.ts";
import type { Raster } from "./minimap.ts";
import type { Folding, Rows } from "./rows.ts";
import type { Trace } from "./trace.ts";

/** What the worker can do. It keeps the trace it loaded last, under a number, and lays that one out. */
export interface Jobs {
  /** `path` is that of the question, under `/api/v1`. */
  load: { asked: { path: string }; answered: Loaded };
  rows: { asked: { trace: number; folding: Folding }; answered: Rows };
  search: { asked: { trace: number; words: string }; answered: Int32Array };
  minimap: {
    asked: { trace: number; columns: number; lanes: number; extentMs: number };
    answered: Raster;
  };
}

export type JobName = keyof Jobs;

export interface Loaded {
  /** The number to ask for this trace by. */
  number: number;
  trace: Trace;
}

export type Request = { [Name in JobName]: { id: number; job: Name } & Jobs[Name]["asked"] }[JobName];

export type Reply =
  | { id: number; kind: "answered"; value: Jobs[JobName]["answered"] }
  | { id: number; kind: "refused"; code: ApiError["code"]; message: string }
  /** Another trace has been loaded meanwhile. */
  | { id: number; kind: "outdated" };
