/** The real llama.cpp in trouble; `launch_failure_test.ts` has what takes no time to bring about. */
import assert from "node:assert/strict";
import {
  groupOf,
  membersOf,
  processesWith,
  TempFolder,
  textOf,
  until,
} from "@/test_servers/processes.ts";
import {
  ask,
  installLlamaCpp,
  launchOne,
  LLAMA_CPP,
  smallConfig,
} from "@/test_servers/real_engines.ts";
import { explainFailure } from "./explain_failure.ts";
import { launch } from "./launch.ts";
import { engineOf } from "./kinds.ts";
import { freePort } from "./port.ts";
import { startProcess } from "./supervised_process.ts";

Deno.test("llama.cpp, an address space of 1.5 GB", async () => {
  await installLlamaCpp();
  using folder = new TempFolder();
  const config = smallConfig({ engines: { e: { ...LLAMA_CPP, context_tokens: 65_536 } } });
  const entry = config.engines.e!;
  const { argv } = engineOf(entry.kind).command(entry, config, freePort(undefined))!;
  const limited = ["sh", "-c", 'ulimit -v 1500000; exec "$@"', "sh", ...argv];
  const log = folder.file("log");
  const { exited } = await startProcess({ argv: limited }, { log, cores: null, grace_s: 5 });
  const { failure, message } = explainFailure("llama-cpp", "it ended", await exited, log);
  assert.equal(failure, "out_of_memory", message);
  assert.match(message, /lower `context_tokens` or `slots`/);
});

Deno.test("llama.cpp, a context longer than the model's is taken, and the log says so", async () => {
  await installLlamaCpp();
  using folder = new TempFolder();
  const longer = { ...LLAMA_CPP, slots: 1, context_tokens: 9000 };
  const server = await launchOne(folder, { engines: { e: longer } });
  assert.equal((await ask(server, "Name three colours.", 4)).prompt_tokens, 34);
  await server.stop();
  assert.match(textOf(folder.file("log")), /9\d\d\d.*> n_ctx_train \(8192\)/);
});

Deno.test("llama.cpp, killed while it serves", async () => {
  await installLlamaCpp();
  using folder = new TempFolder();
  const server = await launchOne(folder, { engines: { e: LLAMA_CPP } });
  const group = groupOf(server.pid!)!;
  const answer = ask(server, "Tell me a long story.", 1500).then(() => null, (error) => error);
  Deno.kill(server.pid!, "SIGKILL");
  assert.ok(await answer instanceof Error);
  const exit = await server.exited;
  assert.equal(exit, "exit 137");
  assert.equal(server.explain("it ended", exit).failure, "killed");
  assert.deepEqual(membersOf(group), []);
});

Deno.test("llama.cpp, stopped while it loads, leaves no process", async () => {
  await installLlamaCpp();
  using folder = new TempFolder();
  const config = smallConfig({ engines: { e: LLAMA_CPP } });
  const stop = new AbortController();
  const log = folder.file("log");
  const started = launch({ config, entry: "e", cores: null, log, signal: stop.signal });
  const failed = started.then(() => null, (error) => error);
  await until("it says something", () => textOf(log) !== "");
  stop.abort(new Error("enough"));
  assert.equal((await failed)?.message, "enough");
  assert.deepEqual(processesWith(folder.path), []);
});
