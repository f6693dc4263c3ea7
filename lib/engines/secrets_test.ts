import assert from "node:assert/strict";
import { parseConfig } from "@/config/read_config.ts";
import { recordedEnvironment } from "./environment.ts";
import { configWithoutSecrets, isSecretName, masked, maskedArgv, secretValues } from "./secrets.ts";

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

const ENVIRONMENT = {
  HF_TOKEN: "hf_abcdef123456",
  MY_KEY: "1",
  HF_ENDPOINT: "https://user:pa55@hub.example/api",
  VLLM_LOGGING_PREFIX: "run of hf_abcdef123456",
  VLLM_API_KEY: "",
  CUDA_VISIBLE_DEVICES: "1",
  TOKENIZERS_PARALLELISM: "false",
  LD_LIBRARY_PATH: "/opt/lib",
  EDITOR: "vi",
  SHOP: "wholly-hidden",
};

Deno.test("the inherited variables that engines read are recorded, without secrets", () => {
  const added = { OMP_NUM_THREADS: "2", CUDA_VISIBLE_DEVICES: "0" };
  assert.deepEqual(recordedEnvironment(added, ["SHOP"], ENVIRONMENT), {
    added: { CUDA_VISIBLE_DEVICES: "0", OMP_NUM_THREADS: "2" },
    inherited: {
      HF_ENDPOINT: "https://***@hub.example/api",
      HF_TOKEN: "***",
      LD_LIBRARY_PATH: "/opt/lib",
      TOKENIZERS_PARALLELISM: "false",
      VLLM_API_KEY: "",
      VLLM_LOGGING_PREFIX: "run of ***",
    },
  });
});

Deno.test("a secret is hidden by its value wherever it stands, a short one only where it stands alone", () => {
  const secrets = secretValues(ENVIRONMENT, ["SHOP"]);
  assert.deepEqual(secrets, ["hf_abcdef123456", "wholly-hidden", "1"]);
  assert.equal(masked("401 for hf_abcdef123456!", secrets), "401 for ***!");
  assert.equal(masked("1", secrets), "***");
  assert.equal(masked("line 1 of 10", secrets), "line 1 of 10");
  const proxy = "via HTTP://me:x@proxy:80/ and http://proxy/@home";
  assert.equal(masked(proxy, []), "via HTTP://***@proxy:80/ and http://proxy/@home");
});

Deno.test("a command line hides what secret flags are given, and nothing else", () => {
  const argv = [
    "vllm",
    "serve",
    "--api-key",
    "sk-1",
    "--hf-token=abc",
    "--port",
    "80",
    "--max-tokens",
  ];
  assert.deepEqual(maskedArgv([...argv, "9", "--tokenizer", "t", "--api-key", "--eager"], []), [
    ...["vllm", "serve", "--api-key", "***", "--hf-token=***", "--port", "80", "--max-tokens"],
    ...["9", "--tokenizer", "t", "--api-key", "--eager"],
  ]);
  assert.deepEqual(maskedArgv(["-e", "HF_TOKEN=x", "-e", "HF_TOKEN", "-e", "A=b"], []), [
    ...["-e", "HF_TOKEN=***", "-e", "HF_TOKEN", "-e", "A=b"],
  ]);
  assert.deepEqual(maskedArgv(["serve", "hf_abcdef123456"], secretValues(ENVIRONMENT)), [
    "serve",
    "***",
  ]);
});

Deno.test("a config is recorded without the secrets of its extra_args", () => {
  const entry = (...extra_args: string[]) => ({ kind: "vllm", extra_args });
  const text = (...args: string[]) => JSON.stringify({ engines: { v: entry(...args) } });
  const { config } = parseConfig(text("--api-key", "sk-1", "--seed", "2"), "study.json");
  const { config: shown } = parseConfig(text("--api-key", "***", "--seed", "2"), "study.json");
  assert.deepEqual(configWithoutSecrets(config), shown);
});
