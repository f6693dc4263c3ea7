import assert from "node:assert/strict";
import { join } from "node:path";
import { planTrials } from "@/config/plan.ts";
import { parsePrompts } from "@/config/prompts.ts";
import { parseConfig } from "@/config/read_config.ts";
import type { Manifest } from "@/records/manifest.ts";
import { createRunFolder } from "@/records/run_folder.ts";
import { readWholeRun } from "@/records/testdata/whole_run.ts";
import type { LaunchRecord } from "@/records/trial_record.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { ScriptedServer } from "@/test_servers/scripted_server.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { PROBE_REQUESTS } from "./content_probe.ts";
import { Progress } from "./progress.ts";
import { runPlan } from "./run_plan.ts";

const never = new AbortController().signal;
/** What a server is asked before its first trial: whether it is ready, and three questions. */
const BEFORE = 1 + PROBE_REQUESTS;

/** Runs a study of one external server; gives the result, what was said and what was recorded. */
async function runOn(baseUrl: string, benchmark: object, signal = never) {
  const engines = { ext: { kind: "external", base_url: baseUrl, model: "m" } };
  return await runStudy(engines, benchmark, signal);
}

async function runStudy(engines: object, benchmark: object, signal = never) {
  using temp = new TempFolder();
  const study = { model: { name: "m" }, engines };
  const text = JSON.stringify({ ...study, benchmark: { max_tokens: 3, blocks: 1, ...benchmark } });
  const { config } = parseConfig(text, "study.json");
  const plan = planTrials(config);
  const prompts = parsePrompts('{"short": ["One?", "Two?", "Three?", "Four?"]}', "prompts.json");
  let said = "";
  const sink = { isTerminal: false, columns: 80, write: (line: string) => void (said += line) };
  const manifest = { form: 1, run_id: "run", config, plan } as Manifest;
  using folder = createRunFolder(temp.file("run"), manifest);
  const progress = new Progress(plan.launches.flatMap(({ trials }) => trials).length, sink);
  const context = { config, prompts, folder, progress, signal, server_cores: null };
  const result = await runPlan(plan, context);
  return { result, said, data: readWholeRun(folder.dir), prompts };
}

Deno.test("all trials of a launch run on one server, lowest concurrency first", async () => {
  await using server = await ScriptedServer.start();
  const benchmark = { concurrency_levels: [2, 1], requests_per_level: 4, warmup_requests: 2 };
  const { result, said, data } = await runOn(server.baseUrl, benchmark);
  assert.deepEqual(result, { finished: 2, failures: [], interrupted: false });
  assert.equal(server.requests, BEFORE + 2 * (2 + 4));
  assert.match(said, /\[1\/2\] .* 1 user: 4 requests\n(.*\n)*\[2\/2\] .* 2 users: 4 requests\n/);
  assert.deepEqual(data.problems, []);
  for (const { trial_id, window_start_ms, window_end_ms, client } of data.trials) {
    const measured = data.requests.filter((request) =>
      request.trial_id === trial_id && request.phase === "measured"
    );
    assert.equal(window_start_ms, Math.min(...measured.map(({ sent_ms }) => sent_ms)));
    assert.ok(window_end_ms! <= Math.max(...measured.map(({ end_ms }) => end_ms)));
    assert.equal(client!.connections_reopened, 0);
    assert.ok(client!.cpu_share! > 0);
  }
  assert.deepEqual(data.trials.map(({ client }) => client!.connections_opened_before), [1, 2]);
  // The readiness question's own connection may stay.
  await server.until(({ open }) => open.size <= 1);
});

Deno.test("that a server closes without a word is learned once for all trials of its launch", async () => {
  await using server = await ScriptedServer.start({ behaviour: "close-unannounced" });
  const benchmark = { concurrency_levels: [1, 4], requests_per_level: 8, warmup_requests: 4 };
  const { result, data } = await runOn(server.baseUrl, benchmark);
  assert.equal(result.finished, 2);
  assert.ok(data.requests.every(({ failure }) => failure === null));
  const heardTwice = server.requests - (BEFORE + 2 * (4 + 8));
  assert.ok(heardTwice <= 1, `${heardTwice} requests were heard twice`);
});

Deno.test("a trial that fails is recorded and the next one runs", async () => {
  await using server = await ScriptedServer.start({
    behaviour: (request) => [1, 2].includes(request - BEFORE) ? "status-500" : "answer",
  });
  const benchmark = { concurrency_levels: [1, 2], requests_per_level: 2, warmup_requests: 0 };
  const { result, data } = await runOn(server.baseUrl, benchmark);
  assert.equal(result.finished, 1);
  assert.equal(result.failures.length, 1);
  assert.match(result.failures[0]!, /^block 1 · ext · prompts · 1 user: all 2 requests failed; /);
  assert.deepEqual(data.trials.map(({ outcome }) => outcome), ["failed", "finished"]);
  assert.match(data.trials[0]!.error!, /HTTP 500/);
  assert.equal(data.requests.length, 4);
});

