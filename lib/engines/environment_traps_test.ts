import assert from "node:assert/strict";
import { parseConfig } from "@/config/read_config.ts";
import { environmentTraps } from "./environment_traps.ts";

function trapsOf(entry: object, environment: Record<string, string>): string[] {
  const { config } = parseConfig(JSON.stringify({ engines: { e: entry } }), "study.json");
  return environmentTraps("e", config.engines["e"]!, environment);
}

Deno.test("a variable that overrides the KV cache's size on the CPU is warned of", () => {
  const set = { VLLM_CPU_KVCACHE_SPACE: "4" };
  const cpu = { kind: "vllm", device: "cpu" };
  for (const extra_args of [["--kv-cache-memory-bytes", "64M"], ["--kv-cache-memory-bytes=64M"]]) {
    const [said, ...more] = trapsOf({ ...cpu, extra_args }, set);
    assert.match(said!, /^e: VLLM_CPU_KVCACHE_SPACE=4 overrides .*--kv-cache-memory-bytes.*unset/);
    assert.deepEqual(more, []);
  }
  assert.match(trapsOf(cpu, set)[0]!, /of which the config says nothing/);
  assert.deepEqual(trapsOf(cpu, {}), []);
  assert.deepEqual(trapsOf({ kind: "vllm" }, set), []);
  assert.deepEqual(trapsOf({ kind: "llama-cpp" }, set), []);
});
