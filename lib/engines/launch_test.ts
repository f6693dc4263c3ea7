import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { parseConfig } from "@/config/read_config.ts";
import { processesWith, TempFolder, until } from "@/test_servers/processes.ts";
import { ScriptedServer } from "@/test_servers/scripted_server.ts";
import { freePort } from "./port.ts";
import { launch, LaunchError } from "./launch.ts";
import { logTail } from "./log_text.ts";

const never = new AbortController().signal;

/** Launches the one entry `e` of a config; `marker` finds the processes of a simulated one. */
function start(folder: TempFolder, entry: object, { start_timeout_s = 30, signal = never } = {}) {
  const text = JSON.stringify({ engines: { e: entry }, benchmark: { start_timeout_s } });
  const { config } = parseConfig(text, "study.json");
  return launch({ config, entry: "e", cores: null, log: folder.file("log"), signal });
}

const simulated = (folder: TempFolder, ...extra_args: string[]) => ({
  kind: "simulated",
  wire: "vllm",
  extra_args: ["--truth", folder.file("truth"), ...extra_args],
});

const SOON = { start_timeout_s: 0.3 };

async function failureOf(started: Promise<unknown>): Promise<LaunchError> {
  const error = await started.then(() => null, (error) => error);
  assert.ok(error instanceof LaunchError, `${error}`);
  return error;
}

Deno.test("a simulated server is ready once it has answered, and gone once it is stopped", async () => {
  using folder = new TempFolder();
  const server = await start(folder, simulated(folder));
  assert.equal(server.model, "simulated-vllm");
  assert.ok(server.ready_s! > 0);
  const { phases, told, environment } = server.startup;
  assert.deepEqual(phases!.map(({ phase }) => phase), ["importing", "warming_up"]);
  assert.deepEqual([phases![0]!.start_s, phases![1]!.end_s], [0, server.ready_s]);
  assert.equal(told!.kv_cache_tokens, null);
  assert.deepEqual(environment!.added, {});
  assert.ok(processesWith(folder.path).length > 0);
  const models = await (await fetch(`${server.baseUrl}/models`)).json();
  assert.equal(models.data[0].id, "simulated-vllm");
  assert.equal(await server.stop(), "exit 0");
  assert.equal(await server.exited, "exit 0");
  assert.deepEqual(processesWith(folder.path), []);
});

Deno.test("a start that takes two seconds is waited for", async () => {
  using folder = new TempFolder();
  const server = await start(folder, simulated(folder, "--fault", "slow-start"));
  await server.stop();
  assert.ok(server.ready_s! >= 2 && server.ready_s! < 20, `${server.ready_s} s`);
});

Deno.test("an end at start is noticed at once and told with the end of the log", async () => {
  using folder = new TempFolder();
  const started = performance.now();
  const { message, exit, argv } = await failureOf(
    start(folder, simulated(folder, "--fault", "exit-at-start")),
  );
  assert.ok(performance.now() - started < 10_000);
  assert.match(
    message,
    /^the server ended before it was ready \(exit 3\)\n/,
  );
  assert.ok(message.includes(`end of ${folder.file("log")}:\n`));
  assert.match(message, /\| simulated server: simulated fault: exit-at-start/);
  assert.equal(exit, "exit 3");
  assert.ok(argv.includes("exit-at-start"));
});

Deno.test("a server that never answers is given up after start_timeout_s and stopped", async () => {
  using folder = new TempFolder();
  const hanging = simulated(folder, "--fault", "hang");
  const started = performance.now();
  const { message } = await failureOf(start(folder, hanging, { start_timeout_s: 2 }));
  const took_s = (performance.now() - started) / 1000;
  assert.ok(took_s >= 2 && took_s < 8, `${took_s} s`);
  assert.match(
    message,
    /not ready after 2 s; last seen: no answer from \S+\/chat\/completions in .*; it was warming up, for /,
  );
  assert.deepEqual(processesWith(folder.path), []);
});

Deno.test("an abort during the start leaves no process", async () => {
  using folder = new TempFolder();
  const run = new AbortController();
  const started = start(folder, simulated(folder, "--fault", "hang"), { signal: run.signal });
  started.catch(() => {});
  await until("the server runs", () => existsSync(folder.file("truth")));
  run.abort(new Error("interrupted"));
  await assert.rejects(started, /interrupted/);
  assert.deepEqual(processesWith(folder.path), []);
});

Deno.test("a port in use is named, with who holds it", async () => {
  using folder = new TempFolder();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  await assert.rejects(
    start(folder, { ...simulated(folder), port }),
    (error: Error) => error.message.includes(`port ${port} on 127.0.0.1 is in use by `),
  );
});

