/** `bench` on the real engine: llama.cpp with its small model. */
import assert from "node:assert/strict";
import { freePort } from "@/engines/port.ts";
import { readWholeRun } from "@/records/testdata/whole_run.ts";
import { setupLlamaCpp } from "@/setup/llama_cpp_setup.ts";
import { run, start } from "@/test_servers/command_line.ts";
import { testWithPython } from "@/test_servers/needs_python.ts";
import { processesWith, TempFolder, textOf, until, untilGone } from "@/test_servers/processes.ts";

/** Arguments of `bench` for llama.cpp with 2 at a time. Its process is found by its port. */
async function study(folder: TempFolder, port: number, benchmark: object): Promise<string[]> {
  await setupLlamaCpp(console.log);
  const llama = { kind: "llama-cpp", slots: 2, port };
  const fixed = { concurrency_levels: [2], warmup_requests: 2, max_tokens: 8, blocks: 1 };
  const config = {
    engines: { llama },
    workloads: { short: { categories: ["short"] } },
    benchmark: { ...fixed, ...benchmark },
  };
  const path = folder.file("study.yaml", JSON.stringify(config));
  return ["bench", "--config", path, "--output", folder.file("run")];
}

testWithPython(
  "a short trial on llama.cpp counts tokens, memory and reopened connections",
  async () => {
    using folder = new TempFolder();
    const port = freePort(undefined);
    const { code, stderr } = await run(await study(folder, port, { requests_per_level: 4 }));
    assert.equal(code, 0, stderr);
    const { requests, trials, launches, manifest } = readWholeRun(folder.file("run"));
    const measured = requests.filter(({ phase }) => phase === "measured");
    assert.equal(measured.length, 4);
    for (const record of requests) {
      assert.equal(record.failure, null);
      assert.equal(record.output_tokens, 8);
      assert.ok(record.prompt_tokens! > 10);
      assert.ok(record.token_ms.length > 0 && record.token_ms.length <= 8);
      assert.ok(record.first_token_ms! > record.sent_ms);
    }
    const { memory, client } = trials[0]!;
    assert.ok(memory!.bytes > 100e6 && memory!.peak_bytes! >= memory!.bytes, `${memory!.bytes}`);
    // llama.cpp closes the connection after each stream; both were used in the warm-up.
    assert.equal(client!.connections_reopened, 4);
    assert.ok(launches[0]!.ready_s! > 0);
    assert.ok(!launches[0]!.simulated);
    assert.match(manifest.versions["llama"]!, /^xllamacpp \d/);
    assert.deepEqual(processesWith(`--port ${port} `), []);
  },
);

testWithPython("kill -9 of a run on llama.cpp leaves no Python process", async () => {
  using folder = new TempFolder();
  const port = freePort(undefined);
  const bench = start(await study(folder, port, { requests_per_level: 5000 }));
  const journal = () => textOf(folder.file("run/journal.ndjson"));
  await until("3 requests are journaled", () => journal().split('"type":"request"').length > 3, 60);
  assert.ok(processesWith(`--port ${port} `).length > 0);
  bench.kill("SIGKILL");
  await bench.ended;
  await untilGone(`--port ${port} `, 15);
  const { requests, problems } = readWholeRun(folder.file("run"));
  assert.ok(requests.length >= 3);
  assert.match(problems.at(-1)!, /the run did not finish/);
});
