import assert from "node:assert/strict";
import { configSchema, type EntryOf } from "@/config/schema.ts";
import { sglang } from "./sglang.ts";

function study(settings: Record<string, unknown> = {}) {
  const config = configSchema.parse({
    model: { name: "org/model" },
    engines: { a: { kind: "sglang", ...settings } },
  });
  return { config, entry: config.engines.a as EntryOf<"sglang"> };
}

Deno.test("SGLang serves the model under its own name", () => {
  const { config, entry } = study({ extra_args: ["--context-length", "4096"] });
  assert.equal(sglang.model(entry, config), "org/model");
  assert.deepEqual(sglang.command(entry, config, 8002)!.argv, [
    "sglang",
    "serve",
    "--model-path",
    "org/model",
    "--host",
    "127.0.0.1",
    "--port",
    "8002",
    "--context-length",
    "4096",
  ]);
});

Deno.test("another SGLang program may be named", () => {
  const { config, entry } = study({ executable: "/opt/sglang/bin/sglang" });
  assert.equal(sglang.command(entry, config, 1)!.argv[0], "/opt/sglang/bin/sglang");
});

Deno.test("SGLang is asked at the path that generates nothing", () => {
  // Its /health makes a token and takes a second.
  assert.equal(sglang.healthPath, "/ready");
});
