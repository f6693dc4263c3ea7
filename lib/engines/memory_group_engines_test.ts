/** Real engines in a memory group that is too small for them: the kernel kills, and the reader is told. */
import assert from "node:assert/strict";
import { MemoryGroup, testWithMemoryGroup } from "@/test_servers/memory_group.ts";
import { processesWith, TempFolder } from "@/test_servers/processes.ts";
import {
  installLlamaCpp,
  installVllm,
  launchFailure,
  LLAMA_CPP,
  smallConfig,
  vllmOnCpu,
} from "@/test_servers/real_engines.ts";
import { explainFailure } from "./explain_failure.ts";
import { engineOf } from "./kinds.ts";
import { watchOomKills } from "./oom_kills.ts";
import { freePort } from "./port.ts";
import { installedProgram, pythonEngine } from "./python_engines.ts";
import { startProcess } from "./supervised_process.ts";

testWithMemoryGroup("llama.cpp, a memory group of 100 MB", async () => {
  await installLlamaCpp();
  using folder = new TempFolder();
  using group = MemoryGroup.limitedTo(100e6);
  const config = smallConfig({ engines: { e: { ...LLAMA_CPP, context_tokens: 65_536 } } });
  const entry = config.engines.e!;
  const { argv } = engineOf(entry.kind).command(entry, config, freePort(undefined))!;
  const limited = ["sh", "-c", group.script('"$@"'), "sh", ...argv];
  const log = folder.file("log");
  const killed = watchOomKills();
  const { exited } = await startProcess({ argv: limited }, { log, cores: null, grace_s: 5 });
  const exit = await exited;
  assert.equal(exit, "exit 137");
  const { failure, message } = explainFailure("llama-cpp", "it ended", exit, log, killed());
  assert.equal(failure, "out_of_memory", message);
  assert.match(message, /the kernel killed a process of this .* for want of memory/);
});

testWithMemoryGroup("vLLM, a memory group of 900 MB", async () => {
  await installVllm();
  using folder = new TempFolder();
  using group = MemoryGroup.limitedTo(900e6);
  const vllm = installedProgram(pythonEngine({ kind: "vllm", device: "cpu" }));
  const executable = folder.file("vllm", `#!/bin/sh\n${group.script(`"${vllm}" "$@"`)}\n`);
  Deno.chmodSync(executable, 0o755);
  const engines = { e: { ...vllmOnCpu(), executable } };
  const { failure, message } = await launchFailure(folder, { engines });
  assert.equal(failure, "out_of_memory", message);
  assert.match(message, /the kernel killed a process of this .* for want of memory/);
  assert.match(message, /serve a smaller model, lower what its caches may hold/);
  assert.deepEqual(processesWith(folder.path), []);
});
