/** Characters that no shell gives a meaning in an argument, wherever they stand. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/**
 * What to type into a POSIX shell for a command's arguments, as `process.command_args` holds them: JSON text of a list. Undefined
 * for what is none, as where another program cut it.
 *
 * @example shellLine('["git","commit","-m","it works"]') // git commit -m 'it works'
 */
export function shellLine(commandArgs: string): string | undefined {
  const words = readList(commandArgs);
  return words?.map((word, index) => (isPlain(word, index) ? word : quoted(word))).join(" ");
}

function readList(text: string): string[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.length > 0 ? list.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/** With an equals sign, the first word would be an assignment and not the command. */
function isPlain(word: string, index: number): boolean {
  return PLAIN.test(word) && !(index === 0 && word.includes("="));
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
