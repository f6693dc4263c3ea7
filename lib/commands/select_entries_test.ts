import assert from "node:assert/strict";
import { configSchema } from "@/config/schema.ts";
import { selectEntries, withoutKind } from "./select_entries.ts";
import { UsageError } from "./usage_error.ts";

const CONFIG = configSchema.parse({
  engines: {
    "vllm": { kind: "vllm" },
    "vllm-fp8": { kind: "vllm" },
    "sglang": { kind: "simulated", wire: "sglang" },
    "other": { kind: "sglang" },
    "trt": { kind: "tensorrt-llm" },
  },
});

const selected = (wanted?: string) => Object.keys(selectEntries(CONFIG, wanted).engines);

Deno.test("all and no word at all keep every entry", () => {
  assert.equal(selectEntries(CONFIG, undefined), CONFIG);
  assert.equal(selectEntries(CONFIG, "all"), CONFIG);
});

Deno.test("an entry's name selects that entry, also where it is the name of a kind", () => {
  assert.deepEqual(selected("vllm-fp8"), ["vllm-fp8"]);
  assert.deepEqual(selected("vllm"), ["vllm"]);
  assert.deepEqual(selected("sglang"), ["sglang"]);
});

Deno.test("a kind that is no entry's name selects all entries of it", () => {
  const { vllm: _, ...engines } = CONFIG.engines;
  const config = { ...CONFIG, engines };
  assert.deepEqual(Object.keys(selectEntries(config, "vllm").engines), ["vllm-fp8"]);
  assert.deepEqual(selected("tensorrt-llm"), ["trt"]);
});

Deno.test("the rest of the config stays", () => {
  const { engines: _, ...rest } = selectEntries(CONFIG, "trt");
  const { engines: __, ...whole } = CONFIG;
  assert.deepEqual(rest, whole);
});

Deno.test("a word that names nothing is refused with what there is", () => {
  assert.throws(() => selectEntries(CONFIG, "llama-cpp"), (error) => {
    assert(error instanceof UsageError);
    assert.equal(
      error.message,
      "--engine llama-cpp: no entry or kind of that name; the config has vllm (vllm), " +
        "vllm-fp8 (vllm), sglang (simulated), other (sglang), trt (tensorrt-llm)",
    );
    return true;
  });
});

Deno.test("a kind can be left out", () => {
  assert.deepEqual(Object.keys(withoutKind(CONFIG, "vllm").engines), ["sglang", "other", "trt"]);
  assert.deepEqual(withoutKind(CONFIG, "llama-cpp"), CONFIG);
});
