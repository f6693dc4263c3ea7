/**
 * The arithmetic of keys and values against what real engines allot on this CPU. Part of `deno task
 * test:engines`: vLLM and llama.cpp have to be installed, each launch takes half a minute. Weights of
 * the small shapes are random, since only their KV cache is looked at.
 */
import assert from "node:assert/strict";
import { type ModelConfig, readArchitecture } from "@/config/fit/architecture.ts";
import { knownModel } from "@/config/fit/known_models.ts";
import { kvBytesOfRequest, kvBytesPerToken } from "@/config/fit/kv_cache.ts";
import { parseConfig } from "@/config/read_config.ts";
import { install } from "@/setup/install.ts";
import { enginePart } from "@/setup/parts.ts";
import { TempFolder, textOf, until } from "@/test_servers/processes.ts";
import { engineOf } from "../kinds.ts";
import { freePort } from "../port.ts";
import { startProcess } from "../supervised_process.ts";
import { smolLm2Bf16Dir } from "../model_files.ts";
import { engineDir } from "../cache.ts";
import { smolLm2Path, XLLAMACPP_VERSION } from "../llama_cpp.ts";

const POOL_BYTES = 64 * 2 ** 20;
/** vLLM 0.32.0 on the CPU deals the pool out in blocks of so many tokens. */
const BLOCK = 128;
/** Of latent attention only where the CPU has AMX; its other kernel knows blocks of 16 (platforms/cpu.py). */
const LATENT_BLOCK = /\bamx_tile\b/.test(textOf("/proc/cpuinfo")) ? BLOCK : 16;
const STEP_TOKENS = 512;

const SMALL = {
  hidden_size: 256,
  num_attention_heads: 4,
  intermediate_size: 512,
  vocab_size: 49152,
  max_position_embeddings: 8192,
  dtype: "bfloat16",
  bos_token_id: 1,
  eos_token_id: 2,
};

const SHAPES: Record<string, ModelConfig> = {
  "grouped heads and experts": {
    ...SMALL,
    architectures: ["Qwen3MoeForCausalLM"],
    model_type: "qwen3_moe",
    num_hidden_layers: 3,
    num_key_value_heads: 2,
    head_dim: 64,
    moe_intermediate_size: 64,
    num_experts: 8,
    num_experts_per_tok: 2,
    decoder_sparse_step: 1,
    mlp_only_layers: [],
    norm_topk_prob: true,
    tie_word_embeddings: false,
    hidden_act: "silu",
  },
  "latent attention": {
    ...SMALL,
    architectures: ["DeepseekV2ForCausalLM"],
    model_type: "deepseek_v2",
    num_hidden_layers: 3,
    num_key_value_heads: 4,
    q_lora_rank: null,
    kv_lora_rank: 512,
    qk_nope_head_dim: 128,
    qk_rope_head_dim: 64,
    v_head_dim: 128,
    moe_intermediate_size: 64,
    n_routed_experts: 8,
    n_shared_experts: 1,
    num_experts_per_tok: 2,
    first_k_dense_replace: 1,
    moe_layer_freq: 1,
    n_group: 1,
    topk_group: 1,
    topk_method: "greedy",
    // A fraction: JSON has no 1.0, and a whole number is refused.
    routed_scaling_factor: 1.5,
    norm_topk_prob: false,
    scoring_func: "softmax",
    tie_word_embeddings: false,
    hidden_act: "silu",
  },
};

const SLIDING: ModelConfig = {
  ...SMALL,
  architectures: ["Gemma3ForCausalLM"],
  model_type: "gemma3_text",
  num_hidden_layers: 6,
  num_key_value_heads: 2,
  head_dim: 64,
  sliding_window: 512,
  sliding_window_pattern: 6,
  tie_word_embeddings: true,
  hidden_activation: "gelu_pytorch_tanh",
  query_pre_attn_scalar: 64,
  pad_token_id: 0,
};

