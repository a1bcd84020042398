/** Names of values that are nobody's business: results and parameters are plain text to whoever may see the trace. */
const SECRET_WORD =
  "pass(?:word|wd|phrase)?|pwd|secret|token|credential|api[-_]?key|access[-_]?key|private[-_]?key|kubeconfig";
const SECRET_NAME = new RegExp(`${SECRET_WORD}|(?:^|[-_])pat(?:$|[-_])`, "i");
/** A field of a JSON object, which is how object results are written. */
const SECRET_FIELD = new RegExp(`("[^"]*(?:${SECRET_WORD})[^"]*"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, "gi");
/** Values that look like nothing else, or have such a thing in them: tokens of GitHub, GitLab, Slack and npm, keys of AWS, JWTs, PEM. */
const SECRET_VALUE = new RegExp(
  [
    "^(?:gh[pousr]_|github_pat_|glpat-|AKIA)",
    "(?<![\\w-])(?:gh[pousr]_|github_pat_|glpat-|xox[a-z]-|xapp-|npm_|dckr_pat_)[\\w-]{8,}",
    "(?<!\\w)(?:AKIA|ASIA)[A-Z0-9]{16}(?!\\w)",
    "(?<![\\w-])eyJ[\\w-]{8,}\\.[\\w-]",
    "-----BEGIN",
  ].join("|"),
);
/** The last `@` before a `/` ends it, whatever else is in a password. */
const URL_USER = /(:\/\/)[^/\s"']+@/g;

/** The value without what its name or its looks give away as a secret. Linear in the value's length. */
export function redacted(name: string, value: string): string {
  if (SECRET_NAME.test(name) || SECRET_VALUE.test(value)) return "[redacted]";
  const shown = value.length > MAX_LENGTH ? value.slice(0, MAX_LENGTH) : value;
  if (!shown.includes('"') && !shown.includes("://")) return shown;
  return shown.replace(SECRET_FIELD, '$1"[redacted]"').replace(URL_USER, "$1[redacted]@");
}

/** No more than this is ever shown of a value. */
const MAX_LENGTH = 4096;