Deno.test("warm-up prompts are never measured", async () => {
  await using server = await ScriptedServer.start();
  const benchmark = { concurrency_levels: [1], requests_per_level: 6, warmup_requests: 3 };
  const { data } = await runOn(server.baseUrl, benchmark);
  const used = (phase: string) =>
    new Set(data.requests.filter((r) => r.phase === phase).map(({ prompt_id }) => prompt_id));
  assert.equal(used("warmup").size, 1);
  assert.equal(used("measured").size, 3);
  assert.ok(used("warmup").isDisjointFrom(used("measured")));
  assert.equal(new Set(server.bodies.slice(BEFORE)).size, 9, "no two requests are alike");
});

Deno.test("a closed loop's last warm-up requests lead into its window", async () => {
  await using server = await ScriptedServer.start();
  const benchmark = { concurrency_levels: [2], requests_per_level: 4, warmup_requests: 6 };
  const { data } = await runOn(server.baseUrl, benchmark);
  const led = data.requests.filter((r) => r.phase === "warmup" && r.request_index >= 4);
  const first = data.requests.find((r) => r.phase === "measured" && r.request_index === 0)!;
  assert.ok(led.some(({ end_ms }) => end_ms === first.scheduled_ms));
  assert.deepEqual([data.requests.length, data.trials[0]!.window_start_ms], [10, first.sent_ms]);
});

Deno.test("a run that is aborted before it starts starts nothing", async () => {
  await using server = await ScriptedServer.start();
  const aborted = AbortSignal.abort(new Error("interrupted"));
  const { result, data } = await runOn(server.baseUrl, { concurrency_levels: [1] }, aborted);
  assert.deepEqual(result, { finished: 0, failures: [], interrupted: true });
  assert.equal(server.connections, 0);
  assert.deepEqual(data.launches, []);
});

Deno.test("an abort in the middle of a trial records it as interrupted", async () => {
  const run = new AbortController();
  await using server = await ScriptedServer.start({
    behaviour: (request) => request <= BEFORE + 2 ? "answer" : "silent",
  });
  const benchmark = { concurrency_levels: [1], requests_per_level: 9, warmup_requests: 0 };
  const running = runOn(server.baseUrl, benchmark, run.signal);
  await server.until(({ requests }) => requests === BEFORE + 3);
  run.abort(new Error("interrupted"));
  const { result, data } = await running;
  assert.deepEqual(result, { finished: 0, failures: [], interrupted: true });
  assert.deepEqual([data.trials[0]!.outcome, data.trials[0]!.error], [
    "interrupted",
    "interrupted",
  ]);
  assert.deepEqual(data.requests.map(({ failure }) => failure), [null, null, "cancelled"]);
});

/** Runs a study of a vLLM that dies as a real one was seen to, after it has given `answers` answers. */
async function runOnDying(
  answers: number,
  benchmark: object,
  { said = [] as string[], extra_args = [] as string[] } = {},
) {
  using temp = new TempFolder();
  const testdata = join(import.meta.dirname!, "../engines/testdata");
  const log = join(testdata, "vllm-0.32.0-core_killed_tail.log");
  const args = `${join(testdata, "dying_vllm.ts")} ${log} ${answers}`;
  const echoes = said.map((line) => `echo '${line}'`);
  const lines = [
    "#!/bin/sh",
    ...echoes,
    `exec ${Deno.execPath()} run -A --no-lock --quiet ${args} "$@"`,
    "",
  ];
  const executable = temp.file("vllm", lines.join("\n"));
  Deno.chmodSync(executable, 0o755);
  const engines = { v: { kind: "vllm", executable, extra_args } };
  return await runStudy(engines, { warm_block: false, ...benchmark });
}

