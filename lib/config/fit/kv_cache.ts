/** Bytes that keys and values take. */
import type { Architecture } from "./architecture.ts";

/** Bytes of one number of the KV cache. */
export const KV_BYTES = { bf16: 2, fp8: 1 } as const;
export type KvType = keyof typeof KV_BYTES;

/** Of one token in one layer: keys and values of each KV head, or the one compressed vector. */
export function kvBytesPerLayer({ attention }: Architecture, type: KvType = "bf16"): number {
  const numbers = attention.kind === "grouped"
    ? 2 * attention.kv_heads * attention.head_dim
    : attention.kv_rank + attention.rope_dim;
  return numbers * KV_BYTES[type];
}

/** Of one token in all layers, as if each layer kept the whole context. */
export function kvBytesPerToken(shape: Architecture, type: KvType = "bf16"): number {
  return shape.layers * kvBytesPerLayer(shape, type);
}

/**
 * Of a request of that many tokens, if layers with a window keep no more than it and the tokens of
 * `step_tokens` that one step adds before older ones are freed (vLLM counts so too).
 */
export function kvBytesOfRequest(
  shape: Architecture,
  tokens: number,
  type: KvType = "bf16",
  step_tokens = 0,
): number {
  const kept = shape.spans.reduce((sum, { layers, window_tokens }) => {
    const most = window_tokens === null ? tokens : window_tokens + step_tokens;
    return sum + layers * Math.min(tokens, most);
  }, 0);
  return kept * kvBytesPerLayer(shape, type);
}
