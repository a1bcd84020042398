/** The first file of a tar archive (POSIX ustar), which is all that a layer of a bundle has. */
const BLOCK = 512;
const REGULAR_FILE: readonly string[] = ["0", "\0"];

/** Undefined when this is no archive, or none with a whole file in it. */
export function firstFileOf(archive: Buffer): Buffer | undefined {
  let offset = 0;
  while (offset + BLOCK <= archive.length) {
    const header = archive.subarray(offset, offset + BLOCK);
    if (header.toString("latin1", 257, 262) !== "ustar") return undefined;
    const size = Number.parseInt(header.toString("latin1", 124, 136), 8);
    if (!(size >= 0)) return undefined;
    const start = offset + BLOCK;
    if (REGULAR_FILE.includes(header.toString("latin1", 156, 157)))
      return start + size <= archive.length ? archive.subarray(start, start + size) : undefined;
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}
