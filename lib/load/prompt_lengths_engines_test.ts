/**
 * Prompts of asked lengths against real servers: what was asked is what they count. Part of
 * `deno task test:engines`; both engines have to be installed.
 */
import assert from "node:assert/strict";
import { configSchema } from "@/config/schema.ts";
import { randomFrom } from "@/config/seeds.ts";
import type { Api } from "@/config/workload_schema.ts";
import { engineOf } from "@/engines/kinds.ts";
import { launch } from "@/engines/launch.ts";
import { counterFrom } from "@/engines/tokenizer/entry_counter.ts";
import { serverCounter } from "@/engines/tokenizer/server_counter.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { Connection } from "./connection.ts";
import { exchange, toRecord } from "./exchange.ts";
import { encodeJson } from "./http_socket.ts";
import { PromptWriter } from "./prompt_writer.ts";

const LENGTHS: Record<Api, number[]> = {
  completions: [16, 17, 31, 64, 129, 500, 1024, 1500],
  chat: [32, 33, 48, 65, 128, 511, 1023, 1500],
};

const ENTRIES = {
  "llama-cpp": { kind: "llama-cpp", context_tokens: 2048 },
  "vllm": {
    kind: "vllm",
    device: "cpu",
    extra_args: [
      "--dtype=bfloat16",
      "--max-model-len=2048",
      "--max-num-seqs=4",
      "--enforce-eager",
      "--kv-cache-memory-bytes=256M",
      "--no-enable-prefix-caching",
    ],
  },
};

for (const [name, entry] of Object.entries(ENTRIES)) {
  Deno.test(`${name} counts each prompt as it was asked for, chat and completions`, async () => {
    using folder = new TempFolder();
    const config = configSchema.parse({
      engines: { [name]: entry },
      benchmark: { start_timeout_s: 240 },
    });
    const { signal } = new AbortController();
    const log = folder.file("server.log");
    const server = await launch({ config, entry: name, cores: null, log, signal });
    const engine = engineOf(config.engines[name]!.kind);
    const [planned] = Object.values(config.engines);
    const { baseUrl, model } = server;
    const asked = { baseUrl, model, headers: {}, signal };
    const connection = new Connection({
      baseUrl,
      headers: {},
      habits: { closesUnannounced: name === "llama-cpp" },
    });
    try {
      await connection.open();
      const source = engine.tokenizer(planned!, config);
      assert.equal(source.from, "folder");
      const writer = await PromptWriter.using(await counterFrom(source, asked));
      const byServer = await serverCounter(asked);
      for (const api of ["chat", "completions"] as const) {
        for (const tokens of LENGTHS[api]) {
          const content = await writer.prompt(tokens, api, randomFrom("test", api, tokens));
          const messages = [{ role: "user", content }];
          assert.equal(await byServer.count(messages, api), tokens, byServer.about);

          const request = { messages, max_tokens: 1, temperature: 0, api };
          const body = encodeJson(engine.body(planned!, model, request));
          const prepared = {
            prompt_id: "p",
            max_tokens: 1,
            api,
            body,
            asked_prompt_tokens: tokens,
          };
          await connection.prepare();
          const options = { now: () => performance.now(), timeout_ms: 300_000, signal };
          const seen = await exchange(connection, prepared, options);
          const record = toRecord(PLANNED, seen);
          assert.equal(record.error, null);
          assert.deepEqual([api, record.prompt_tokens], [api, tokens]);
          assert.equal(record.asked_prompt_tokens, tokens);
        }
      }
    } finally {
      await connection.close();
      await server.stop();
    }
  });
}

const PLANNED = {
  trial_id: "t",
  phase: "measured",
  request_index: 0,
  user_index: 0,
  in_flight: 1,
  scheduled_ms: 0,
} as const;
