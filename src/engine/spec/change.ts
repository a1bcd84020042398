/** What to do with some of the fields of an object. */
export type Changes<T> = {
  readonly [Field in keyof T as string extends Field ? never : Field]?: (
    value: NonNullable<T[Field]>,
  ) => T[Field];
};

/** The object with those of its fields changed that are set. */
export function changeFields<T extends object>(object: T, changes: Changes<T>): T {
  const changed = { ...object } as Record<string, unknown>;
  for (const [field, change] of Object.entries<((value: never) => unknown) | undefined>(changes)) {
    const value = changed[field];
    if (value !== undefined && value !== null) changed[field] = change?.(value as never);
  }
  return changed as T;
}

/** The same for each object of a list. */
export function changeEach<T extends object>(changes: Changes<T>): (list: readonly T[]) => T[] {
  return (list) => list.map((object) => changeFields(object, changes));
}
