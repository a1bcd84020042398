/** A component of a collector: what it is called in pipelines, and its settings. */
export type Component = readonly [name: string, settings: object];
