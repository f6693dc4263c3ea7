/** How the families of models differ where their config.json does not say it by itself. */
import type { Architecture, AttentionSpan, GroupedAttention, Numbers } from "./architecture.ts";

type Sizes = Pick<
  Architecture,
  "layers" | "hidden" | "vocabulary" | "attention" | "dense" | "experts"
>;

export interface Family {
  feedForward(text: Numbers, layers: number): Pick<Architecture, "dense" | "experts">;
  /** Norms, biases and the like of all layers. */
  small(text: Numbers, sizes: Sizes): number;
  /** The key with the window's size, and whether layer `i` keeps to it; absent where no layer does. */
  window?: { key: string; limits(i: number, text: Numbers): boolean };
}

const NO_EXPERTS = { layers: 0, count: 0, per_token: 0, intermediate: 0, shared_intermediate: 0 };

const dense: Family["feedForward"] = (text, layers) => ({
  dense: { layers, intermediate: text.need("intermediate_size") },
  experts: NO_EXPERTS,
});

/** Every layer has experts, all of the same width. */
const allExperts = (count: string, intermediate: string): Family["feedForward"] =>
(
  text,
  layers,
) => ({
  dense: { layers: 0, intermediate: 0 },
  experts: {
    layers,
    count: text.need(count),
    per_token: text.need("num_experts_per_tok"),
    intermediate: text.need(intermediate),
    shared_intermediate: 0,
  },
});

/** The first layers are dense, all others have experts and shared ones. */
const deepseek: Family["feedForward"] = (text, layers) => {
  const first = Number(text.raw("first_k_dense_replace") ?? 0);
  const intermediate = text.need("moe_intermediate_size");
  return {
    dense: { layers: first, intermediate: text.need("intermediate_size") },
    experts: {
      layers: layers - first,
      count: text.need("n_routed_experts"),
      per_token: text.need("num_experts_per_tok"),
      intermediate,
      shared_intermediate: (text.maybe("n_shared_experts") ?? 0) * intermediate,
    },
  };
};

/** Each `interleave_moe_layer_step`th layer has experts and a shared one. */
const llama4: Family["feedForward"] = (text, layers) => {
  const intermediate = text.need("intermediate_size");
  const withExperts = Math.floor(layers / text.need("interleave_moe_layer_step"));
  return {
    dense: { layers: layers - withExperts, intermediate: text.need("intermediate_size_mlp") },
    experts: {
      layers: withExperts,
      count: text.need("num_local_experts"),
      per_token: text.need("num_experts_per_tok"),
      intermediate,
      shared_intermediate: intermediate,
    },
  };
};

/** `norms` of each layer and one at the end. */
const norms = (count: number) => (_: Numbers, { layers, hidden }: Sizes) =>
  (count * layers + 1) * hidden;

const small = (
  count: number,
  more: (text: Numbers, sizes: Sizes, attention: GroupedAttention) => number,
): Family["small"] =>
(text, sizes) =>
  norms(count)(text, sizes) + sizes.layers * more(text, sizes, sizes.attention as GroupedAttention);

const attentionBias: Family["small"] = small(
  2,
  (text, { hidden }, { heads, kv_heads, head_dim }) =>
    text.raw("attention_bias") === true ? (heads + 2 * kv_heads) * head_dim + hidden : 0,
);
const qkNorms = (count: number) => small(count, (_, __, { head_dim }) => 2 * head_dim);
/** Norms of the compressed vectors. */
const latentNorms: Family["small"] = (text, sizes) => {
  const { attention, layers } = sizes;
  const ranks = attention.kind === "latent" ? attention.kv_rank + (attention.query_rank ?? 0) : 0;
  return norms(2)(text, sizes) + layers * ranks;
};

const everyOther = { key: "sliding_window", limits: (i: number) => i % 2 === 0 };
const allButEverySixth = {
  key: "sliding_window",
  limits: (i: number, text: Numbers) => (i + 1) % (text.maybe("sliding_window_pattern") ?? 6) !== 0,
};
const allLayers = { key: "sliding_window", limits: () => true };
const allButNope = {
  key: "attention_chunk_size",
  limits: (i: number, text: Numbers) => (i + 1) % (text.maybe("no_rope_layer_interval") ?? 4) !== 0,
};

/** By `model_type`. */
export const FAMILIES: Record<string, Family> = {
  llama: { feedForward: dense, small: attentionBias },
  mistral: { feedForward: dense, small: norms(2), window: allLayers },
  mixtral: {
    feedForward: allExperts("num_local_experts", "intermediate_size"),
    small: norms(2),
    window: allLayers,
  },
  qwen2: {
    feedForward: dense,
    small: small(2, (_, __, { heads, kv_heads, head_dim }) => (heads + 2 * kv_heads) * head_dim),
  },
  qwen3: { feedForward: dense, small: qkNorms(2) },
  qwen3_moe: { feedForward: allExperts("num_experts", "moe_intermediate_size"), small: qkNorms(2) },
  gemma2: { feedForward: dense, small: norms(4), window: everyOther },
  gemma3_text: { feedForward: dense, small: qkNorms(4), window: allButEverySixth },
  gpt_oss: {
    feedForward: allExperts("num_local_experts", "intermediate_size"),
    // Biases everywhere, and a sink for each head.
    small: small(
      2,
      (_, { hidden, experts }, { heads, kv_heads, head_dim }) =>
        (heads + 2 * kv_heads) * head_dim + hidden + heads +
        experts.count * (2 * experts.intermediate + hidden + 1),
    ),
    window: everyOther,
  },
  deepseek_v2: { feedForward: deepseek, small: latentNorms },
  deepseek_v3: { feedForward: deepseek, small: latentNorms },
  llama4_text: { feedForward: llama4, small: norms(2), window: allButNope },
};

/** Words of a config's own list of layers that mean a limited span. */
const LIMITED = ["sliding_attention", "chunked_attention"];

/** How far the layers look back: as the config lists them, else as the family is built. */
export function attentionWindows(text: Numbers, family: Family, layers: number): AttentionSpan[] {
  const { window } = family;
  const window_tokens = window === undefined ? null : text.maybe(window.key);
  if (window === undefined || window_tokens === null) return [{ layers, window_tokens: null }];
  const listed = text.raw("layer_types");
  const limited = Array.isArray(listed)
    ? listed.filter((type) => LIMITED.includes(type)).length
    : Array.from({ length: layers }, (_, i) => window.limits(i, text)).filter(Boolean).length;
  return [
    { layers: layers - limited, window_tokens: null },
    { layers: limited, window_tokens },
  ].filter((span) => span.layers > 0);
}
