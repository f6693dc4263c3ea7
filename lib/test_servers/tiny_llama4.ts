/**
 * A model folder in the shape of Llama 4 Scout and a thousandth of its size, for engines that fill
 * it with random weights (`--load-format=dummy`); with the tokenizer of the small real model.
 */
import { join } from "node:path";
import { smolLm2Bf16Dir } from "@/engines/model_files.ts";

/** What of Llama 4 is kept: experts of which one is taken, attention in chunks, a layer without positions. */
const TEXT = {
  model_type: "llama4_text",
  num_local_experts: 16,
  num_experts_per_tok: 1,
  interleave_moe_layer_step: 1,
  attention_chunk_size: 512,
  num_hidden_layers: 4,
  no_rope_layers: [1, 1, 1, 0],
  use_qk_norm: true,
  attn_temperature_tuning: true,
  hidden_size: 128,
  intermediate_size: 128,
  intermediate_size_mlp: 256,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 32,
  hidden_act: "silu",
  rms_norm_eps: 1e-5,
  rope_theta: 500_000,
  max_position_embeddings: 4096,
  vocab_size: 49_152,
  tie_word_embeddings: false,
  bos_token_id: 1,
  eos_token_id: 2,
  pad_token_id: 2,
};

/** As small as it can be: engines build it only where they are to see pictures. */
const VISION = {
  model_type: "llama4_vision_model",
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  image_size: 28,
  patch_size: 14,
  vision_output_dim: 64,
  projector_input_dim: 64,
  projector_output_dim: 64,
};

const CONFIG = {
  architectures: ["Llama4ForConditionalGeneration"],
  model_type: "llama4",
  torch_dtype: "bfloat16",
  boi_token_index: 3,
  eoi_token_index: 4,
  image_token_index: 5,
  tie_word_embeddings: false,
  text_config: TEXT,
  vision_config: VISION,
};

/** Writes the folder; the small model must be installed. */
export function writeTinyLlama4(folder: string): void {
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(join(folder, "config.json"), JSON.stringify(CONFIG, null, 2));
  for (const name of ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"]) {
    Deno.copyFileSync(join(smolLm2Bf16Dir(), name), join(folder, name));
  }
}
