/** How many weights a model has, by the part that they belong to. */
import type { Architecture } from "./architecture.ts";

/** Counts of parameters. */
export interface Parameters {
  attention: number;
  dense: number;
  routed_experts: number;
  shared_experts: number;
  router: number;
  embedding: number;
  /** 0 where it is the embedding. */
  output_layer: number;
  /** Norms, biases and the like. */
  small: number;
  vision: number;
}

/** Of the whole model, from its shape; the feed-forward blocks are gated (three matrices). */
export function countParameters(shape: Architecture): Parameters {
  const { layers, hidden, vocabulary, tied, dense, experts } = shape;
  const expert = 3 * hidden * experts.intermediate;
  return {
    attention: layers * attentionOfLayer(shape),
    dense: dense.layers * 3 * hidden * dense.intermediate,
    routed_experts: experts.layers * experts.count * expert,
    shared_experts: experts.layers * 3 * hidden * experts.shared_intermediate,
    router: experts.layers * hidden * experts.count,
    embedding: vocabulary * hidden,
    output_layer: tied ? 0 : vocabulary * hidden,
    small: shape.small_parameters,
    vision: shape.vision_parameters,
  };
}

function attentionOfLayer({ hidden, attention }: Architecture): number {
  const { heads } = attention;
  if (attention.kind === "grouped") {
    const { kv_heads, head_dim } = attention;
    return 2 * hidden * heads * head_dim + 2 * hidden * kv_heads * head_dim;
  }
  const { query_rank, kv_rank, nope_dim, rope_dim, value_dim } = attention;
  const query = heads * (nope_dim + rope_dim);
  return (query_rank === null ? hidden * query : hidden * query_rank + query_rank * query) +
    hidden * (kv_rank + rope_dim) +
    kv_rank * heads * (nope_dim + value_dim) +
    heads * value_dim * hidden;
}

export function totalParameters(counts: Parameters): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Weights that one token passes: of the routed experts only its own, of vision, norms and biases none. */
export function parametersPerToken(shape: Architecture): Parameters {
  const counts = countParameters(shape);
  const { count, per_token } = shape.experts;
  const routed_experts = count === 0 ? 0 : counts.routed_experts * per_token / count;
  return { ...counts, routed_experts, small: 0, vision: 0 };
}
