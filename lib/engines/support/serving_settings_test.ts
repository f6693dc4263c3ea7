import assert from "node:assert/strict";
import sglang from "../flags/recorded/sglang-0.5.23.json" with { type: "json" };
import trtllm from "../flags/recorded/trtllm-serve-near-1.2.1.json" with { type: "json" };
import vllm from "../flags/recorded/vllm-0.33.0.json" with { type: "json" };
import { FLAGS, flagsBeyond, onlineQuantization, servingSettings } from "./serving_settings.ts";

Deno.test("memory settings are read from each engine's flags in every spelling", () => {
  const args = ["--max-model-len=4K", "--gpu-memory-utilization", "0.9", "--language-model-only"];
  assert.deepEqual(servingSettings("vllm", [...args, "--kv-cache-dtype=fp8_e4m3", "-tp", "2"]), {
    context_tokens: 4096,
    fraction: 0.9,
    gpus: 2,
    kv_type: "fp8",
    vision: false,
  });
  assert.deepEqual(servingSettings("sglang", ["--context-length", "8192", "--tp", "4"]), {
    context_tokens: 8192,
    fraction: null,
    gpus: 4,
    kv_type: "bf16",
    vision: false,
  });
  assert.deepEqual(servingSettings("tensorrt-llm", ["--max-seq-len", "512"]).context_tokens, 512);
});

Deno.test("the last of two flags counts, and a value that is no number is none", () => {
  const context = (...args: string[]) => servingSettings("vllm", args).context_tokens;
  assert.equal(context("--max-model-len", "1", "--max-model-len", "2"), 2);
  assert.equal(context("--max-model-len", "auto"), null);
  assert.equal(context("--max-model-len", "--seed"), null);
  assert.equal(context("--max-model-len"), null);
});

Deno.test("the flags are ones that the engines take, in full or cut short", () => {
  const recorded = { vllm, sglang, "tensorrt-llm": trtllm };
  for (const kind of ["vllm", "sglang", "tensorrt-llm"] as const) {
    const { context, fraction, gpus, kv_type } = FLAGS[kind];
    const known = recorded[kind].flags.flatMap(({ names }) => names);
    for (const flag of [context, fraction, gpus, kv_type].flat()) {
      assert.ok(known.some((name) => name.startsWith(flag)), `${kind} ${flag}`);
    }
  }
});

Deno.test("flags that the arithmetic does not follow are named, and FP8 made at loading is seen", () => {
  assert.deepEqual(flagsBeyond("vllm", ["-pp=2", "--seed", "1", "--cpu-offload-gb", "10"]), [
    "--cpu-offload-gb",
    "-pp",
  ]);
  assert.deepEqual(flagsBeyond("tensorrt-llm", ["--config", "x.yaml"]), ["--config"]);
  assert.equal(onlineQuantization(["-q", "fp8"]), "fp8");
  assert.equal(onlineQuantization(["--quantization=awq"]), null);
});
