/** The times that a server puts on its own answer, in the words of each engine that does. */

export interface ServerTimes {
  /** From arrival until it was begun; llama.cpp does not tell. */
  queue_ms: number | null;
  /** From then to the first token. */
  prefill_ms: number | null;
  /** From the first token to the last. */
  decode_ms: number | null;
}

/**
 * Of a chunk with usage: `timings` of llama.cpp, whose `predicted_ms` begins with the first token, or
 * `metrics` of vLLM with `--enable-per-request-metrics` (captured from 0.32.0; entrypoints/generate/base), whose
 * time to first token begins when it was scheduled. Null where the chunk has neither.
 */
export function serverTimesOf(chunk: Record<string, unknown>): ServerTimes | null {
  const timings = chunk["timings"] as Record<string, unknown> | null | undefined;
  if (typeof timings === "object" && timings !== null) {
    return {
      queue_ms: null,
      prefill_ms: number(timings["prompt_ms"]),
      decode_ms: number(timings["predicted_ms"]),
    };
  }
  const metrics = chunk["metrics"] as Record<string, unknown> | null | undefined;
  if (typeof metrics !== "object" || metrics === null) return null;
  return {
    queue_ms: number(metrics["queue_time_ms"]),
    prefill_ms: number(metrics["time_to_first_token_ms"]),
    decode_ms: number(metrics["generation_time_ms"]),
  };
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
