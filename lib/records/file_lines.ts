/** The lines of a part of a file, read piece by piece. */

const PIECE_BYTES = 1 << 20;
const LF = 10;

/** The lines between two offsets in bytes, without their line feeds; a last one may lack its own. */
export function* readLines(path: string, from: number, to: number): Generator<string> {
  using file = Deno.openSync(path);
  file.seekSync(from, Deno.SeekMode.Start);
  const decoder = new TextDecoder();
  const piece = new Uint8Array(PIECE_BYTES);
  let left = to - from;
  let begun: Uint8Array[] = [];
  while (left > 0) {
    const count = file.readSync(piece.subarray(0, Math.min(left, PIECE_BYTES)));
    if (count === null) break;
    left -= count;
    const bytes = piece.slice(0, count);
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      yield textOf(decoder, begun, bytes.subarray(start, end));
      begun = [];
      start = end + 1;
    }
    if (start < count) begun.push(bytes.subarray(start));
  }
  if (begun.length > 0) yield textOf(decoder, begun, new Uint8Array());
}

function textOf(decoder: TextDecoder, begun: Uint8Array[], end: Uint8Array): string {
  if (begun.length === 0) return decoder.decode(end);
  const parts = begun.map((part) => decoder.decode(part, { stream: true }));
  return parts.join("") + decoder.decode(end);
}
