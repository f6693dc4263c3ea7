import assert from "node:assert/strict";
import { configSchema, type EntryOf } from "@/config/schema.ts";
import { simulated } from "./simulated.ts";

const CONFIG = configSchema.parse({
  engines: {
    a: {
      kind: "simulated",
      wire: "sglang",
      max_sequences: 4,
      prefill_ms_per_token: 0.1,
      decode_ms_base: 3,
      decode_ms_per_sequence: 0.25,
      kv_capacity_tokens: 2048,
      extra_args: ["--truth-log", "t.ndjson"],
    },
  },
  benchmark: { seed: 7 },
});
const ENTRY = CONFIG.engines.a as EntryOf<"simulated">;

Deno.test("a simulated engine is a process of its own with the entry's settings and the study's seed", () => {
  const { argv } = simulated.command(ENTRY, CONFIG, 8005)!;
  assert.deepEqual(argv.slice(0, 2), [Deno.execPath(), "run"]);
  const server = argv.findIndex((arg) => arg.endsWith("serve.ts"));
  assert(Deno.statSync(argv[server]!).isFile);
  assert.deepEqual(argv.slice(server + 1), [
    "--port",
    "8005",
    "--wire",
    "sglang",
    "--model",
    "simulated-sglang",
    "--max-sequences",
    "4",
    "--prefill-ms-per-token",
    "0.1",
    "--decode-ms-base",
    "3",
    "--decode-ms-per-sequence",
    "0.25",
    "--kv-capacity-tokens",
    "2048",
    "--seed",
    "7",
    "--truth-log",
    "t.ndjson",
  ]);
});

Deno.test("its process may listen on 127.0.0.1 and start no program", () => {
  const { argv } = simulated.command(ENTRY, CONFIG, 8005)!;
  assert(argv.includes("--allow-net=127.0.0.1"));
  assert(!argv.some((arg) => /^(-A|--allow-(all|run|ffi|env|net$))/.test(arg)), argv.join(" "));
});

Deno.test("it is called simulated in its model and in its description", async () => {
  assert.equal(simulated.model(ENTRY, CONFIG), "simulated-sglang");
  assert.deepEqual(await simulated.describe(ENTRY, CONFIG), {
    version: "simulated (sglang wire format)",
    model: "none (simulated)",
  });
});
