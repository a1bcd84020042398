const RUNS = "/runs/";

/** What follows `/runs/` as it was written: a trace id, a UID, a run's name or `namespace/name`. Undefined on other pages. */
export function runIdOf(pathname: string): string | undefined {
  if (!pathname.startsWith(RUNS) || pathname === RUNS) return undefined;
  const text = pathname.slice(RUNS.length);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
