import assert from "node:assert/strict";
import { join } from "node:path";
import { parseConfig } from "@/config/read_config.ts";
import { configSchema, type EntryOf } from "@/config/schema.ts";
import { setupLlamaCpp } from "@/setup/llama_cpp_setup.ts";
import { testWithPython } from "@/test_servers/needs_python.ts";
import { TempFolder, textOf, until } from "@/test_servers/processes.ts";
import { ScriptedServer } from "@/test_servers/scripted_server.ts";
import { explainFailure } from "./explain_failure.ts";
import { launch, LaunchError } from "./launch.ts";
import { llamaCpp, smolLm2Path } from "./llama_cpp.ts";
import type { OomKill } from "./oom_kills.ts";
import { freePort } from "./port.ts";
import { startProcess } from "./supervised_process.ts";

const signal = new AbortController().signal;

/** Launches the entry, which is to fail, and gives the error. */
async function failureOf(
  folder: TempFolder,
  entry: object,
  { name = "m", start_timeout_s = 30 } = {},
): Promise<LaunchError> {
  const study = { model: { name }, engines: { e: entry }, benchmark: { start_timeout_s } };
  const { config } = parseConfig(JSON.stringify(study), "study.json");
  const started = launch({ config, entry: "e", cores: null, log: folder.file("log"), signal });
  const error = await started.then(() => null, (error) => error);
  assert.ok(error instanceof LaunchError, `${error}`);
  return error;
}

/** A program of that name in the folder, with these lines of shell. */
function program(folder: TempFolder, name: string, ...lines: string[]): string {
  const path = folder.file(name, ["#!/bin/sh", ...lines, ""].join("\n"));
  Deno.chmodSync(path, 0o755);
  return path;
}

const captured = (name: string) => join(import.meta.dirname!, "testdata", `${name}.log`);

Deno.test("vLLM that exits 0 since its core died has failed: cause, what to do, end of the log", async () => {
  using folder = new TempFolder();
  const cat = `cat ${captured("vllm-0.32.0-core_killed_tail")}`;
  const executable = program(folder, "vllm", cat, "exit 0");
  const { message, failure, exit } = await failureOf(folder, { kind: "vllm", executable });
  assert.equal(failure, "engine_core_died");
  assert.equal(exit, "exit 0");
  const lines = message.split("\n");
  assert.match(lines[0]!, /^the server failed: its engine process died; look for the first error/);
  assert.match(lines[1]!, /^ {2}the server ended before it was ready \(exit 0\); it said: .*Dead/);
  assert.equal(lines[2], `  end of ${folder.file("log")}:`);
  assert.match(lines.at(-1)!, /^ {2}\| INFO: +Finished server process/);
});

Deno.test("SGLang that says it is ready on a port that is taken has failed for the port", async () => {
  using folder = new TempFolder();
  const cat = `cat ${captured("sglang-0.5.23-port_in_use_tail")}`;
  const executable = program(folder, "sglang", cat, "kill -9 $$");
  const { message, failure, exit } = await failureOf(folder, { kind: "sglang", executable });
  assert.deepEqual([failure, exit], ["port_in_use", "exit 137"]);
  assert.match(message, /^the server failed: its port is in use; .*set another `port`/);
});

Deno.test("a program that is not there is told with `executable`", async () => {
  using folder = new TempFolder();
  const executable = folder.file("nowhere");
  const { message, failure } = await failureOf(folder, { kind: "tensorrt-llm", executable });
  assert.equal(failure, "program_not_found");
  assert.match(message, /give its path as `executable`/);
});

Deno.test("a port that is taken before the launch is of the same class", async () => {
  using folder = new TempFolder();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const entry = { kind: "vllm", executable: "/bin/false", port: taken.addr.port };
  const { failure, argv } = await failureOf(folder, entry);
  assert.equal(failure, "port_in_use");
  assert.deepEqual(argv, []);
});

Deno.test("what a server prints while it is stopped after its time-out is not the cause", async () => {
  using folder = new TempFolder();
  const lines = [
    "trap 'echo EngineDeadError: stopped; exit 0' TERM",
    "while :; do sleep 0.1; done",
  ];
  const executable = program(folder, "vllm", ...lines);
  const { message, failure, exit } = await failureOf(
    folder,
    { kind: "vllm", executable },
    { start_timeout_s: 0.5 },
  );
  assert.deepEqual([failure, exit], [null, "exit 0"]);
  assert.match(message, /^not ready after 0\.5 s; /);
  assert.match(Deno.readTextFileSync(folder.file("log")), /EngineDeadError/);
});

Deno.test("a failure without a cause in log or exit is told as it was noticed", () => {
  using folder = new TempFolder();
  const log = folder.file("log", "all is well\n");
  assert.deepEqual(explainFailure("vllm", "it ended (exit 1)", "exit 1", log), {
    message: `it ended (exit 1)\n  end of ${log}:\n  | all is well`,
    failure: null,
  });
  assert.match(
    explainFailure("vllm", "it ended (exit 137)", "exit 137", folder.file("none")).message,
    /^the server failed: something killed it with signal 9; .*\n {2}it ended \(exit 137\)$/,
  );
});

