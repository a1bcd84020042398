/** Names of values that are nobody's business: results and parameters are plain text to whoever may see the trace. */
const SECRET_NAME = /passw(or)?d|secret|token|credential|api[-_]?key|private[-_]?key/i;

/** The value, unless its name says that it is a secret. */
export function redacted(name: string, value: string): string {
  return SECRET_NAME.test(name) ? "[redacted]" : value;
}
