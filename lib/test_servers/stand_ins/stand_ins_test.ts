import assert from "node:assert/strict";
import { checkFlags } from "@/engines/flags/check_flags.ts";
import { flagsOf } from "@/engines/flags/flags_of.ts";
import { recordedFlags } from "@/engines/flags/recorded_flags.ts";
import { engineOf } from "@/engines/kinds.ts";
import { sendLoad } from "@/test_servers/load_phase.ts";
import { TempFolder, textOf } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { configOf, ENTRIES, failureOf, type Name, start } from "./stand_in_entries.ts";

/** What each answers besides completions, and what its log must hold: the engines' own words. */
const TOLD: Record<Name, { title: string; paths: Record<string, RegExp>; log: RegExp[] }> = {
  vllm: {
    title: "stand-in for vLLM 0.33.0",
    paths: {
      "/health": /^$/,
      "/version": /"stand-in for vLLM 0\.33\.0"/,
      "/metrics": /^vllm:num_requests_running/m,
    },
    log: [
      /INFO \S+ \S+ \[gpu_model_runner\.py:\d+\] Model loading took \S+ GiB memory and \S+ seconds$/m,
      /GPU KV cache size: 65,536 tokens, Maximum concurrency for 65,536 tokens per request: 1\.00x$/m,
      /Graph capturing finished in 0 secs, took 0\.00 GiB$/m,
    ],
  },
  sglang: {
    title: "stand-in for SGLang 0.5.23",
    paths: {
      "/ready": /^$/,
      "/server_info": /"token_capacity":65536.*"version":"stand-in for SGLang 0\.5\.23"/,
      "/v1/loads": /"memory":\{"weight_gb":0,"kv_cache_gb":0,"graph_gb":0,"token_capacity":65536\}/,
      "/metrics": /^sglang:num_running_reqs/m,
    },
    log: [
      /^\[\S+ \S+\] Load weight end\. elapsed=\S+ s, type=\w+, avail mem=\S+ GB, mem usage=\S+ GB\.$/m,
      /KV Cache is allocated\. dtype: torch\.bfloat16, #tokens: 65536, K size: /,
      /Capture target decode CUDA graph end\. elapsed=\S+ s, mem usage=\S+ GB/,
      /max_total_num_tokens=65536, .*max_running_requests=8, .*available_gpu_mem=/,
      /The server is fired up and ready to roll!$/m,
    ],
  },
  trtllm: {
    title: "stand-in for TensorRT-LLM near 1.2.1",
    paths: {
      "/health": /^$/,
      "/version": /"stand-in for TensorRT-LLM near 1\.2\.1"/,
      "/metrics": /^\[\]$/,
    },
    log: [
      /\[TRT-LLM\] \[I\] \[MemUsageChange\] Allocated \S+ GiB for max tokens in paged KV cache \(65536\)\.$/m,
    ],
  },
};

for (const name of Object.keys(ENTRIES) as Name[]) {
  const { title, paths, log } = TOLD[name];

  Deno.test(`${title} is checked, launched, asked and stopped like the engine`, async () => {
    using folder = new TempFolder();
    const entry = ENTRIES[name];
    await withEnv({ BENCH_ENGINES_DIR: folder.file("cache") }, async () => {
      const checked = await checkFlags("e", configOf({ e: entry }), { ask: true });
      assert.deepEqual(checked, { problems: [], notes: [] });
    });
    const server = await start(folder, entry);
    try {
      assert.equal(server.simulated, true, "it is told apart from the engine");
      const models = await (await fetch(`${server.baseUrl}/models`)).json();
      assert.deepEqual([models.data[0].id, models.data[0].root], ["some/model", title]);
      const { records } = await sendLoad(server.baseUrl, {
        users: 2,
        requests: 4,
        model: server.model,
      });
      assert.deepEqual(records.map(({ failure }) => failure), [null, null, null, null]);
      assert.deepEqual(records.map(({ output_tokens }) => output_tokens), [3, 3, 3, 3]);
      for (const [path, pattern] of Object.entries(paths)) {
        const answer = await fetch(new URL(path, server.baseUrl));
        assert.equal(answer.status, 200, path);
        assert.match(await answer.text(), pattern, path);
      }
    } finally {
      assert.equal(await server.stop(), "exit 0");
    }
    const text = textOf(folder.file("log"));
    assert.ok(text.startsWith(`${title}: no model is loaded, no GPU is used`), text);
    for (const pattern of log) assert.match(text, pattern);
  });

  Deno.test(`${title} tells in its help the flags of its table, and no others`, async () => {
    using folder = new TempFolder();
    const entry = configOf({ e: ENTRIES[name] }).engines.e!;
    const question = engineOf(entry.kind).help!(entry);
    await withEnv({ BENCH_ENGINES_DIR: folder.file("cache") }, async () => {
      const { table } = await flagsOf(question, { ask: true });
      const { flags } = recordedFlags(question.program, question.version)!;
      assert.deepEqual(table!.flags, flags);
    });
  });

  Deno.test(`${title} refuses a wrong flag as the engine does, which is a bad_flag`, async () => {
    using folder = new TempFolder();
    const { failure, exit, message } = await failureOf(
      start(folder, { ...ENTRIES[name], extra_args: ["--no-such-flag", "4"] }),
    );
    assert.deepEqual([failure, exit], ["bad_flag", "exit 2"]);
    assert.match(message, /it does not take a flag/);
  });
}

Deno.test("the stand-ins' words for values that are missing or no choice are bad_flag, too", async () => {
  const wrong: [Name, string[], RegExp][] = [
    ["sglang", ["--cuda-graph-max-bs", "8"], /ambiguous option: --cuda-graph-max-bs could match/],
    ["sglang", ["--dtype", "x"], /argument --dtype: invalid choice: 'x' \(choose from 'auto', /],
    ["vllm", ["--max-num-seqs"], /argument --max-num-seqs: expected one argument/],
    ["trtllm", ["--backend", "x"], /Invalid value for '--backend': 'x' is not one of 'pytorch'/],
    ["trtllm", ["--max_seq_len"], /Option '--max_seq_len' requires an argument/],
  ];
  for (const [name, extra_args, pattern] of wrong) {
    using folder = new TempFolder();
    const { failure, message } = await failureOf(start(folder, { ...ENTRIES[name], extra_args }));
    assert.equal(failure, "bad_flag", message);
    assert.match(message, pattern);
  }
});

Deno.test("TensorRT-LLM's two metrics are filled only where its YAML asks for them", async () => {
  using folder = new TempFolder();
  const yaml = "enable_iter_perf_stats: true\nreturn_perf_metrics: true\n";
  const extra_args = ["--config", folder.file("llm.yaml", yaml)];
  const server = await start(folder, { ...ENTRIES.trtllm, extra_args });
  const json = await (await fetch(new URL("/metrics", server.baseUrl))).json();
  const text = await (await fetch(new URL("/prometheus/metrics", server.baseUrl))).text();
  await server.stop();
  assert.deepEqual(json[0].kvCacheStats, { maxNumBlocks: 2048, tokensPerBlock: 32 });
  assert.match(text, /^trtllm_/m);
});
