import assert from "node:assert/strict";
import { planTrials } from "@/config/plan.ts";
import { parsePrompts } from "@/config/prompts.ts";
import { parseConfig } from "@/config/read_config.ts";
import { readTraces } from "@/config/arrivals/arrival_lists.ts";
import { readArrivals } from "@/records/arrivals_file.ts";
import type { Manifest } from "@/records/manifest.ts";
import { createRunFolder } from "@/records/run_folder.ts";
import { readWholeRun } from "@/records/testdata/whole_run.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { ScriptedServer } from "@/test_servers/scripted_server.ts";
import { Progress } from "./progress.ts";
import { runPlan } from "./run_plan.ts";

/** Runs these loads on one scripted server, one block. */
async function runLoads(temp: TempFolder, server: ScriptedServer, benchmark: object) {
  const study = {
    model: { name: "m" },
    engines: { ext: { kind: "external", base_url: server.baseUrl, model: "m" } },
    benchmark: {
      max_tokens: 3,
      blocks: 1,
      request_timeout_s: 20,
      concurrency_levels: [],
      ...benchmark,
    },
  };
  const { config } = parseConfig(JSON.stringify(study), "study.json");
  const plan = planTrials(config, readTraces(config));
  const prompts = parsePrompts('{"short": ["One?", "Two?", "Three?", "Four?"]}', "prompts.json");
  const sink = { isTerminal: false, columns: 80, write: () => {} };
  const manifest = { form: 1, run_id: "run", config, plan } as Manifest;
  using folder = createRunFolder(temp.file("run"), manifest);
  const progress = new Progress(null, sink);
  const signal = new AbortController().signal;
  const context = { config, prompts, folder, progress, signal, server_cores: null };
  const result = await runPlan(plan, context);
  assert.deepEqual(result.failures, []);
  return { plan, data: readWholeRun(folder.dir) };
}

Deno.test("an open loop keeps to the stored list, whatever is still unanswered", async () => {
  using temp = new TempFolder();
  // The measured requests' answers wait until 30 are in flight at once.
  const server: ScriptedServer = await ScriptedServer.start({
    hold: (request) =>
      request <= 12 ? Promise.resolve() : server.until((s) => s.mostInFlight >= 30),
  });
  await using _ = server;
  const loads = [{ mode: "poisson", rates_per_s: [200], requests: 60 }];
  const { plan, data } = await runLoads(temp, server, { loads, warmup_requests: 2 });
  const [trial] = data.trials;
  const measured = data.requests.filter(({ phase }) => phase === "measured")
    .toSorted((a, b) => a.request_index - b.request_index);
  assert.equal(measured.length, 60);
  assert.ok(Math.max(...measured.map(({ in_flight }) => in_flight!)) >= 30);
  const name = "b1-poisson-200";
  assert.ok(!Array.isArray(data.manifest.plan.arrivals![name]), "a list of 60 has its own file");
  const due = readArrivals(data.dir, data.manifest.plan, name);
  assert.deepEqual(due, [...plan.arrivals![name]!]);
  const offset_ms = measured[0]!.scheduled_ms! - due[0]!.at_ms;
  for (const [i, { scheduled_ms, sent_ms }] of measured.entries()) {
    assert.ok(Math.abs(scheduled_ms! - due[i]!.at_ms - offset_ms) < 0.002);
    assert.ok(sent_ms >= scheduled_ms! - 0.001);
  }
  assert.equal(trial!.window_start_ms, measured[0]!.scheduled_ms);
  assert.equal(trial!.window_end_ms, measured.at(-1)!.scheduled_ms);
  assert.equal(typeof trial!.client!.connections_grown, "number");
  assert.equal(typeof trial!.client!.connections_late, "number");
});

Deno.test("a capped load never has more in flight, and is late instead", async () => {
  using temp = new TempFolder();
  await using server = await ScriptedServer.start();
  const loads = [{ mode: "constant", rates_per_s: [50_000], requests: 40, max_in_flight: 2 }];
  const { data } = await runLoads(temp, server, { loads, warmup_requests: 0 });
  const measured = data.requests.filter(({ phase }) => phase === "measured");
  assert.equal(measured.length, 40);
  assert.equal(Math.max(...measured.map(({ in_flight }) => in_flight!)), 2);
  assert.ok(server.mostInFlight <= 2, "it may have answered one before it read the other");
});

Deno.test("a trace's lengths and prompts are asked for", async () => {
  using temp = new TempFolder();
  await using server = await ScriptedServer.start();
  const file = temp.file("t.csv", "time_s,output_tokens,prompt\n0,5,\n0.01,7,Why?\n0.02,0,\n");
  const { data } = await runLoads(temp, server, {
    loads: [{ mode: "trace", file, name: "own" }],
    warmup_requests: 0,
  });
  const asked = server.bodies.slice(-3).map((body) => JSON.parse(body));
  assert.deepEqual(asked.map(({ max_tokens }) => max_tokens), [5, 7, 1]);
  assert.equal(asked[1].messages[0].content, "Why?");
  assert.equal(data.manifest.plan.launches[0]!.trials[0]!.load.mode, "trace");
});
