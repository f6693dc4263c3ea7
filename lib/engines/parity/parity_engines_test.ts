/**
 * Settings of two real engines, equal and deliberately not. Part of `deno task test:engines`: the first
 * run installs vLLM for the CPU (2.8 GB), whose launch takes up to a minute.
 */
import assert from "node:assert/strict";
import { parityFindings, parityRows } from "@/analysis/parity.ts";
import { readRunFolder } from "@/records/run_folder.ts";
import { install } from "@/setup/install.ts";
import { setupLlamaCpp } from "@/setup/llama_cpp_setup.ts";
import { enginePart } from "@/setup/parts.ts";
import { run } from "@/test_servers/command_line.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { runSmall } from "@/test_servers/real_engines.ts";
import { sglangOnCpu, testOnSglang } from "@/test_servers/sglang_conformance.ts";
import { SMOLLM2 } from "../llama_cpp.ts";

Deno.test("vLLM and llama.cpp on the CPU get equal settings, and an unequal pair is caught", async () => {
  await setupLlamaCpp(console.log);
  await install(await enginePart("vllm", "cpu").steps(), { say: console.log });
  using folder = new TempFolder();
  const flags = ["--dtype=bfloat16", "--enforce-eager", "--kv-cache-memory-bytes=256M"];
  const config = {
    settings: {
      context_tokens: 512,
      max_sequences: 8,
      batched_tokens: 2048,
      chunked_prefill: true,
      prefix_cache: false,
      kv_dtype: "bf16",
      kv_tokens: 4096,
      stream_interval: 1,
      seed: 1,
    },
    engines: {
      "vllm-cpu": { kind: "vllm", device: "cpu", threads: 1, extra_args: flags },
      "llama-cpp": { kind: "llama-cpp", threads: 1 },
      "llama-small": { kind: "llama-cpp", threads: 1, settings: { max_sequences: 4 } },
    },
    workloads: { short: { categories: ["short"] } },
    benchmark: {
      concurrency_levels: [2],
      requests_per_level: 4,
      warmup_requests: 1,
      max_tokens: 8,
      blocks: 1,
      warm_block: false,
      repeat_spoilt: false,
      start_timeout_s: 300,
    },
  };
  const path = folder.file("study.json", JSON.stringify(config));
  const { code, stderr } = await run(["bench", "--config", path, "--output", folder.file("run")]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /vllm-cpu: settings: 9 of 9 as asked/);

  const { manifest, launches } = readRunFolder(folder.file("run"));
  const pair = launches.filter(({ entry }) => entry !== "llama-small");
  const equal = Object.fromEntries(parityRows(pair).map((row) => [row.setting, row.equal]));
  assert.deepEqual(equal, {
    context_tokens: "equal",
    max_sequences: "equal",
    // llama.cpp does not say what became of them.
    batched_tokens: "not known",
    chunked_prefill: "equal",
    prefix_cache: "equal",
    kv_dtype: "not known",
    kv_tokens: "equal",
    memory_fraction: null,
    stream_interval: "equal",
    seed: "equal",
  });
  assert.deepEqual(
    manifest.departures!["llama-small"]![0],
    "max_sequences 4 (the entry's own in place of 8)",
  );
  const findings = parityFindings(manifest, launches).join("\n");
  assert.match(findings, /Settings are not equal: max_sequences is .*vllm-cpu 8/);
  assert.match(findings, /llama-small did not take kv_tokens 4096: it has 2048\./);
});

testOnSglang("SGLang takes the neutral settings and tells each of them", async () => {
  using folder = new TempFolder();
  const entry = {
    ...sglangOnCpu(),
    extra_args: [
      "--device=cpu",
      "--attention-backend=torch_native",
      "--sampling-backend=pytorch",
      "--dtype=bfloat16",
      "--mem-fraction-static=0.3",
    ],
    settings: {
      context_tokens: 1024,
      max_sequences: 8,
      batched_tokens: 2048,
      chunked_prefill: true,
      prefix_cache: false,
      kv_dtype: "bf16",
      kv_tokens: 8192,
      stream_interval: 1,
      seed: 7,
    },
  };
  const benchmark = { concurrency_levels: [1], requests_per_level: 2, warmup_requests: 0 };
  const parts = { engines: { sglang: entry }, model: SMOLLM2.name, benchmark };
  const { result, data } = await runSmall(folder, parts, ["Name three colours.", "What is a zip?"]);
  assert.deepEqual(result.failures, []);
  const audits = data.launches[0]!.parity!.filter(({ asked }) => asked !== null);
  assert.deepEqual(
    audits.map(({ setting, verdict }) => [setting, verdict]),
    Object.keys(entry.settings).map((setting) => [setting, "equal"]),
  );
});