Deno.test("a death that the kernel brought about for want of memory is told as that, and no other", () => {
  using folder = new TempFolder();
  const kernel = "the kernel killed a process of this memory group for want of memory";
  type Exit = string | null;
  const told = (kind: "vllm" | "llama-cpp", exit: Exit, log: string, of: OomKill["of"] = "group") =>
    explainFailure(kind, `it ended (${exit})`, exit, log, { of, told: kernel });
  const silent = folder.file("log", "loading\n");
  const { failure, message } = told("llama-cpp", "exit 137", silent);
  assert.equal(failure, "out_of_memory");
  assert.match(
    message,
    /^the server failed: it ran out of memory; the kernel killed a process of this .*; serve a smaller model.*\n {2}it ended \(exit 137\)\n/,
  );
  const worker = told("vllm", "exit 0", captured("vllm-0.32.0-worker_killed_tail"));
  assert.equal(worker.failure, "out_of_memory");
  assert.match(worker.message, /it said: .*EngineDeadError/);
  assert.equal(told("vllm", "exit 1", silent).failure, "out_of_memory", "its log tells nothing");
  assert.equal(told("vllm", "exit 1", captured("vllm-0.32.0-port_in_use")).failure, "port_in_use");
  assert.equal(told("vllm", "exit 0", silent).failure, null, "it ended in order");
  const hangs = told("vllm", null, silent);
  assert.equal(hangs.failure, "out_of_memory", "it waits for a process that was killed");
  assert.doesNotMatch(hangs.message, /it said/);
  assert.equal(told("vllm", null, silent, "machine").failure, null, "it may have been another's");
  assert.equal(told("llama-cpp", "exit 137", silent, "machine").failure, "out_of_memory");
});

/** A program that notes that it has started and then waits to be ended. */
const WAITING = ["echo started", "while :; do sleep 0.1; done"];

Deno.test("another server that answers on the port is never taken for the one that was started", async () => {
  using folder = new TempFolder();
  const port = freePort(undefined);
  const executable = program(folder, "sglang", ...WAITING);
  const started = failureOf(folder, { kind: "sglang", executable, port });
  await until("it has started", () => textOf(folder.file("log")).includes("started"));
  await using rival = await ScriptedServer.start({ port });
  const { message, failure } = await started;
  assert.equal(failure, "port_in_use");
  assert.match(message, new RegExp(`^port ${port} on 127\\.0\\.0\\.1 is in use by \\S*deno test`));
  assert.match(message, new RegExp(`\\(pid ${Deno.pid}\\), which listens there instead`));
  assert.equal(rival.requests, 0);
});

Deno.test("a rival that listens and says nothing is named when the time is over", async () => {
  using folder = new TempFolder();
  const port = freePort(undefined);
  const executable = program(folder, "vllm", ...WAITING);
  const limit = { start_timeout_s: 2 };
  const started = failureOf(folder, { kind: "vllm", executable, port }, limit);
  await until("it has started", () => textOf(folder.file("log")).includes("started"));
  using _rival = Deno.listen({ hostname: "127.0.0.1", port });
  const { message, failure } = await started;
  assert.equal(failure, "port_in_use");
  assert.match(message, new RegExp(`\\(pid ${Deno.pid}\\), which listens there instead`));
});

const llama = { kind: "llama-cpp" };

testWithPython("llama.cpp tells a port that was taken after we had looked at it", async () => {
  await setupLlamaCpp(console.log);
  using folder = new TempFolder();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const config = configSchema.parse({ engines: { e: llama } });
  const entry = config.engines.e as EntryOf<"llama-cpp">;
  const command = llamaCpp.command(entry, config, taken.addr.port)!;
  const log = folder.file("log");
  const { exited } = await startProcess(command, { log, cores: null, grace_s: 1 });
  const { failure, message } = explainFailure("llama-cpp", "it ended", await exited, log);
  assert.equal(failure, "port_in_use");
  assert.match(message, new RegExp(`it said: .*couldn't bind.*${taken.addr.port}`));
});

testWithPython("llama.cpp tells a flag that it does not know", async () => {
  await setupLlamaCpp(console.log);
  using folder = new TempFolder();
  const entry = { ...llama, extra_args: ["--nonsense"] };
  const name = "SmolLM2-135M-Instruct";
  const { failure, exit } = await failureOf(folder, entry, { name });
  assert.deepEqual([failure, exit], ["bad_flag", "exit 2"]);
});

/** The least of a GGUF file: version 3, no tensors, one key, the architecture. */
function gguf(architecture: string): Uint8Array {
  const text = (value: string) => {
    const bytes = new TextEncoder().encode(value);
    return [bytes.length, 0, 0, 0, 0, 0, 0, 0, ...bytes];
  };
  const [none, one] = [[0, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0]];
  const head = [...new TextEncoder().encode("GGUF"), 3, 0, 0, 0, ...none, ...one];
  return new Uint8Array([
    ...head,
    ...text("general.architecture"),
    8,
    0,
    0,
    0,
    ...text(architecture),
  ]);
}

testWithPython(
  "llama.cpp tells a file that is missing, no GGUF, cut or of an unknown kind",
  async () => {
    await setupLlamaCpp(console.log);
    using folder = new TempFolder();
    const files = {
      "model_not_found": folder.file("missing.gguf"),
      "model_damaged": folder.file("text.gguf", "this is no model"),
      "unsupported_model": folder.file("new.gguf"),
    };
    Deno.writeFileSync(files.unsupported_model, gguf("nonsense"));
    for (const [expected, name] of Object.entries(files)) {
      const { failure, message } = await failureOf(folder, llama, { name });
      assert.equal(failure, expected, message);
      Deno.removeSync(folder.file("log"));
    }
    using whole = Deno.openSync(smolLm2Path());
    const half = new Uint8Array(5_000_000);
    whole.readSync(half);
    const name = folder.file("half.gguf");
    Deno.writeFileSync(name, half);
    const { failure, message } = await failureOf(folder, llama, { name });
    assert.equal(failure, "model_damaged");
    assert.match(message, /it said: .*corrupted or incomplete/);
  },
);
