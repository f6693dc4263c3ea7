/** The real SGLang in trouble. Its kernels are a shim's, its server, log and end are its own. */
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
  launchFailure,
  launchOne,
  smallConfig,
  START_TIMEOUT_S,
} from "@/test_servers/real_engines.ts";
import { ScriptedServer } from "@/test_servers/scripted_server.ts";
import { sglangOnCpu, testOnSglang } from "@/test_servers/sglang_conformance.ts";
import { explainFailure } from "./explain_failure.ts";
import { engineOf } from "./kinds.ts";
import { freePort } from "./port.ts";
import { startProcess } from "./supervised_process.ts";

const model = "SmolLM2-135M-Instruct";

testOnSglang(
  "SGLang, its port taken while it loads by one who answers: never ready, and who it is",
  async () => {
    using folder = new TempFolder();
    const port = freePort(undefined);
    const failing = launchFailure(folder, { engines: { e: { ...sglangOnCpu(), port } } });
    const pid = await until("it starts", () => processesWith(`--port ${port} `)[0]);
    const group = groupOf(pid)!;
    await using rival = await ScriptedServer.start({ port, model });
    const { failure, message } = await failing;
    assert.equal(failure, "port_in_use");
    assert.match(message, new RegExp(`^port ${port} on 127\\.0\\.0\\.1 is in use by .*deno`));
    assert.ok(message.includes(`(pid ${Deno.pid})`), message);
    assert.equal(rival.requests, 0);
    assert.deepEqual(membersOf(group), []);
  },
);

testOnSglang(
  "SGLang left to itself on a port that is taken ends with the port as the cause",
  async () => {
    using folder = new TempFolder();
    // Whatever its warm-up asks, the rival answers.
    await using rival = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => Response.json({ is_generation: true, text: "", model_path: model }),
    );
    const { port } = rival.addr as Deno.NetAddr;
    const config = smallConfig({ engines: { e: sglangOnCpu() }, model });
    const entry = config.engines.e!;
    const command = engineOf(entry.kind).command(entry, config, port)!;
    const env = { ...command.env, ...("env" in entry ? entry.env : {}) };
    const log = folder.file("log");
    const process = await startProcess({ ...command, env }, { log, cores: null, grace_s: 10 });
    const limit = setTimeout(() => process.stop(), START_TIMEOUT_S * 1000);
    const exit = await process.exited;
    clearTimeout(limit);
    const { failure, message } = explainFailure("sglang", "it ended", exit, log);
    assert.equal(failure, "port_in_use", message);
    // By itself, or by the signal that it sends to its own group, whichever is first.
    assert.match(exit, /^exit (3|137)$/);
    assert.match(message, new RegExp(`it said: .*Errno 98.*${port}`));
    assert.match(textOf(log), /The server is fired up and ready to roll!/);
  },
);

testOnSglang(
  "SGLang, its scheduler killed while it serves: told by its log, and nothing is left",
  async () => {
    using folder = new TempFolder();
    const server = await launchOne(folder, { engines: { e: sglangOnCpu() }, model });
    const group = groupOf(server.pid!)!;
    assert.equal((await ask(server, "Name three colours.", 4)).output_tokens, 4);
    const scheduler = membersOf(group).find(({ command }) => /sglang::scheduler/.test(command));
    assert.ok(scheduler, membersOf(group).map(({ command }) => command).join("\n"));
    Deno.kill(scheduler.pid, "SIGKILL");
    const exit = await server.exited;
    const { failure, message } = server.explain("it ended", exit);
    assert.equal(failure, "child_died", message);
    assert.match(message, /crashed with exit code -9/);
    assert.deepEqual(membersOf(group), []);
  },
);

testOnSglang("SGLang, a model folder that is not there", async () => {
  using folder = new TempFolder();
  const nowhere = { engines: { e: sglangOnCpu() }, model: folder.file("nowhere") };
  const { failure, exit, message } = await launchFailure(folder, nowhere);
  assert.deepEqual([failure, exit], ["model_not_found", "exit 1"], message);
  assert.ok(message.includes(nowhere.model), message);
});

testOnSglang("SGLang, a flag that it does not know", async () => {
  using folder = new TempFolder();
  const engines = { e: sglangOnCpu("--nonsense") };
  const { failure, exit, message } = await launchFailure(folder, { engines, model });
  assert.deepEqual([failure, exit], ["bad_flag", "exit 2"]);
  assert.match(message, /unrecognized arguments: --nonsense/);
});
