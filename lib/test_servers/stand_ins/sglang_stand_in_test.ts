import assert from "node:assert/strict";
import { freePort } from "@/engines/port.ts";
import { processesWith, TempFolder, textOf, until } from "@/test_servers/processes.ts";
import { ScriptedServer } from "@/test_servers/scripted_server.ts";
import { ENTRIES, executable, failureOf, start } from "./stand_in_entries.ts";

Deno.test("SGLang tells its metrics, since the project asks for them at launch", async () => {
  using folder = new TempFolder();
  const server = await start(folder, ENTRIES.sglang);
  const answer = await fetch(new URL("/metrics", server.baseUrl));
  const text = await answer.text();
  await server.stop();
  assert(server.argv.includes("--enable-metrics"));
  assert.match(text, /^sglang:num_running_reqs/m);
});

Deno.test("SGLang ends the answers that are under way before it exits with 0", async () => {
  using folder = new TempFolder();
  const server = await start(folder, ENTRIES.sglang);
  const body = {
    model: server.model,
    messages: [{ role: "user", content: "Hello?" }],
    max_tokens: 300,
    ignore_eos: true,
    stream: true,
  };
  const url = `${server.baseUrl}/chat/completions`;
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const stopped = server.stop();
  assert.match(await answer.text(), /data: \[DONE\]\n\n$/);
  assert.equal(await stopped, "exit 0");
  assert.match(textOf(folder.file("log")), /SIGTERM received.*Draining.*\n.*requests 1\. /);
});

Deno.test("SGLang that calls itself ready while another server has its port is not ready", async () => {
  using folder = new TempFolder();
  const port = freePort(undefined);
  const script = `#!/bin/sh\nSTAND_IN_FAULT=port-taken exec ${executable("sglang")} "$@"\n`;
  const faulty = folder.file("sglang", script);
  Deno.chmodSync(faulty, 0o755);
  const started = failureOf(start(folder, { ...ENTRIES.sglang, executable: faulty, port }));
  await until("it loads", () => textOf(folder.file("log")).includes("Load weight end"));
  // Another SGLang with the same model: nothing that can be asked tells the two apart.
  using elsewhere = new TempFolder();
  const other = await start(elsewhere, { ...ENTRIES.sglang, port });
  const { failure, message } = await started;
  assert.equal(failure, "port_in_use", message);
  assert.match(message, new RegExp(`port ${port} on 127.0.0.1 is in use`));
  assert.deepEqual(processesWith(folder.path), []);
  assert.equal(await other.stop(), "exit 0");
});

Deno.test("a port that is taken ends the stand-in of SGLang with 137, after it has called itself ready", async () => {
  using folder = new TempFolder();
  await using other = await ScriptedServer.start();
  const { port } = new URL(other.baseUrl);
  const { code, stdout } = await new Deno.Command(executable("sglang"), {
    args: ["serve", "--model-path", "m", "--port", port],
    cwd: folder.path,
  }).output();
  assert.equal(code, 137);
  assert.match(
    new TextDecoder().decode(stdout),
    /\[Errno 98\] error while attempting to bind on address \('127\.0\.0\.1', \d+\): address already in use\n(.*\n)*.*The server is fired up and ready to roll!\n/,
  );
});
