import assert from "node:assert/strict";
import { configSchema } from "@/config/schema.ts";
import { ScriptedServer } from "@/test_servers/scripted_server.ts";
import { engineOf } from "./kinds.ts";
import { waitUntilReady } from "./ready.ts";

const SGLANG = { kind: "sglang", executable: "/bin/false" };

Deno.test("an answer that takes longer than the time for retries is still waited for", async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await using server = await ScriptedServer.start({ hold: () => released });
  const entry = { kind: "external", base_url: server.baseUrl, model: "m" };
  const config = configSchema.parse({ engines: { truth: entry } });
  const ready = waitUntilReady({
    engine: engineOf("external"),
    entry: config.engines.truth!,
    config,
    baseUrl: server.baseUrl,
    timeout_s: 10,
    retry_s: 0.01,
    signal: new AbortController().signal,
  });
  await server.until(() => server.requests === 1);
  setTimeout(release, 50);
  await ready;
  assert.equal(server.requests, 1);
});

Deno.test("SGLang answers any model name, so the list of what it serves is asked before it is ready", async () => {
  await using server = await ScriptedServer.start({ model: "another" });
  const config = configSchema.parse({ model: { name: "asked/for" }, engines: { s: SGLANG } });
  const ready = waitUntilReady({
    engine: { ...engineOf("sglang"), healthPath: null },
    entry: config.engines.s!,
    config,
    baseUrl: server.baseUrl,
    timeout_s: 10,
    signal: new AbortController().signal,
  });
  await assert.rejects(ready, /serves another, not "asked\/for"; name one that it serves$/);
  assert.equal(server.requests, 0, "no completion was taken for an answer of the model");
});
