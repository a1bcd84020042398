/**
 * Takes secrets out of what is recorded of a command: its arguments and the last lines of its output.
 *
 * Two things give a secret away: its looks (a token of GitHub, a JWT, a PEM block, the user part of a URL) and the name before
 * it (`--password x`, `API_TOKEN=x`, `"secret": "x"`, `Authorization: Bearer x`). What only its owner knows to be
 * secret is what `extra` is for. Time is linear in the text, whatever the text.
 */

const REDACTED = "[redacted]";

/** Anywhere in a name; or at the end of one of its parts; or as a whole part. `PWD` alone is a directory. */
const SECRET_NAME = new RegExp(
  [
    "passw(?:or)?d|passphrase|secret|credential|kubeconfig|(?:api|access|private)[-_]?key",
    "(?:token|auth|authorization|cookie)(?:$|[-_.])",
    "(?:^|[-_.]|store|key)pass(?:$|[-_.])|(?:^|[-_.])pat(?:$|[-_.])",
    "[-_.]pwd(?:$|[-_.])",
  ].join("|"),
  "i",
);

/** Headers whose value goes to the end of the line, spaces and all. */
const LINE_NAME = /(?:authorization|cookie)$/i;

/** Values that look like nothing else. A `.` must follow in a JWT, hence no start inside of a run: that would be quadratic. */
const SECRET_LOOKS: readonly RegExp[] = [
  /-----BEGIN [A-Z0-9 ]{1,40}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,40}-----|$)/g,
  // The last lines of an output may begin within a key.
  /^[A-Za-z0-9+/=\s]*-----END [A-Z0-9 ]{1,40}-----/g,
  /\b(?:gh[pousr]_|github_pat_|gl(?:pat|dt|rt|ptt|cbt|ft|soat|imt|agent)-|xox[abeoprs]-|xapp-|npm_|dckr_pat_)[A-Za-z0-9_-]{8,}/g,
  /\b(?:sk-|[rs]k_live_|hv[brs]\.|pypi-AgE|AIza)[A-Za-z0-9_-]{20,}/g,
  /(?<=\bhooks\.slack\.com\/services\/)[A-Za-z0-9/]+/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g,
];

