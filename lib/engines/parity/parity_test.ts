import assert from "node:assert/strict";
import { join } from "node:path";
import { askedSettings, SETTING_NAMES, type Settings } from "@/config/settings.ts";
import { parseConfig } from "@/config/read_config.ts";
import { engineOf } from "../kinds.ts";
import { checkFlags } from "../flags/check_flags.ts";
import { recordedFlags } from "../flags/recorded_flags.ts";
import { allNames } from "../flags/flag_table.ts";
import { auditSettings } from "./audit.ts";
import { LLAMA_CPP_SETTINGS } from "./llama_cpp_settings.ts";
import { SGLANG_SETTINGS } from "./sglang_settings.ts";
import { TENSORRT_LLM_SETTINGS } from "./tensorrt_llm_settings.ts";
import { departures, ruleOf, translate } from "./translate.ts";
import { vllmSettings } from "./vllm_settings.ts";

const captured = (name: string) =>
  Deno.readTextFileSync(join(import.meta.dirname!, "testdata", name));

const ALL: Settings = {
  context_tokens: 16384,
  max_sequences: 128,
  batched_tokens: 8192,
  chunked_prefill: true,
  prefix_cache: false,
  kv_dtype: "bf16",
  kv_tokens: 200_000,
  stream_interval: 1,
  seed: 7,
};

function config(engines: object, more: object = {}) {
  const study = { model: { name: "some/model" }, engines, settings: ALL, ...more };
  return parseConfig(JSON.stringify(study), "study.json").config;
}

Deno.test("one neutral block becomes each engine's own flags", () => {
  const study = config({
    v: { kind: "vllm" },
    s: { kind: "sglang" },
    t: { kind: "tensorrt-llm", executable: "trtllm-serve" },
  });
  const of = (name: string) => {
    const entry = study.engines[name]!;
    return translate(engineOf(entry.kind).settings!(entry), study, entry);
  };
  assert.equal(
    of("v").flags.join(" "),
    "--max-model-len 16384 --max-num-seqs 128 --max-num-batched-tokens 8192 --enable-chunked-prefill " +
      "--no-enable-prefix-caching --kv-cache-dtype bfloat16 --block-size 16 " +
      "--num-gpu-blocks-override 12500 --stream-interval 1 --seed 7",
  );
  assert.equal(
    of("s").flags.join(" "),
    "--context-length 16384 --max-running-requests 128 --chunked-prefill-size 8192 " +
      "--disable-radix-cache --kv-cache-dtype bf16 --max-total-tokens 200000 --stream-interval 1 " +
      "--random-seed 7",
  );
  assert.equal(
    of("t").flags.join(" "),
    "--max_seq_len 16384 --max_batch_size 128 --max_num_tokens 8192 --enable_chunked_prefill",
  );
  assert.deepEqual(of("t").options, {
    kv_cache_config: { enable_block_reuse: false, dtype: "bfloat16", max_tokens: 200_000 },
    stream_interval: 1,
  });
});

Deno.test("every flag of every rule is one that the recorded table of its version has", () => {
  const opposite: Settings = {
    ...ALL,
    chunked_prefill: false,
    prefix_cache: true,
    kv_dtype: "fp8",
  };
  const tables = [
    [vllmSettings("cuda"), recordedFlags("vllm", "0.33.0")],
    [vllmSettings("cpu"), recordedFlags("vllm", "0.32.0")],
    [SGLANG_SETTINGS, recordedFlags("sglang", "0.5.23")],
    [TENSORRT_LLM_SETTINGS, recordedFlags("trtllm-serve", "1.2.1")],
  ] as const;
  for (const [{ rules }, table] of tables) {
    const known = new Set(table!.flags.flatMap(allNames));
    for (const settings of [{ ...ALL, memory_fraction: 0.8 }, opposite]) {
      for (const [name, value] of askedSettings(settings)) {
        const rule = ruleOf(rules, name);
        const flags = "flags" in rule ? rule.flags(value, settings) : [];
        for (const flag of flags.filter((word) => word.startsWith("--"))) {
          assert.ok(known.has(flag), `${table!.program} has no ${flag}`);
        }
      }
    }
  }
});

Deno.test("the command line as launched passes the check of its flags", async () => {
  const study = config({ v: { kind: "vllm" }, s: { kind: "sglang" } });
  for (const name of ["v", "s"]) {
    assert.deepEqual((await checkFlags(name, study, { ask: false })).problems, []);
  }
});

