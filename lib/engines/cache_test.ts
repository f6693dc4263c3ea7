import assert from "node:assert/strict";
import { engineCacheDir, engineDir, exists } from "./cache.ts";

Deno.test("the engine cache is where the user says, else in the user's caches", () => {
  const name = "inference-stack-benchmarks";
  assert.equal(engineCacheDir({ BENCH_ENGINES_DIR: "/e", XDG_CACHE_HOME: "/c", HOME: "/h" }), "/e");
  assert.equal(engineCacheDir({ XDG_CACHE_HOME: "/c", HOME: "/h" }), `/c/${name}`);
  assert.equal(engineCacheDir({ HOME: "/h" }), `/h/.cache/${name}`);
});

Deno.test("an empty variable counts as not set", () => {
  const env = { BENCH_ENGINES_DIR: "", XDG_CACHE_HOME: "", HOME: "/h" };
  assert.equal(engineCacheDir(env), "/h/.cache/inference-stack-benchmarks");
});

Deno.test("each engine, version and device has a folder of its own", () => {
  assert.equal(engineDir("llama-cpp", "1.2"), `${engineCacheDir()}/llama-cpp-1.2`);
  assert.equal(engineDir("vllm", "1.2", "cpu"), `${engineCacheDir()}/vllm-1.2-cpu`);
});

Deno.test("a path exists or it does not", async () => {
  assert.equal(await exists(import.meta.filename!), true);
  assert.equal(await exists(`${import.meta.filename}.not`), false);
});
