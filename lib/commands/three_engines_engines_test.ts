/** The three real engines on one model, through the ordinary path, held to each other. */
import assert from "node:assert/strict";
import { summarize } from "@/analysis/summary.ts";
import { heldRequests } from "@/records/trial_requests.ts";
import { SMOLLM2 } from "@/engines/llama_cpp.ts";
import { groupOf, membersOf, TempFolder } from "@/test_servers/processes.ts";
import {
  ask,
  installLlamaCpp,
  installVllm,
  launchOne,
  LLAMA_CPP,
  promptTokens,
  runSmall,
  vllmOnCpu,
} from "@/test_servers/real_engines.ts";
import { sglangOnCpu, testOnSglang } from "@/test_servers/sglang_conformance.ts";

const model = SMOLLM2.name;
const PROMPTS = [
  "Name three colours.",
  "Why do cats purr?",
  "Who wrote Frankenstein?",
  "What is a zip?",
];

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
    for (const { failure, output_tokens, finish_reason } of data.requests) {
      assert.deepEqual([failure, output_tokens, finish_reason], [null, 8, "length"]);
    }
    for (const [asked, counts] of promptTokens(data)) {
      assert.equal(counts.length, 3, asked);
      assert.ok(counts[0]! > 30 && new Set(counts).size === 1, `${asked}: ${counts}`);
    }

    // A small sample, a slow client or a busy machine may spoil a trial; the servers give no cause for it.
    for (
      const { engine, gates } of summarize({ ...data, requests: heldRequests(data.requests) })
    ) {
      const spoilt = gates.filter(({ pass, fails_to }) => !pass && fails_to === "INVALID");
      const byServer = spoilt.filter(({ cause }) => cause === "server");
      assert.deepEqual(byServer, [], engine);
    }
    assert.match(data.manifest.versions["sglang"]!, /^sglang 0\.5\.23\+cpu\.conformance$/);
    for (const launch of data.launches) {
      assert.deepEqual([launch.outcome, launch.exit, launch.failure], [
        "stopped",
        // llama.cpp leaves the signal to the system, the other two end by themselves.
        launch.kind === "llama-cpp" ? "exit 143" : "exit 0",
        null,
      ]);
      assert.equal(groupOf(launch.pid!), null);
    }
  },
);

testOnSglang(
  "the three count one prompt alike and begin their greedy answers alike",
  async () => {
    await installVllm();
    await installLlamaCpp();
    const answers = [];
    for (const entry of [vllmOnCpu(), sglangOnCpu(), LLAMA_CPP]) {
      using folder = new TempFolder();
      const server = await launchOne(folder, { engines: { e: entry }, model });
      const group = groupOf(server.pid!)!;
      assert.ok(membersOf(group).length >= 2);
      answers.push(await ask(server, "Name three colours.", 16));
      await server.stop();
      assert.deepEqual(membersOf(group), []);
    }
    // How far greedy texts agree depends on the CPU: kernels round BF16 in their own order.
    for (const { text, prompt_tokens, output_tokens } of answers) {
      assert.deepEqual([prompt_tokens, output_tokens], [34, 16]);
      assert.match(text, /^1\. Red/);
    }
  },
);