Deno.test("extra_args that contradict a setting are refused, since the later one would win", async () => {
  const study = config({ v: { kind: "vllm", extra_args: ["--max-num-seqs=8"] } });
  const { problems } = await checkFlags("v", study, { ask: false });
  assert.match(problems[0]!.message, /the project sets --max-num-seqs 128 itself/);
});

Deno.test("an entry's own settings, extra flags and what cannot be set are departures", () => {
  const study = config({
    a: { kind: "vllm", settings: { max_sequences: 8 }, extra_args: ["--enforce-eager"] },
    t: { kind: "tensorrt-llm", executable: "trtllm-serve" },
    l: { kind: "llama-cpp", arm: "tuned" },
  });
  const of = (name: string) => {
    const entry = study.engines[name]!;
    return departures(engineOf(entry.kind).settings!(entry), study, entry);
  };
  assert.deepEqual(of("a"), [
    { what: "max_sequences 8", why: "the entry's own in place of 128" },
    { what: "--enforce-eager", why: "passed on as extra_args" },
  ]);
  assert.deepEqual(of("t"), [
    { what: "seed 7", why: "it takes a seed with each request only" },
  ]);
  assert.deepEqual(of("l").map(({ what }) => what), ["arm tuned", "kv_tokens 200000"]);
});

Deno.test("the shipped arm leaves all but the context to the engine", () => {
  const study = config({ v: { kind: "vllm" } }, { arm: "shipped" });
  const { flags } = translate(vllmSettings("cuda"), study, study.engines.v!);
  assert.deepEqual(flags, ["--max-model-len", "16384"]);
});

Deno.test("vLLM's settings are read from its log, its models and its metrics", () => {
  const achieved = vllmSettings("cpu").achieved({
    log: captured("vllm-0.32.0-start.log"),
    answers: { "/metrics": captured("vllm-0.32.0-cache_config_info.txt") },
  });
  const values = Object.fromEntries(Object.entries(achieved).map(([k, { value }]) => [k, value]));
  assert.deepEqual(values, {
    max_sequences: 16,
    prefix_cache: true,
    kv_dtype: "bf16",
    kv_tokens: 2_097_152,
    memory_fraction: 0.92,
    stream_interval: 1,
  });
});

Deno.test("SGLang's are read from /server_info and its log", () => {
  const achieved = SGLANG_SETTINGS.achieved({
    log: captured("sglang-0.5.23-start.log"),
    answers: { "/server_info": captured("sglang-0.5.23-server_info.json") },
  });
  const values = Object.fromEntries(Object.entries(achieved).map(([k, { value }]) => [k, value]));
  assert.deepEqual(values, {
    context_tokens: 2048,
    max_sequences: 8,
    batched_tokens: 4096,
    chunked_prefill: true,
    prefix_cache: true,
    kv_dtype: "bf16",
    kv_tokens: 4096,
    memory_fraction: 0.3,
    stream_interval: 1,
    seed: 1,
  });
});

Deno.test("llama.cpp's are read from /props, and what it always does counts as told", () => {
  const study = config({ l: { kind: "llama-cpp", settings: { max_sequences: 2 } } });
  const report = { log: "", answers: { "/props": captured("llama-cpp-2026-10-props.json") } };
  const audit = auditSettings(LLAMA_CPP_SETTINGS, study, study.engines.l!, report);
  const verdicts = Object.fromEntries(audit.map(({ setting, verdict }) => [setting, verdict]));
  assert.deepEqual(verdicts, {
    context_tokens: "unequal",
    max_sequences: "equal",
    batched_tokens: "not told",
    chunked_prefill: "equal",
    prefix_cache: "equal",
    kv_dtype: "not told",
    kv_tokens: "unequal",
    stream_interval: "equal",
    seed: "unequal",
  });
});

Deno.test("a server that says nothing has nothing achieved and throws nothing", () => {
  for (const settings of [vllmSettings("cuda"), SGLANG_SETTINGS, TENSORRT_LLM_SETTINGS]) {
    const answers = Object.fromEntries(settings.paths.map((path) => [path, "<html>"]));
    const told = Object.keys(settings.achieved({ log: "", answers }));
    assert.deepEqual(told, [], SETTING_NAMES.join());
  }
});