Deno.test("a server that dies in a trial is told with its cause, and its other trials fail at once", async () => {
  const benchmark = {
    concurrency_levels: [1, 2, 3],
    requests_per_level: 4,
    warmup_requests: 0,
    blocks: 2,
  };
  // Four for the first trial, two of the second.
  const { result, data } = await runOnDying(BEFORE + 4 + 2, benchmark);
  const [first, second] = [data.trials.slice(0, 3), data.trials.slice(3)];
  for (const trials of [first, second]) {
    assert.deepEqual(trials.map(({ outcome }) => outcome), ["finished", "failed", "failed"]);
    const [, died, later] = trials.map(({ error }) => error);
    assert.match(died!, /^the server failed: its engine process died; look for the first error/);
    assert.match(
      died!,
      /\n {2}the server ended during the trial \(exit 0\); it said: .*EngineDead/,
    );
    assert.match(died!, /\n {2}\| INFO: +Finished server process/);
    assert.match(
      later!,
      /^nothing was sent, since the server had ended before: the server failed: its engine .*\)$/,
    );
  }
  assert.equal(result.finished, 2);
  assert.equal(result.failures.length, 4);
  const sent = (trial_id: string) => data.requests.filter((r) => r.trial_id === trial_id).length;
  assert.equal(sent(first[0]!.trial_id), 4);
  assert.ok(sent(first[1]!.trial_id) >= 3, "what was measured until then is kept");
  assert.equal(sent(first[2]!.trial_id), 0);
  for (const { outcome, failure, exit } of data.launches) {
    assert.deepEqual([outcome, failure, exit], ["died", "engine_core_died", "exit 0"]);
  }
});

Deno.test("a launch's record has its phases, its numbers and its environment, without secrets", async () => {
  const env = { HF_TOKEN: "hf_0123456789", VLLM_LOGGING_PREFIX: "of hf_0123456789" };
  await withEnv(env, async () => {
    const said = ["Starting to load model m", "GPU KV cache size: 1,000 tokens, Maximum"];
    const extra_args = ["--api-key", "sk-secret"];
    const benchmark = { concurrency_levels: [1], requests_per_level: 4, warmup_requests: 0 };
    const { data } = await runOnDying(9, benchmark, { said, extra_args });
    const [{ phases, told, environment, ready_s, argv }] = data.launches as [LaunchRecord];
    assert.deepEqual(phases!.map(({ phase }) => phase), ["importing", "loading_weights"]);
    assert.equal(phases!.at(-1)!.end_s, ready_s);
    assert.equal(told!.kv_cache_tokens, 1000);
    assert.equal(environment!.inherited["HF_TOKEN"], "***");
    assert.equal(environment!.inherited["VLLM_LOGGING_PREFIX"], "of ***");
    assert.deepEqual(argv.slice(-2), ["--api-key", "***"]);
    assert.ok(!/hf_0123|sk-secret/.test(JSON.stringify(data.launches)));
  });
});

Deno.test("a server is asked three greedy questions before its trials, and told by what it answers", async () => {
  await using server = await ScriptedServer.start();
  const benchmark = { concurrency_levels: [1], requests_per_level: 2, warmup_requests: 1 };
  const { data, said } = await runOn(server.baseUrl, { ...benchmark, temperature: 1 });
  const asked = server.bodies.slice(1, BEFORE).map((body) => JSON.parse(body));
  for (const { max_tokens, temperature, ignore_eos } of asked) {
    assert.deepEqual([max_tokens, temperature, ignore_eos ?? false], [32, 0, false]);
  }
  const { answers, verdict } = data.launches[0]!.content_probe!;
  assert.equal(verdict, "text");
  assert.deepEqual(answers.map(({ text, fault }) => [text, fault]), Array(3).fill(["Hi!", null]));
  assert.ok(!said.includes("SUSPECT"));
});

Deno.test("an engine that talks nonsense makes every trial of its launch suspect", async () => {
  const engine = (...extra_args: string[]) => ({ kind: "simulated", wire: "vllm", extra_args });
  const engines = { ok: engine(), broken: engine("--fault", "nonsense") };
  const benchmark = { concurrency_levels: [1, 2], requests_per_level: 20, warmup_requests: 4 };
  const { data, said } = await runStudy(engines, benchmark);
  const verdicts = new Map(data.launches.map((l) => [l.entry, l.content_probe!.verdict]));
  assert.deepEqual([verdicts.get("ok"), verdicts.get("broken")], ["text", "SUSPECT"]);
  assert.match(said, /broken: SUSPECT, 3 of 3 answers to the content probe .* repeated: "!!!!/);
});

Deno.test("a server that answers no probe is run all the same, and asked no further question", async () => {
  await using server = await ScriptedServer.start({
    behaviour: (request) => request === 2 ? "status-500" : "answer",
  });
  const benchmark = { concurrency_levels: [1], requests_per_level: 2, warmup_requests: 0 };
  const { data, result } = await runOn(server.baseUrl, benchmark);
  assert.equal(result.finished, 1);
  const { answers, verdict } = data.launches[0]!.content_probe!;
  assert.deepEqual([answers.length, answers[0]!.fault, verdict], [1, "failed", "SUSPECT"]);
  assert.match(answers[0]!.text, /HTTP 500/);
});
