const NEWLINE = 10;

/**
 * The lines of a stream, split as bytes: no character is torn apart, and the text of a line is made once. A line that
 * is longer than `mostBytes` is a fault.
 */
export async function* lines(chunks: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const rest = chunk.subarray(start, end);
      yield begun.length === 0 ? rest.toString() : Buffer.concat([...begun, rest]).toString();
      [begun, begunBytes, start] = [[], 0, end + 1];
    }
    if (start === chunk.length) continue;
    begun.push(chunk.subarray(start));
    begunBytes += chunk.length - start;
    if (begunBytes > mostBytes) throw new RangeError(`a line of more than ${mostBytes} bytes`);
  }
  if (begun.length > 0) yield Buffer.concat(begun).toString();
}
