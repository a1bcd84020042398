/** Types and values of params and results (tektoncd/pipeline docs/tasks.md, "Specifying Parameters"). */

export type ParamType = "string" | "array" | "object";

/** A text, a list of texts, or texts by key. Other YAML scalars are their text. */
export type ParamValue = string | readonly string[] | Readonly<Record<string, string>>;

export interface ParamSpec {
  name: string;
  type?: ParamType;
  description?: string;
  default?: ParamValue;
  properties?: Readonly<Record<string, { type?: string }>>;
  enum?: readonly string[];
}

export interface Param {
  name: string;
  value: ParamValue;
}

export interface ResultSpec {
  name: string;
  type?: ParamType;
  description?: string;
  properties?: Readonly<Record<string, { type?: string }>>;
  /** Of a task: where the result of a step is taken from. Of a pipeline: what it is made of. */
  value?: ParamValue;
}

export interface ResultValue {
  name: string;
  type?: ParamType;
  value: ParamValue;
}