const external = (base_url: string, rest = {}) => ({
  kind: "external",
  base_url,
  model: "m",
  ...rest,
});

Deno.test("an external server is ready when it answers, and is left running", async () => {
  using folder = new TempFolder();
  await using running = await ScriptedServer.start();
  const server = await start(folder, external(`${running.baseUrl}/`));
  assert.equal(server.baseUrl, running.baseUrl);
  assert.equal(await server.stop(), "left running, it is not ours");
  assert.equal(running.requests, 1);
});

Deno.test("an external server without a list of models is asked for a completion only", async () => {
  using folder = new TempFolder();
  await using running = await ScriptedServer.start({ modelsStatus: 404 });
  await start(folder, external(running.baseUrl));
  assert.equal(running.requests, 1);
});

Deno.test("a base_url where nobody listens is told with what to check", async () => {
  using folder = new TempFolder();
  const base_url = `http://127.0.0.1:${freePort(undefined)}/v1`;
  const { message } = await failureOf(start(folder, external(base_url), SOON));
  assert.ok(message.startsWith(`${base_url}: not ready after 0.3 s; last seen: `), message);
  assert.match(message, /refused/i);
  assert.match(message, /is the server up, and is base_url its API root/);
});

Deno.test("a server that refuses the key at once says that api_key_env is to be set", async () => {
  for (const modelsStatus of [401, 403]) {
    using folder = new TempFolder();
    await using running = await ScriptedServer.start({ modelsStatus });
    const { message } = await failureOf(start(folder, external(running.baseUrl)));
    assert.match(message, new RegExp(`/models answered ${modelsStatus}; .*api_key_env`));
    assert.equal(running.requests, 0);
  }
});

Deno.test("a key refused for completions only is told in the same way, at once", async () => {
  using folder = new TempFolder();
  await using running = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => new Response("no", { status: request.url.endsWith("/models") ? 404 : 401 }),
  );
  const base_url = `http://127.0.0.1:${running.addr.port}/v1`;
  const { message } = await failureOf(start(folder, external(base_url)));
  assert.match(message, /chat\/completions answered 401; .*api_key_env/);
});

Deno.test("a server that answers 500 is told with what it said", async () => {
  using folder = new TempFolder();
  await using running = await ScriptedServer.start({ behaviour: "status-500" });
  const { message } = await failureOf(start(folder, external(running.baseUrl), SOON));
  assert.match(message, /a first completion answered 500: .*out of memory/);
});

Deno.test("a server that finds fault with the request is not asked again", async () => {
  using folder = new TempFolder();
  await using refusing = await ScriptedServer.start({ behaviour: "status-400" });
  const { message } = await failureOf(start(folder, external(refusing.baseUrl)));
  assert.match(
    message,
    /^http:\S+\/v1 answered 400 to a first completion: .*max_tokens is too large/,
  );
  assert.equal(refusing.requests, 1);
});

Deno.test("an error inside the first completion is not taken for an answer", async () => {
  using folder = new TempFolder();
  await using running = await ScriptedServer.start({
    behaviour: (request) => request === 1 ? "error" : "answer",
  });
  await start(folder, external(running.baseUrl));
  assert.equal(running.requests, 2);
});

Deno.test("a model that the server does not have is told with those it has", async () => {
  using folder = new TempFolder();
  await using running = await ScriptedServer.start({ model: "llama" });
  const { message } = await failureOf(start(folder, external(running.baseUrl)));
  assert.equal(
    message,
    `the server at ${running.baseUrl} serves llama, not "m"; name one that it serves`,
  );
});

Deno.test("a log's end is its last lines, and an empty log is said to be empty", () => {
  using folder = new TempFolder();
  const log = folder.file("log", "a\nb\nc\n");
  assert.equal(logTail(log, 2), `\n  end of ${log}:\n  | b\n  | c`);
  assert.equal(logTail(folder.file("empty", "")), `\n  its log ${folder.path}/empty is empty`);
  assert.equal(logTail(folder.file("missing")), "");
});

Deno.test("an entry's variables reach its server and are stronger than the project's own", async () => {
  using folder = new TempFolder();
  const executable = folder.file("vllm", '#!/bin/sh\necho "$OMP_NUM_THREADS $EXTRA"\nexit 3\n');
  Deno.chmodSync(executable, 0o755);
  const env = { OMP_NUM_THREADS: 7, EXTRA: "as asked" };
  const entry = { kind: "vllm", device: "cpu", executable, env };
  assert.match((await failureOf(start(folder, entry))).message, /\n {2}\| 7 as asked$/);
});
