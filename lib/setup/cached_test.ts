import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { listCached, removeCached, renderCached } from "./cached.ts";
import { SetupError } from "./python.ts";

/** An engine cache with one engine, one that is not complete, two models, and files beside them. */
async function withCache(body: (folder: TempFolder) => Promise<void>) {
  using folder = new TempFolder();
  const half = "models/org--m@0123456789ab";
  const folders = ["llama-cpp-1", "vllm-2-cpu", "models", "models/m-bf16", half, "fetch-abc"];
  for (const name of [...folders, "clients", "clients/aiperf-1"]) Deno.mkdirSync(folder.file(name));
  const files = [
    "llama-cpp-1/complete",
    "clients/aiperf-1/complete",
    "setup.lock",
    "models/m.gguf",
  ];
  for (const name of files) folder.file(name, "");
  folder.file("vllm-2-cpu/half.so", "x".repeat(3_000_000));
  await withEnv({ BENCH_ENGINES_DIR: folder.path }, () => body(folder));
}

Deno.test("the cache lists engines and models, and says what is not complete", () =>
  withCache(async () => {
    const cached = await listCached();
    assert.deepEqual(cached.map(({ name, complete }) => [name, complete]), [
      ["fetch-abc", false],
      ["llama-cpp-1", true],
      ["vllm-2-cpu", false],
      ["clients/aiperf-1", true],
      ["models/m-bf16", true],
      ["models/m.gguf", true],
      ["models/org--m@0123456789ab", false],
    ]);
    const { mb } = cached.find(({ name }) => name === "vllm-2-cpu")!;
    assert.ok(mb >= 3 && mb < 3.2, `${mb}`);
  }));

Deno.test("the list has a line for each: size, state, kind, version, device, name; and a sum", () => {
  const cached = [
    { name: "vllm-2-cpu", mb: 5600, complete: false },
    { name: "tensorrt-llm-1.2.1-container", mb: 0.1, complete: true },
    { name: "hf-2.4.0", mb: 24, complete: true },
    { name: "uv-downloads", mb: 7, complete: false },
    { name: "clients/inference-perf-0.7.0", mb: 640, complete: true },
    { name: "clients/tokenizer", mb: 4, complete: true },
    { name: "models/m.gguf", mb: 98.2, complete: true },
    { name: "models/org--m@0123456789ab", mb: 1, complete: true },
  ];
  assert.equal(
    renderCached(cached, "/cache"),
    `/cache
  size  state         kind          version       device     name (for --remove)
5.6 GB  not complete  vllm          2             cpu        vllm-2-cpu
  1 MB  complete      tensorrt-llm  1.2.1         container  tensorrt-llm-1.2.1-container
 24 MB  complete      tool          2.4.0                    hf-2.4.0
  7 MB  not complete  left over                              uv-downloads
640 MB  complete      client        0.7.0                    clients/inference-perf-0.7.0
  4 MB  complete      client                                 clients/tokenizer
 99 MB  complete      model                                  models/m.gguf
  1 MB  complete      model         0123456789ab             models/org--m@0123456789ab
6.4 GB  in all`,
  );
  assert.equal(renderCached([], "/cache"), "/cache holds nothing");
});

Deno.test("one thing is removed by its name, and nothing else", () =>
  withCache(async (folder) => {
    const said: string[] = [];
    await removeCached("vllm-2-cpu", (line) => said.push(line));
    await removeCached("models/m.gguf", () => {});
    assert.match(said[0]!, /^removed vllm-2-cpu, 4 MB$/);
    assert.deepEqual((await listCached()).map(({ name }) => name), [
      "fetch-abc",
      "llama-cpp-1",
      "clients/aiperf-1",
      "models/m-bf16",
      "models/org--m@0123456789ab",
    ]);
    assert.ok(existsSync(folder.file("llama-cpp-1/complete")));
  }));

Deno.test("a name that the cache does not list is refused with those that it does", () =>
  withCache(async () => {
    for (const name of ["vllm", "..", "models", "models/../llama-cpp-1", ""]) {
      await assert.rejects(removeCached(name, () => {}), (error: unknown) => {
        assert.ok(error instanceof SetupError);
        assert.ok(error.message.includes(`holds no "${name}"; it holds fetch-abc, llama-cpp-1,`));
        return true;
      });
    }
    assert.equal((await listCached()).length, 7);
  }));

Deno.test("without a cache nothing is listed", async () => {
  using folder = new TempFolder();
  await withEnv({ BENCH_ENGINES_DIR: folder.file("none") }, async () => {
    assert.deepEqual(await listCached(), []);
  });
});
