/** `setup` as a command; what it installs is tested in `lib/setup` and by the tests of real engines. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { run } from "@/test_servers/command_line.ts";
import { TempFolder } from "@/test_servers/processes.ts";

Deno.test("a dry run of setup says what it would install, with sizes, and does nothing", async () => {
  using folder = new TempFolder();
  const env = { BENCH_ENGINES_DIR: folder.file("engines") };
  const llama = await run(["setup", "--dry-run"], env);
  assert.equal(llama.code, 0);
  assert.match(
    llama.stderr,
    /llama\.cpp \(xllamacpp \S+\): 34 MB to download, 135 MB on disk, into /,
  );
  const vllm = await run(["setup", "--engine", "vllm", "--dry-run"], env);
  assert.equal(vllm.code, 0);
  assert.match(
    vllm.stderr,
    /vLLM 0\.32\.0 for the CPU, and torch: 2\.8 GB to download, 6\.0 GB on/,
  );
  const cuda = await run(["setup", "--engine", "vllm", "--device", "cuda", "--dry-run"], env);
  assert.match(cuda.stderr, /vLLM 0\.33\.0 for CUDA, .*not tried yet/);
  for (const { stdout, stderr } of [llama, vllm, cuda]) {
    assert.equal(stdout, "");
    assert.match(stderr, /dry run: nothing was done\n$/);
  }
  assert.equal(existsSync(folder.file("engines")), false);
});

Deno.test("setup lists what the cache holds and removes one of it by name", async () => {
  using folder = new TempFolder();
  const env = { BENCH_ENGINES_DIR: folder.path };
  Deno.mkdirSync(folder.file("vllm-1-cpu"));
  folder.file("vllm-1-cpu/complete", "");
  assert.match((await run(["setup", "--list"], env)).stdout, /^ +1 MB {2}vllm-1-cpu$/m);
  const removed = await run(["setup", "--remove", "vllm-1-cpu"], env);
  assert.equal(removed.code, 0, removed.stderr);
  assert.equal(existsSync(folder.file("vllm-1-cpu")), false);
  const again = await run(["setup", "--remove", "vllm-1-cpu"], env);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /^error: \S+ holds no "vllm-1-cpu"; it holds nothing$/m);
});

Deno.test("an engine or device that cannot be installed is wrong usage", async () => {
  const wrong: [string[], RegExp][] = [
    [["--engine", "sglang"], /'sglang' is invalid\. Allowed choices are llama-cpp, vllm/],
    [["--engine", "vllm", "--device", "tpu"], /'tpu' is invalid\. Allowed choices are cpu, cuda/],
    [["--device", "cuda"], /llama-cpp is installed for the CPU only; leave it out/],
  ];
  for (const [args, message] of wrong) {
    const { code, stderr } = await run(["setup", ...args]);
    assert.equal(code, 2);
    assert.match(stderr, message);
  }
});
