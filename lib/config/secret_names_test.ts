import assert from "node:assert/strict";
import { isSecretName } from "./secret_names.ts";

Deno.test("names that hold secrets are told from those that only sound alike", () => {
  const secret = [
    "HF_TOKEN",
    "OPENAI_API_KEY",
    "--api-key",
    "hf_token",
    "GITHUBTOKEN",
    "DB_PASSWORD",
  ];
  const also = ["AWS_SECRET_ACCESS_KEY", "GOOGLE_CREDENTIALS", "SECRET", "--hf-token", "NPM_AUTH"];
  for (const name of [...secret, ...also]) assert.ok(isSecretName(name), name);
  const plain = ["TOKENIZERS_PARALLELISM", "--tokenizer", "--max-num-batched-tokens", "KEYBOARD"];
  // Flags of vLLM 0.33.0, SGLang 0.5.23 and the simulated engine.
  const flags = [
    "--prefill-ms-per-token",
    "--long-prefill-token-threshold",
    "--long-prefill-token-threshold-adaptive",
    "--return-tokens-as-token-ids",
    "--bucket-inter-token-latency",
    "--bucket-time-to-first-token",
    "--kt-max-deferred-experts-per-token",
    "--prefill-delayer-token-usage-low-watermark",
    "--speculative-token-map",
    "--tbo-token-distribution-threshold",
  ];
  for (const name of [...plain, ...flags, "PATH", "VLLM_CPU_KVCACHE_SPACE"]) {
    assert.ok(!isSecretName(name), name);
  }
});
