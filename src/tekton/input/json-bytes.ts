/** The bytes JSON gives a meaning (RFC 8259 section 2), and what a scanner has to do about each. */
export const NEWLINE = 0x0a;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;

/** What a byte outside a string means. `passes` is zero: the hot loop relies on it. */
export const Role = { passes: 0, quote: 1, opens: 2, closes: 3, newline: 4, alien: 5 } as const;

/** The {@link Role} of each byte outside strings. Alien are those that no JSON has there. */
export const ROLES = rolesOutsideStrings();

/** 1 for the bytes that end a run of string characters: quote, backslash and the newline no JSON string has. */
export const STRING_STOPS = tableOf('"\\\n', 1);

function rolesOutsideStrings(): Uint8Array {
  const roles = new Uint8Array(256).fill(Role.alien);
  for (const byte of Buffer.from(" \t\r,:+-.0123456789Etruefalsnl")) roles[byte] = Role.passes;
  roles[QUOTE] = Role.quote;
  roles[NEWLINE] = Role.newline;
  for (const byte of [OPEN_BRACE, OPEN_BRACKET]) roles[byte] = Role.opens;
  for (const byte of [CLOSE_BRACE, CLOSE_BRACKET]) roles[byte] = Role.closes;
  return roles;
}

function tableOf(characters: string, entry: number): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of Buffer.from(characters)) table[byte] = entry;
  return table;
}

/** White space within a line. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0x09 || byte === 0x0d;
}

/** How many newlines there are in a text. */
export function countNewlines(text: Buffer): number {
  let count = 0;
  for (let at = text.indexOf(NEWLINE); at !== -1; at = text.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
