import assert from "node:assert/strict";
import { supportOf, type SupportQuestion } from "./support.ts";
import { SUPPORT_MATRIX } from "./support_matrix.ts";

const SCOUT: SupportQuestion = {
  engine: "vllm",
  version: "0.33.0",
  checkpoint: "RedHatAI/Llama-4-Scout-17B-16E-Instruct-quantized.w4a16",
  quantization: "w4a16",
  family: "llama4_text",
  sm: 90,
  args: [],
};
const SGLANG = { ...SCOUT, engine: "sglang", version: "0.5.23" } as const;
const TENSORRT = { ...SCOUT, engine: "tensorrt-llm", version: "1.2.1" } as const;

const verdictOf = (question: SupportQuestion) => supportOf(question).verdict;

Deno.test("Scout in W4A16 on an H100 is vLLM's alone, and each of the others says why", () => {
  assert.equal(verdictOf(SCOUT), "supported");
  const sglang = supportOf(SGLANG);
  assert.equal(sglang.verdict, "unsupported");
  assert.match(
    sglang.why,
    /default Marlin path weights the experts' outputs instead of their inputs/,
  );
  assert.match(sglang.source, /fused_marlin_moe\.py/);
  const tensorrt = supportOf(TENSORRT);
  assert.equal(tensorrt.verdict, "unsupported");
  assert.match(tensorrt.why, /rejects INT4 weights for Llama 4/);
});

Deno.test("SGLang's Triton path is experimental for Scout, however the flag is written", () => {
  for (const args of [["--moe-runner-backend", "triton"], ["--moe-runner-backend=triton"]]) {
    assert.equal(verdictOf({ ...SGLANG, args }), "experimental");
  }
  assert.equal(verdictOf({ ...SGLANG, args: ["--moe-runner-backend", "marlin"] }), "unsupported");
  assert.equal(verdictOf({ ...SGLANG, sm: 100 }), "experimental");
});

Deno.test("FP8 and FP4 depend on the card and on who made the checkpoint", () => {
  const nvidia = { checkpoint: "nvidia/Llama-4-Scout-17B-16E-Instruct-FP8" };
  const fp8 = { quantization: "fp8" } as const;
  assert.equal(verdictOf({ ...SCOUT, ...fp8 }), "supported");
  assert.equal(verdictOf({ ...SCOUT, ...fp8, sm: 80 }), "experimental");
  assert.equal(verdictOf({ ...SGLANG, ...fp8 }), "supported");
  assert.equal(verdictOf({ ...SGLANG, ...fp8, ...nvidia }), "experimental");
  assert.equal(verdictOf({ ...TENSORRT, ...fp8, ...nvidia }), "supported");
  assert.equal(verdictOf({ ...TENSORRT, ...fp8 }), "experimental");
  assert.equal(verdictOf({ ...TENSORRT, quantization: "nvfp4" }), "unsupported");
  assert.equal(verdictOf({ ...SGLANG, quantization: "nvfp4" }), "unsupported");
  assert.equal(verdictOf({ ...SCOUT, quantization: "nvfp4" }), "experimental");
});

Deno.test("the fairest substitutes are served in BF16 by all three on an H100", () => {
  for (const engine of [SCOUT, SGLANG, TENSORRT]) {
    for (const family of ["llama", "qwen3_moe"]) {
      assert.equal(verdictOf({ ...engine, family, quantization: "bf16" }), "supported");
    }
  }
});

Deno.test("another version than the one that was read is told beside the verdict", () => {
  assert.doesNotMatch(supportOf(SCOUT).why, /known of/);
  assert.match(
    supportOf({ ...SCOUT, version: "0.26.0" }).why,
    /known of 0\.33\.0; this is 0\.26\.0/,
  );
  assert.match(supportOf({ ...SCOUT, version: null }).why, /a program of unknown version/);
});

Deno.test("what no source speaks of is experimental and says so", () => {
  const { verdict, why, source } = supportOf({
    ...SCOUT,
    quantization: "mxfp4",
    family: "gpt_oss",
  });
  assert.deepEqual({ verdict, source }, { verdict: "experimental", source: "none" });
  assert.match(why, /nothing that was read says whether vllm serves mxfp4 of gpt_oss on compute/);
});

Deno.test("every row has a reason and a source, and some question reaches it", () => {
  const names = ["nvidia/x", "RedHatAI/x-awq", "other/x"];
  for (const row of SUPPORT_MATRIX) {
    assert.ok(row.why.length > 10 && row.source.length > 10, JSON.stringify(row));
    const reached = row.quantizations.some((quantization) =>
      (row.families ?? ["llama"]).some((family) =>
        names.some((checkpoint) =>
          supportOf({
            engine: row.engine,
            version: row.version,
            checkpoint,
            quantization,
            family,
            sm: row.sm?.from ?? 90,
            args: row.flag ? [row.flag.name, row.flag.value] : [],
          }).why === row.why
        )
      )
    );
    assert.ok(reached, `no question reaches: ${row.why}`);
  }
});
