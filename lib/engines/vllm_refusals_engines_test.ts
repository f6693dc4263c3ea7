/** What keeps the real vLLM from starting, each brought about, and what the reader is told. */
import assert from "node:assert/strict";
import { processesWith, TempFolder, until, untilGone } from "@/test_servers/processes.ts";
import { installVllm, launchFailure, vllmOnCpu } from "@/test_servers/real_engines.ts";
import { freePort } from "./port.ts";
import { installedProgram, pythonEngine } from "./python_engines.ts";

Deno.test("vLLM, its port taken while it loads by one who does not answer", async () => {
  await installVllm();
  using folder = new TempFolder();
  const port = freePort(undefined);
  const failing = launchFailure(folder, { engines: { e: { ...vllmOnCpu(), port } } });
  await until("it starts", () => processesWith(`--port ${port} `)[0]);
  using _taken = Deno.listen({ hostname: "127.0.0.1", port });
  const { failure, exit, message } = await failing;
  assert.deepEqual([failure, exit], ["port_in_use", "exit 1"]);
  assert.match(message, /it said: .*\[Errno 98\]/);
  await untilGone(`--port ${port} `);
});

Deno.test("vLLM, a flag that it does not know", async () => {
  await installVllm();
  using folder = new TempFolder();
  const engines = { e: vllmOnCpu("--nonsense") };
  const { failure, exit, message } = await launchFailure(folder, { engines });
  assert.deepEqual([failure, exit], ["bad_flag", "exit 2"]);
  assert.match(message, /correct `extra_args`.*\n.*it said: .*unrecognized arguments: --nonsense/);
});

Deno.test("vLLM, a model folder that is not there", async () => {
  await installVllm();
  using folder = new TempFolder();
  const model = folder.file("nowhere");
  const { failure, exit, message } = await launchFailure(folder, {
    engines: { e: vllmOnCpu() },
    model,
  });
  assert.deepEqual([failure, exit], ["model_not_found", "exit 1"]);
  assert.match(message, /correct `model\.name`/);
  assert.ok(message.includes(model), message);
});

Deno.test("vLLM, a context longer than the model's", async () => {
  await installVllm();
  using folder = new TempFolder();
  const engines = { e: vllmOnCpu("--max-model-len=999999") };
  const { failure, exit, message } = await launchFailure(folder, { engines });
  assert.deepEqual([failure, exit], ["context_too_long", "exit 1"]);
  assert.match(message, /lower --max-model-len in `extra_args`\n.*max_position_embeddings=8192/);
});

Deno.test("vLLM, a KV cache that does not hold one request", async () => {
  await installVllm();
  using folder = new TempFolder();
  const engines = { e: vllmOnCpu("--max-model-len=8192", "--kv-cache-memory-bytes=4M") };
  const { failure, exit, message } = await launchFailure(folder, { engines });
  assert.deepEqual([failure, exit], ["kv_too_small", "exit 1"]);
  assert.match(message, /max seq len \(8192\)/);
});

Deno.test("vLLM, a context that does not hold a prompt, is told at once and not waited for", async () => {
  await installVllm();
  using folder = new TempFolder();
  const engines = { e: vllmOnCpu("--max-model-len=16") };
  const { failure, exit, message } = await launchFailure(folder, { engines });
  assert.deepEqual([failure, exit], [null, "exit 0"]);
  assert.match(message, /^http:\S+ answered 400 to a first completion: .*context length/);
});

Deno.test("vLLM, memory that its worker does not get", async () => {
  await installVllm();
  using folder = new TempFolder();
  const vllm = installedProgram(pythonEngine({ kind: "vllm", device: "cpu" }));
  const limited = `#!/bin/sh\nulimit -v 6000000\nexec "${vllm}" "$@"\n`;
  const executable = folder.file("vllm", limited);
  Deno.chmodSync(executable, 0o755);
  // A machine with less than that free says so itself, in other words.
  const engines = { e: { ...vllmOnCpu("--kv-cache-memory-bytes=5G"), executable } };
  const { failure, exit, message } = await launchFailure(folder, { engines });
  assert.deepEqual([failure, exit], ["out_of_memory", "exit 1"]);
  assert.match(message, /lower --kv-cache-memory-bytes/);
  assert.deepEqual(processesWith(folder.path), []);
});
