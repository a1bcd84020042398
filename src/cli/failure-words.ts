/** How a command ended and, where that is known, the last it said: "exited with code 2: no such file". */
export function failureWords(exitCode: number | bigint, lastLine = ""): string {
  const exit = Number(exitCode) === 0 ? "" : `exited with code ${exitCode}`;
  return [exit, lastLine].filter(Boolean).join(": ");
}
