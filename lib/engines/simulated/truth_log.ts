/** What really happened: one line of JSON for each generation request, written when it ends. */

/** Times are `performance.timeOrigin + performance.now()` in milliseconds. */
export interface TruthRecord {
  request_id: string;
  received_ms: number;
  first_token_ms: number | null;
  /** Just before the bytes of each token were handed to the socket; when it was made, if it sent none. */
  token_ms: number[];
  /** The same, only for the writes that carried text. */
  text_ms: number[];
  prompt_tokens: number;
  completion_tokens: number;
  wire: string;
  /** `aborted`: the client left. A fault's name: the server broke the answer off itself. */
  outcome: "finished" | "aborted" | "cut" | "error-in-stream";
}

export interface TruthLog {
  write(record: TruthRecord): void;
}

/** A log that starts `file` anew, or one that writes nothing. */
export function openTruthLog(file: string | undefined): TruthLog {
  if (file === undefined) return { write: () => {} };
  Deno.writeTextFileSync(file, "");
  return {
    write: (record) =>
      Deno.writeTextFileSync(file, JSON.stringify(record) + "\n", { append: true }),
  };
}
