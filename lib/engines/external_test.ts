import assert from "node:assert/strict";
import { configSchema, type EntryOf } from "@/config/schema.ts";
import { external } from "./external.ts";

function study(settings: Record<string, unknown> = {}) {
  const config = configSchema.parse({
    engines: {
      a: { kind: "external", base_url: "http://127.0.0.1:9200/v1", model: "mock", ...settings },
    },
  });
  return { config, entry: config.engines.a as EntryOf<"external"> };
}

Deno.test("an external server is not started, only reached at its URL", () => {
  const { config, entry } = study({ base_url: "https://host/llm/v1//" });
  assert.equal(external.command(entry, config, 0), null);
  assert.equal(external.baseUrl(entry, 0), "https://host/llm/v1");
  assert.equal(external.model(entry, config), "mock");
});

Deno.test("an external server is asked to ignore the end of text only where the config says so", () => {
  const request = { messages: [], max_tokens: 1, temperature: 0 };
  assert(!("ignore_eos" in external.body(study().entry, "m", request)));
  const asked = study({ ignore_eos: true }).entry;
  assert.equal(external.body(asked, "m", request).ignore_eos, true);
});

Deno.test("the key comes from the environment, and its absence is said by name", () => {
  const name = "BENCH_TEST_KEY_OF_EXTERNAL";
  const { entry } = study({ api_key_env: name });
  assert.deepEqual(external.headers(study().entry), {});
  assert.throws(() => external.headers(entry), {
    message: `api_key_env names ${name}, which is not set; export it first`,
  });
  Deno.env.set(name, "s3cret");
  try {
    assert.deepEqual(external.headers(entry), { authorization: "Bearer s3cret" });
  } finally {
    Deno.env.delete(name);
  }
});

Deno.test("what an external server uses is not guessed", async () => {
  assert.equal(await external.memory(null), null);
});
