import assert from "node:assert/strict";
import { parseConfig } from "@/config/read_config.ts";
import { recordedEnvironment } from "./environment.ts";
import { configWithoutSecrets, masked, maskedArgv, secretValues } from "./secrets.ts";

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