/** What vLLM tells of its KV cache for that model; null serves the small real one. */
async function toldByVllm(config: ModelConfig | null, context_tokens: number) {
  await install(await enginePart("vllm", "cpu").steps(), { say: console.log });
  using folder = new TempFolder();
  if (config !== null) {
    folder.file("config.json", JSON.stringify(config));
    for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
      await Deno.copyFile(`${smolLm2Bf16Dir()}/${name}`, folder.file(name));
    }
  }
  const extra_args = [
    "--dtype=bfloat16",
    "--enforce-eager",
    "--max-num-seqs=4",
    `--max-model-len=${context_tokens}`,
    `--max-num-batched-tokens=${STEP_TOKENS}`,
    `--kv-cache-memory-bytes=${POOL_BYTES}`,
    ...(config === null ? [] : ["--load-format=dummy"]),
  ];
  const study = {
    ...(config === null ? {} : { model: { name: folder.path } }),
    engines: { real: { kind: "vllm", device: "cpu", extra_args } },
  };
  const checked = parseConfig(JSON.stringify(study), "study.json").config;
  const command = engineOf("vllm").command(checked.engines.real!, checked, freePort(undefined));
  const log = folder.file("log");
  const server = await startProcess(command!, { log, cores: null, grace_s: 2 });
  let ended: string | null = null;
  server.exited.then((how) => ended = how);
  const told = () => {
    const found = CAPACITY.exec(textOf(log));
    if (found === null && ended !== null) throw new Error(`${ended}: ${textOf(log).slice(-2000)}`);
    return found;
  };
  try {
    // It is told long before the server is ready, which the small shapes need not become.
    const [, tokens, requests] = await until("vLLM tells its capacity", told, 240);
    return { tokens: Number(tokens!.replaceAll(",", "")), requests: Number(requests) };
  } finally {
    await server.stop();
  }
}

const CAPACITY =
  /KV cache size: ([\d,]+) tokens, Maximum concurrency for [\d,]+ tokens per request: ([\d.]+)x/;

Deno.test("vLLM holds as many tokens of SmolLM2 as computed, to the last block", async () => {
  const bytes = kvBytesPerToken(readArchitecture(knownModel("SmolLM2-135M-Instruct")!.config, "x"));
  const { tokens } = await toldByVllm(null, 2048);
  assert.equal(tokens, Math.floor(POOL_BYTES / bytes / BLOCK) * BLOCK);
});

for (const [what, config] of Object.entries(SHAPES)) {
  Deno.test(`vLLM holds as many tokens of ${what} as computed, to the last block`, async () => {
    const bytes = kvBytesPerToken(readArchitecture(config, what));
    const { tokens } = await toldByVllm(config, 2048);
    const block = what === "latent attention" ? LATENT_BLOCK : BLOCK;
    assert.equal(tokens, Math.floor(POOL_BYTES / bytes / block) * block);
  });
}

Deno.test("vLLM holds as many requests of sliding layers as computed, but for its blocks", async () => {
  const shape = readArchitecture(SLIDING, "x");
  const context = 8192;
  const computed = POOL_BYTES / kvBytesOfRequest(shape, context, "bf16", STEP_TOKENS);
  const { requests } = await toldByVllm(SLIDING, context);
  // Each of its six layers may waste a block.
  assert.ok(Math.abs(requests / computed - 1) < 0.06, `${requests}, ${computed}`);
  // As if every layer kept all, it would be far less.
  assert.ok(requests > 1.5 * POOL_BYTES / context / kvBytesPerToken(shape));
});

const LLAMA_CPP = `
import os, sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.hostnames, params.port = sys.argv[1], ["127.0.0.1"], 0
params.n_parallel, params.n_ctx, params.verbosity = 2, 1024, 10
params.cpuparams.n_threads = 1
server = xllamacpp.Server(params)
os._exit(0)
`;

Deno.test("llama.cpp allots as many bytes a token of SmolLM2 as computed", async () => {
  await install(await enginePart("llama-cpp", "cpu").steps(), { say: console.log });
  const python = `${engineDir("llama-cpp", XLLAMACPP_VERSION)}/venv/bin/python`;
  const { stdout, stderr } = await new Deno.Command(python, {
    args: ["-c", LLAMA_CPP, smolLm2Path()],
  }).output();
  const log = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const mib = [...log.matchAll(/llama_kv_cache: size = +([\d.]+) MiB/g)].at(-1)?.[1];
  const shape = readArchitecture(knownModel("SmolLM2-135M-Instruct")!.config, "x");
  assert.equal(Number(mib) * 2 ** 20, 1024 * kvBytesPerToken(shape), log.slice(-2000));
});
