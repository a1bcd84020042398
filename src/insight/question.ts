import type { TraceStore } from "../store/index.ts";
import type { Nanos } from "../tekton/index.ts";
import type { Given, Parameter } from "./parameters.ts";

/** Who is asked, and when. */
export interface Asked {
  store: TraceStore;
  /** What "back from now" counts from. */
  nowNs: Nanos;
  /** Of the program that answers. */
  version: string;
  /** When spans were last kept by this process. */
  lastDataNs?: Nanos;
}

/** One question the store can be asked, with all that HTTP, the command line and the documents need to know of it. */
export interface Question<Answer> {
  name: string;
  /** Under `/api/v1/`; `{name}` stands for a parameter in the path. */
  path: string;
  summary: string;
  parameters: readonly Parameter[];
  /** Name of the answer's schema, which is that of its type. */
  answerName: string;
  /** Throws `QuestionError`, and `StoreError` of the store. */
  answer(asked: Asked, given: Given): Promise<Answer>;
}

/** Keeps the type of an answer while it checks the rest. */
export function question<Answer>(described: Question<Answer>): Question<Answer> {
  return described;
}
