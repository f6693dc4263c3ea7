/** The three real engines on one model, through the ordinary path, held to each other. */
import assert from "node:assert/strict";
import { summarize } from "@/analysis/summary.ts";
import { SMOLLM2 } from "@/engines/llama_cpp.ts";
import { groupOf, membersOf, TempFolder } from "@/test_servers/processes.ts";
import {
  ask,
  installLlamaCpp,
  installVllm,
  launchOne,
  LLAMA_CPP,
  runSmall,
  vllmOnCpu,
} from "@/test_servers/real_engines.ts";
import { sglangOnCpu, testOnSglang } from "@/test_servers/sglang_conformance.ts";

const model = SMOLLM2.name;
const COLOURS = "Name three colours.";
const PROMPTS = [COLOURS, "Why do cats purr?", "Who wrote Frankenstein?", "What is a zip?"];

testOnSglang(
  "vLLM, SGLang and llama.cpp each serve a trial and count the same tokens",
  async () => {
    await installVllm();
    await installLlamaCpp();
    using folder = new TempFolder();
    const engines = { vllm: vllmOnCpu(), sglang: sglangOnCpu(), llama: LLAMA_CPP };
    const levels = { concurrency_levels: [1, 3], requests_per_level: 6, warmup_requests: 2 };
    const { result, data } = await runSmall(folder, { engines, model, benchmark: levels }, PROMPTS);
    assert.deepEqual(result.failures, []);
    assert.equal(result.finished, 6);

    assert.equal(data.requests.length, 3 * 2 * (2 + 6));
    const promptTokens = new Map<string, Set<number>>();
    for (const request of data.requests) {
      assert.deepEqual([request.failure, request.output_tokens, request.finish_reason], [
        null,
        8,
        "length",
      ]);
      const counts = promptTokens.get(request.prompt_id) ?? new Set();
      promptTokens.set(request.prompt_id, counts.add(request.prompt_tokens!));
    }
    assert.equal(promptTokens.size, PROMPTS.length);
    for (const [prompt, counts] of promptTokens) assert.equal(counts.size, 1, prompt);
    assert.deepEqual(promptTokens.get("short/0"), new Set([34]));

    // A small sample or a slow client may make a trial SUSPECT; nothing that is wrong makes it INVALID.
    for (const { engine, verdict, reasons } of summarize(data)) {
      assert.notEqual(verdict, "INVALID", `${engine}: ${reasons}`);
    }
    assert.match(data.manifest.versions["sglang"]!, /for conformance only$/);
    for (const launch of data.launches) {
      assert.deepEqual([launch.outcome, launch.exit, launch.failure], ["stopped", "exit 0", null]);
      assert.equal(groupOf(launch.pid!), null);
    }
  },
);

testOnSglang(
  "vLLM and SGLang give the same greedy text, and stopping leaves no process",
  async () => {
    await installVllm();
    const answers = [];
    for (const entry of [vllmOnCpu(), sglangOnCpu()]) {
      using folder = new TempFolder();
      const server = await launchOne(folder, { engines: { e: entry }, model });
      const group = groupOf(server.pid!)!;
      assert.ok(membersOf(group).length >= 3);
      answers.push(await ask(server, COLOURS, 16));
      assert.equal(await server.stop(), "exit 0");
      assert.deepEqual(membersOf(group), []);
    }
    const [vllm, sglang] = answers;
    assert.deepEqual(vllm, sglang);
    assert.equal(vllm!.prompt_tokens, 34);
    assert.equal(vllm!.output_tokens, 16);
    assert.match(vllm!.text, /^1\. Red/);
  },
);
