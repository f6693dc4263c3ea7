/** Reads what a growing log has gained, so that nothing is read twice. */
import { closeSync, openSync, readSync, statSync } from "node:fs";

const CHUNK_BYTES = 65_536;

/** Follows a log from its beginning, also while its limit cuts it (see `supervise.sh`). */
export class LogFollower {
  readonly #path: string;
  readonly #decoder = new TextDecoder();
  #offset = 0;
  #unfinished = "";

  constructor(path: string) {
    this.#path = path;
  }

  /** The lines that were completed since the last call; none while the file is not there. */
  newLines(): string[] {
    const size = sizeOf(this.#path);
    if (size !== null && size < this.#offset) {
      // Cut: what came before the cut and was not read yet is in the file kept from then.
      this.#read(`${this.#path}.1`);
      this.#offset = 0;
    }
    this.#read(this.#path);
    const lines = this.#unfinished.split(/[\r\n]+/);
    this.#unfinished = lines.pop()!;
    return lines.filter((line) => line !== "");
  }

  #read(path: string): void {
    let file: number;
    try {
      file = openSync(path, "r");
    } catch {
      return;
    }
    const buffer = new Uint8Array(CHUNK_BYTES);
    try {
      for (let n = -1; n !== 0;) {
        n = readSync(file, buffer, 0, CHUNK_BYTES, this.#offset);
        this.#offset += n;
        this.#unfinished += this.#decoder.decode(buffer.subarray(0, n), { stream: true });
      }
    } finally {
      closeSync(file);
    }
  }
}

function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}
