/** What a model's config.json says of its shape, in one form for all families that are known here. */
import { ConfigError } from "../yaml_source.ts";
import { attentionWindows, FAMILIES } from "./families.ts";

/** Keys and values of one KV head each, for groups of query heads (MHA, GQA, MQA). */
export interface GroupedAttention {
  kind: "grouped";
  heads: number;
  kv_heads: number;
  head_dim: number;
}

/** One compressed vector for all heads (multi-head latent attention). */
export interface LatentAttention {
  kind: "latent";
  heads: number;
  /** Null: queries are not compressed. */
  query_rank: number | null;
  kv_rank: number;
  nope_dim: number;
  rope_dim: number;
  value_dim: number;
}

/** Some layers and how far each of them looks back; null is the whole context. */
export interface AttentionSpan {
  layers: number;
  window_tokens: number | null;
}

export interface Architecture {
  model_type: string;
  layers: number;
  hidden: number;
  vocabulary: number;
  /** The output layer is the embedding. */
  tied: boolean;
  attention: GroupedAttention | LatentAttention;
  spans: AttentionSpan[];
  dense: { layers: number; intermediate: number };
  experts: {
    layers: number;
    count: number;
    per_token: number;
    intermediate: number;
    /** Width of what every token passes besides its experts; 0 if there is nothing. */
    shared_intermediate: number;
  };
  /** Norms, biases and the like of all layers, which stay as they are when weights are quantised. */
  small_parameters: number;
  vision_parameters: number;
  /** Longest context that it was made for. */
  max_context_tokens: number;
}

/** A parsed config.json, of which only some numbers matter here. */
export type ModelConfig = Record<string, unknown>;

/** Reads the shape. Throws `ConfigError` that names `file` and the key that is missing or unknown. */
export function readArchitecture(config: ModelConfig, file: string): Architecture {
  const whole = new Numbers(config, file);
  const text = isMapping(config.text_config) ? new Numbers(config.text_config, file) : whole;
  const model_type = String(text.raw("model_type") ?? config.model_type);
  const family = FAMILIES[model_type];
  if (family === undefined) {
    const known = Object.keys(FAMILIES).join(", ");
    throw new ConfigError([
      `${file}: model_type "${model_type}" is not known here, so whether it fits is not computed; known: ${known}`,
    ]);
  }
  const layers = text.need("num_hidden_layers");
  const sizes = {
    model_type,
    layers,
    hidden: text.need("hidden_size"),
    vocabulary: text.need("vocab_size"),
    tied: (text.raw("tie_word_embeddings") ?? config.tie_word_embeddings) === true,
    attention: attentionOf(text),
    ...family.feedForward(text, layers),
  };
  return {
    ...sizes,
    spans: attentionWindows(text, family, layers),
    small_parameters: family.small(text, sizes),
    vision_parameters: visionParameters(config, sizes.hidden, file),
    max_context_tokens: text.need("max_position_embeddings"),
  };
}

function attentionOf(text: Numbers): Architecture["attention"] {
  const heads = text.need("num_attention_heads");
  const kv_rank = text.maybe("kv_lora_rank");
  if (kv_rank !== null) {
    return {
      kind: "latent",
      heads,
      query_rank: text.maybe("q_lora_rank"),
      kv_rank,
      nope_dim: text.need("qk_nope_head_dim"),
      rope_dim: text.need("qk_rope_head_dim"),
      value_dim: text.need("v_head_dim"),
    };
  }
  return {
    kind: "grouped",
    heads,
    kv_heads: text.maybe("num_key_value_heads") ?? heads,
    head_dim: text.maybe("head_dim") ?? text.need("hidden_size") / heads,
  };
}

/**
 * Llama 4's vision tower, adapter and projector to the last weight; of other towers only the
 * transformer's blocks, which are nearly all of it.
 */
function visionParameters(config: ModelConfig, hidden: number, file: string): number {
  if (!isMapping(config.vision_config)) return 0;
  const vision = new Numbers(config.vision_config, file);
  const [width, inner] = [vision.need("hidden_size"), vision.need("intermediate_size")];
  const block = 4 * (width * width + width) + 2 * width * inner + inner + width + 4 * width;
  const blocks = vision.need("num_hidden_layers") * block;
  if (vision.raw("model_type") !== "llama4_vision_model") return blocks;
  const patch = vision.need("patch_size");
  const patches = (vision.need("image_size") / patch) ** 2;
  const embeddings = width * (vision.need("num_channels") * patch ** 2 + patches + 1 + 1);
  const output = vision.need("projector_output_dim");
  const adapter = inner * vision.need("projector_input_dim") +
    vision.need("projector_input_dim") * output;
  return blocks + embeddings + 4 * width + adapter + output * hidden;
}

/** The numbers of one object of a config.json. */
export class Numbers {
  constructor(private readonly values: ModelConfig, private readonly file: string) {}

  raw(key: string): unknown {
    return this.values[key];
  }

  /** Null where the key is absent or null. Throws where it holds something else than a number above 0. */
  maybe(key: string): number | null {
    const value = this.values[key] ?? null;
    if (value === null) return null;
    if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
    throw new ConfigError([
      `${this.file}: ${key}: expected a number above 0, got ${JSON.stringify(value)}`,
    ]);
  }

  need(key: string): number {
    const value = this.maybe(key);
    if (value !== null) return value;
    throw new ConfigError([
      `${this.file}: ${key} is missing; is this a model's config.json of the Hugging Face form?`,
    ]);
  }
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
