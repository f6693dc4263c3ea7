import assert from "node:assert/strict";
import { configSchema, type EntryOf } from "@/config/schema.ts";
import { vllm } from "./vllm.ts";

function study(settings: Record<string, unknown> = {}) {
  const config = configSchema.parse({
    model: { name: "org/model" },
    engines: { a: { kind: "vllm", ...settings } },
  });
  return { config, entry: config.engines.a as EntryOf<"vllm"> };
}

Deno.test("vLLM serves the model under the name that requests carry", () => {
  const { config, entry } = study({ extra_args: ["--max-model-len", "4096"] });
  assert.equal(vllm.model(entry, config), "org/model");
  assert.deepEqual(vllm.command(entry, config, 8001)!.argv, [
    "vllm",
    "serve",
    "org/model",
    "--served-model-name",
    "org/model",
    "--host",
    "127.0.0.1",
    "--port",
    "8001",
    "--max-model-len",
    "4096",
  ]);
});

Deno.test("another vLLM program may be named", () => {
  const { config, entry } = study({ executable: "/opt/vllm/bin/vllm" });
  assert.equal(vllm.command(entry, config, 1)!.argv[0], "/opt/vllm/bin/vllm");
});

Deno.test("vLLM's health is beside its API root", () => {
  const { entry } = study();
  const url = new URL(vllm.healthPath!, vllm.baseUrl(entry, 8001)).href;
  assert.equal(url, "http://127.0.0.1:8001/health");
});