/** What comes before is kept. */
const SECRET_PLACES: readonly RegExp[] = [
  /(\bbearer\s{1,4})[A-Za-z0-9._~+/=-]{16,}/gi,
  // https://user:password@host; whatever else a password has in it, the last `@` before a `/` ends it.
  /(:\/\/)[^/\s"']+(?=@)/g,
  // user:password@host.example
  /((?<![^\s"'=])[^\s:/@"'=]{1,128}:)[^\s:/@"']{1,256}(?=@(?!sha\d)[A-Za-z][\w-]{0,63}[.:])/g,
  // -u user:password, and user and group by their numbers, which are no secret
  /((?<!\S)(?:-[A-Za-z]{0,8}[uU]|--(?:proxy-)?user)(?:[ =]\s{0,4})?["']?(?!\d+:\d+(?!\S))[^\s:"'=]{1,128}:)(?!\/\/)[^\s"']+/g,
  // docker login -p password, mysql -ppassword, sshpass -p password
  /((?<![\w-])(?:login|mysql\w{0,16}|mariadb[\w-]{0,16}|sshpass)\s(?:[^\n;|&]{0,256}?\s)??-p[= ]?)(?!-)[^\s"';|&]+/g,
  // https://host/path?sig=x, and the signatures of AWS and Google
  /([?&](?:[\w-]{0,64}signature|sig|key)=)[^&\s"'#]+/gi,
  // kubectl create secret generic name --from-literal=key=value
  /((?<!\S)--from-literal[= ]["']?[^\s="']{1,256}=)[^\s"']+/g,
  // <password>x</password>
  /(<[\w:.-]{0,64}(?:password|passphrase|secret|token)>)[^<]+/gi,
];

/** A name and what separates it from its value: a space only after an option. */
const NAMED = /(?<![\w.-])([\w.-]{1,200})((?:\\{0,3}["'])?\s{0,16}[=:]>?\s{0,16}|[ \t]{1,4})/g;
/** JSON within a string of JSON has its quotes escaped, and two backslashes where it has one of its own. */
const VALUE =
  /\\"(?:[^"\\]|\\\\\\?[\s\S])*|\\{2,3}"[^"\\]*|"(?:[^"\\]|\\.)*"?|'[^']*'?|(?:(?:bearer|basic|token)\s{1,4})?[^\s"',;&]+/iy;
const LINE_VALUE = /["']?[^"'\r\n]+/y;

/**
 * The text with `[redacted]` in place of what looks like a secret, or matches one of `extra`.
 *
 * @example redact("curl -H 'Authorization: Bearer abc'") // "curl -H 'Authorization: [redacted]'"
 */
export function redact(text: string, extra: readonly RegExp[] = []): string {
  let shown = text;
  for (const pattern of [...extra.map(everywhere), ...SECRET_LOOKS]) shown = shown.replace(pattern, REDACTED);
  for (const pattern of SECRET_PLACES) shown = shown.replace(pattern, `$1${REDACTED}`);
  return redactNamed(shown);
}

/** The arguments of a command as `redact` shows them; an option with a telling name hides the argument after it as well. */
export function redactArguments(argv: readonly string[], extra: readonly RegExp[] = []): string[] {
  const passwordFlag = passwordFlagOf(argv);
  return argv.map((argument, index) => {
    const option = argv[index - 1] ?? "";
    if (isSecretOption(option) && !argument.startsWith("-")) return REDACTED;
    if (passwordFlag !== undefined) {
      if (option === passwordFlag && !argument.startsWith("-")) return REDACTED;
      if (argument !== passwordFlag && argument.startsWith(passwordFlag)) return passwordFlag + REDACTED;
    }
    const before = OPTION_OF_PAIR.test(option) ? `${option} ` : "";
    return redact(before + argument, extra).slice(before.length);
  });
}

/** Also without a dash: `aws configure set aws_secret_access_key x`. */
function isSecretOption(argument: string): boolean {
  if (/^aws_(?:secret_access_key|session_token)$|:_(?:authToken|password)$/.test(argument)) return true;
  return /^--?[\w.-]{1,200}$/.test(argument) && SECRET_NAME.test(argument);
}

/** The argument after it is a pair whose second half is a secret. */
const OPTION_OF_PAIR = /^(?:-[A-Za-z]{0,8}[uU]|--(?:proxy-)?user|--from-literal)$/;

/** By what short option the program takes a password, if it is known to. */
function passwordFlagOf(argv: readonly string[]): string | undefined {
  const program = argv[0]?.split("/").at(-1) ?? "";
  if (program === "redis-cli") return "-a";
  return /^(?:mysql|mariadb|sshpass)/.test(program) || argv.includes("login") ? "-p" : undefined;
}

function everywhere(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, "")}g`);
}

/** By hand rather than by one pattern: only the name of a value tells whether the value may be passed over. */
function redactNamed(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  NAMED.lastIndex = 0;
  for (let named = NAMED.exec(text); named !== null; named = NAMED.exec(text)) {
    const end = endOfSecret(text, named, NAMED.lastIndex);
    if (end === undefined) continue;
    const value = text.slice(NAMED.lastIndex, end);
    parts.push(text.slice(copied, NAMED.lastIndex), inQuotesOf(value));
    copied = end;
    NAMED.lastIndex = end;
  }
  return copied === 0 ? text : parts.join("") + text.slice(copied);
}

/** The mark in the quotes the value has: JSON stays JSON. */
function inQuotesOf(value: string): string {
  const [opening = ""] = /^\\*["']?/.exec(value) ?? [];
  return opening + REDACTED + (/["']$/.exec(value)?.[0] ?? "");
}

/** Where the value that begins at `start` ends; nothing when it is none, or no secret. */
function endOfSecret(text: string, named: RegExpExecArray, start: number): number | undefined {
  const [, name = "", separator = ""] = named;
  const isSpaced = separator.trim() === "";
  if (!SECRET_NAME.test(name) || (isSpaced && !/^-.*[^-]/.test(name))) return undefined;
  if (isSpaced && text[start] === "-") return undefined;
  const pattern = LINE_NAME.test(name) ? LINE_VALUE : VALUE;
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
