/** The accuracy gate on two real engines and on one with a broken chat template. Part of `deno task test:engines`. */
import assert from "node:assert/strict";
import { accuracyFindings } from "@/analysis/accuracy.ts";
import type { Comparison } from "@/analysis/comparison_row.ts";
import { readRunFolder } from "@/records/run_folder.ts";
import { reportContent } from "@/report/report_content.ts";
import { reportInput } from "@/report/report_input.ts";
import { install } from "@/setup/install.ts";
import { setupLlamaCpp } from "@/setup/llama_cpp_setup.ts";
import { enginePart } from "@/setup/parts.ts";
import { run } from "@/test_servers/command_line.ts";
import { TempFolder } from "@/test_servers/processes.ts";

Deno.test("SmolLM2 answers far above chance on both engines, and a broken template loses its verdict", async () => {
  await setupLlamaCpp(console.log);
  await install(await enginePart("vllm", "cpu").steps(), { say: console.log });
  using folder = new TempFolder();
  const flags = ["--dtype=bfloat16", "--enforce-eager", "--kv-cache-memory-bytes=256M"];
  const config = {
    accuracy: true,
    settings: { context_tokens: 1024, max_sequences: 8, prefix_cache: false },
    engines: {
      "llama-cpp": { kind: "llama-cpp", threads: 1 },
      "vllm-cpu": { kind: "vllm", device: "cpu", threads: 1, extra_args: flags },
      // A template of another model family, as a wrong conversion brings it.
      "broken": { kind: "llama-cpp", threads: 1, extra_args: ["--chat-template", "vicuna"] },
    },
    workloads: { short: { categories: ["short"] } },
    benchmark: {
      concurrency_levels: [2],
      requests_per_level: 6,
      warmup_requests: 1,
      max_tokens: 8,
      blocks: 2,
      start_timeout_s: 300,
    },
  };
  const path = folder.file("study.json", JSON.stringify(config));
  const { code, stderr } = await run(["bench", "--config", path, "--output", folder.file("run")]);
  assert.equal(code, 0, stderr);

  const data = readRunFolder(folder.file("run"));
  const { manifest, accuracy } = data;
  assert.equal(accuracy!.length, 3, "each entry is asked once, not in each block");
  const { scores, pairs } = accuracyFindings(manifest, accuracy!);
  const right = Object.fromEntries(scores.map(({ entry, right, items }) => [entry, right / items]));
  // Guessing hits less than one in twenty.
  assert.ok(right["llama-cpp"]! > 0.25, JSON.stringify(scores));
  assert.ok(right["vllm-cpu"]! > 0.25, JSON.stringify(scores));
  const against = pairs.find(({ a, b }) => a === "llama-cpp" && b === "broken")!;
  assert.equal(against.worse, "broken", JSON.stringify(pairs));

  const content = reportContent(reportInput([data]));
  const text = JSON.stringify(content.sections.find(({ id }) => id === "warnings"));
  assert.match(text, /No speed verdict for broken: broken answers \d+ of 279 accuracy items/);
  const { comparisons } = content.data.json as { comparisons: Comparison[] };
  for (const { a, b, verdict, ratio } of comparisons) {
    if (a !== "broken" && b !== "broken") continue;
    assert.deepEqual([verdict, ratio], ["not comparable", null], `${a}, ${b}`);
  }
});
