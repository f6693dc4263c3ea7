/** Writing to files that may take a part at a time. */

/** Writes all of `bytes` at the file's place. Throws what the file throws, a full disk for instance. */
export function writeWhole(file: { writeSync(part: Uint8Array): number }, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
}
