/** A model of Llama 4's shape with random weights, served by the real vLLM on the CPU. */
import assert from "node:assert/strict";
import { TempFolder, textOf } from "@/test_servers/processes.ts";
import {
  installLlamaCpp,
  installVllm,
  LLAMA_CPP,
  promptTokens,
  runSmall,
  vllmOnCpu,
} from "@/test_servers/real_engines.ts";
import { writeTinyLlama4 } from "@/test_servers/tiny_llama4.ts";

Deno.test("vLLM serves a trial of a tiny Llama 4 and counts its tokens", async () => {
  await installVllm();
  await installLlamaCpp();
  using folder = new TempFolder();
  const model = folder.file("tiny-llama-4");
  writeTinyLlama4(model);
  const engines = { vllm: vllmOnCpu("--load-format=dummy", "--language-model-only") };
  // Longer than a chunk of attention.
  const long = "Tell me of a river. ".repeat(120);
  const benchmark = { concurrency_levels: [1, 2], requests_per_level: 4, warmup_requests: 1 };
  const prompts = ["Name three colours.", long, "Why do cats purr?", "What is a zip?"];
  const { result, data } = await runSmall(folder, { engines, model, benchmark }, prompts);
  assert.deepEqual(result, { finished: 2, failures: [], interrupted: false });

  assert.equal(data.requests.length, 2 * (1 + 4));
  for (const { failure, output_tokens } of data.requests) {
    assert.deepEqual([failure, output_tokens], [null, 8]);
  }
  // The same tokenizer and chat template, counted by another engine.
  using other = new TempFolder();
  const same = { engines: { llama: LLAMA_CPP }, benchmark };
  const counted = promptTokens((await runSmall(other, same, prompts)).data);
  assert.deepEqual(promptTokens(data), counted);
  assert.ok([...counted.values()].flat().some((count) => count! > 512));

  const log = textOf(folder.file("run/logs/b1-vllm.log"));
  assert.match(log, /Llama4ForConditionalGeneration/);
  assert.match(log, /Using CPU Unquantized MoE backend/);
});
