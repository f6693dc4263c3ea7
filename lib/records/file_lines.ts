/** The lines of a part of a file, read piece by piece. */

const PIECE_BYTES = 1 << 20;
const LF = 10;

/** A line without its line feed. */
export interface ByteLine {
  /** Good until the next line is asked for. */
  bytes: Uint8Array;
  /** Where it begins in the file. */
  from: number;
  /** It has a line feed; only the last line of a part may lack it. */
  ended: boolean;
}

/** The lines between two offsets in bytes, as text. */
export function* readLines(path: string, from: number, to: number): Generator<string> {
  const decoder = new TextDecoder();
  for (const { bytes } of readByteLines(path, from, to)) yield decoder.decode(bytes);
}

/** The lines between two offsets in bytes, undecoded. */
export function* readByteLines(path: string, from: number, to: number): Generator<ByteLine> {
  using file = Deno.openSync(path);
  file.seekSync(from, Deno.SeekMode.Start);
  const piece = new Uint8Array(PIECE_BYTES);
  let left = to - from;
  let line_from = from;
  let begun: Uint8Array[] = [];
  while (left > 0) {
    const count = file.readSync(piece.subarray(0, Math.min(left, PIECE_BYTES)));
    if (count === null) break;
    left -= count;
    let start = 0;
    for (let end = indexOfLf(piece, 0, count); end >= 0; end = indexOfLf(piece, start, count)) {
      const bytes = joined(begun, piece.subarray(start, end));
      yield { bytes, from: line_from, ended: true };
      line_from += bytes.length + 1;
      begun = [];
      start = end + 1;
    }
    if (start < count) begun.push(piece.slice(start, count));
  }
  if (begun.length > 0) {
    yield { bytes: joined(begun, new Uint8Array()), from: line_from, ended: false };
  }
}

function indexOfLf(piece: Uint8Array, from: number, to: number): number {
  const at = piece.indexOf(LF, from);
  return at < to ? at : -1;
}

function joined(begun: Uint8Array[], end: Uint8Array): Uint8Array {
  if (begun.length === 0) return end;
  const all = new Uint8Array(begun.reduce((sum, { length }) => sum + length, end.length));
  let at = 0;
  for (const part of [...begun, end]) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
