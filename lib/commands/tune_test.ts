/** Searches of the tuned arm on simulated engines and stand-ins: no number is an engine's. */
import assert from "node:assert/strict";
import { tuningRecord } from "@/analysis/tuning_result.ts";
import { plannedTrials, planTrials } from "@/config/plan.ts";
import { parseConfig } from "@/config/read_config.ts";
import { tuningOf } from "@/config/tuning.ts";
import { readRunFolder } from "@/records/run_folder.ts";
import { renderMarkdown } from "@/report/markdown_report.ts";
import { reportContent } from "@/report/report_content.ts";
import { reportInput } from "@/report/report_input.ts";
import type { SlotClock } from "@/run/tuning_launches.ts";
import { run } from "@/test_servers/command_line.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { ENTRIES } from "@/test_servers/stand_ins/stand_in_entries.ts";
import { runStudy } from "./run_study.ts";
import { readStudyPrompts, type Study } from "./study.ts";
import { tunedStudy } from "./tune.ts";

const BENCHMARK = {
  concurrency_levels: [4],
  requests_per_level: 8,
  warmup_requests: 0,
  max_tokens: 8,
  blocks: 1,
  warm_block: false,
  canary: false,
  repeat_spoilt: false,
};

const SLOW_STEPS = { decode_ms_base: 20, decode_ms_per_sequence: 0 };

function studyOf(
  folder: TempFolder,
  engines: object,
  minutes_per_entry = 4,
  load: object = {},
): Study {
  const text = JSON.stringify({
    arm: "tuned",
    tuning: { minutes_per_entry },
    engines,
    benchmark: { ...BENCHMARK, ...load },
  });
  const { config } = parseConfig(text, "study.json");
  return {
    config,
    configPath: "study.json",
    configNotes: [],
    prompts: readStudyPrompts("configs/prompts.json", config),
    output: folder.file("run"),
    argv: [],
    notRun: [],
    calibrate: false,
  };
}

/** Each look at the clock takes a quarter of a minute; nobody is ever cut off. */
function steppingClock(): SlotClock {
  let now_ms = 0;
  return {
    now: () => now_ms += 15_000,
    after: () => ({ signal: new AbortController().signal, [Symbol.dispose]() {} }),
  };
}

Deno.test("the best candidate goes into the study, and all stand in manifest and report", async () => {
  using folder = new TempFolder();
  const sim = {
    kind: "simulated",
    wire: "vllm",
    ...SLOW_STEPS,
    candidates: [
      { settings: { max_sequences: 1 } },
      { settings: { max_sequences: 4 } },
      { extra_args: ["--no-such-flag"] },
    ],
  };
  const stood = {
    ...ENTRIES.sglang,
    extra_args: [],
    candidates: [{ settings: { max_sequences: 1 } }, { settings: { max_sequences: 4 } }],
  };
  const recipe = { kind: "simulated", wire: "sglang" };
  const asked = studyOf(folder, { sim, stood, recipe }, 3);
  const plan = planTrials(asked.config);
  const study = (await tunedStudy(asked, tuningOf(asked.config)!, steppingClock()))!;
  const { finished, failures } = await runStudy(study, plan);
  assert.deepEqual([finished, failures], [3, []]);

  const data = readRunFolder(folder.file("run"));
  const { tuning, config } = data.manifest;
  assert.deepEqual(
    tuning!.candidates.map(({ name, minutes }) => [name, minutes]),
    [["sim.1", 1], ["sim.2", 1], ["sim.3", 1], ["stood.1", 1.5], ["stood.2", 1.5]],
  );
  const picked = tuning!.candidates.filter(({ chosen }) => chosen).map(({ name }) => name);
  // Stand-ins answer at once, so that the busy machine decides between these two.
  assert.match(picked.join(" "), /^sim\.2 stood\.[12]$/);
  const [one, four, broken, stand_in] = tuning!.candidates;
  assert.ok(one!.rounds.length >= 1 && four!.value! > 2 * one!.value!);
  assert.deepEqual(one!.settings, { max_sequences: 1 });
  assert.match(broken!.why_not!, /^it did not start: /);
  assert.match(stand_in!.stand_in!, /^stand-in for SGLang/);
  assert.deepEqual(tuning!.recipes, ["recipe"]);
  const chosen = config.engines["sim"]!;
  assert.deepEqual("settings" in chosen && chosen.settings, { max_sequences: 4 });
  assert.ok(!("candidates" in chosen));
  const launch = data.launches.find(({ entry }) => entry === "sim")!;
  assert.match(launch.argv.join(" "), /--max-sequences 4/);

  // The search's own folder has its raw data, and asked other prompts than the study.
  const search = readRunFolder(folder.file("run-tuning"));
  assert.deepEqual(search.problems, []);
  const prompts = (of: typeof data) =>
    new Set([...of.requests.values()].flatMap((each) => each.records().map((r) => r.prompt_id)));
  assert.equal(prompts(search).intersection(prompts(data)).size, 0);
  assert.deepEqual([...prompts(search)].sort(), tuning!.prompt_ids);
  assert.ok(reportInput([search]).comparisons.length === 0, "rounds of one launch are no blocks");

  assert.match(
    renderMarkdown(reportContent(reportInput([search]))),
    /each candidate launched once/,
  );
  // Rounds that were cut off when the minutes were over count for nothing.
  const trials = search.trials.map((trial) =>
    trial.launch_id === "tune-sim.2" ? { ...trial, outcome: "interrupted" as const } : trial
  );
  const cut = tuningRecord({ ...search, trials }, tuningOf(asked.config)!, new Map()).candidates;
  assert.deepEqual(cut.slice(0, 2).map(({ chosen }) => chosen), [true, false]);
  assert.match(cut[1]!.why_not!, /no round ended within its 1 minutes/);

  const content = reportContent(reportInput([data]));
  assert.match(content.title, /tuned/);
  const page = renderMarkdown(content);
  const section = page.slice(page.indexOf("How the settings were chosen"));
  assert.match(section, /\| sim\.1 \(simulated\) \| max\\_sequences 1 \|/);
  assert.match(section, /\| stood\.[12] \(stand-in\) \| max\\_sequences [14] \|.*\| chosen /);
  assert.match(section, /--no-such-flag.*it did not start/);
  assert.match(section, /3 minutes of the machine, divided evenly/);
  assert.match(section, /recipe of their own: recipe/);
});

Deno.test("candidates are told apart at an open load, each round at the same times for all", async () => {
  using folder = new TempFolder();
  const sim = {
    kind: "simulated",
    wire: "vllm",
    ...SLOW_STEPS,
    candidates: [{ settings: { max_sequences: 1 } }, { settings: { max_sequences: 4 } }],
  };
  const poisson = { mode: "poisson", rates_per_s: [12], requests: 12 };
  const asked = studyOf(folder, { sim }, 2, { concurrency_levels: [], loads: [poisson] });
  const study = (await tunedStudy(asked, tuningOf(asked.config)!, steppingClock()))!;
  assert.deepEqual(study.tuning!.candidates.map(({ chosen }) => chosen), [false, true]);
  assert.equal(study.tuning!.load, "poisson 12/s");
  const search = readRunFolder(folder.file("run-tuning"));
  assert.deepEqual(search.problems, []);
  const lists = (entry: string) =>
    plannedTrials(search.manifest.plan).filter((trial) => trial.entry === entry)
      .map(({ arrivals }) => arrivals);
  const [one, two] = [lists("sim.1"), lists("sim.2")];
  const rounds = Math.min(one.length, two.length);
  assert.deepEqual(one.slice(0, rounds), two.slice(0, rounds));
  assert.equal(one[0], "b1-poisson-12");
});

Deno.test("a candidate is cut off when its minutes are over, and an entry without any ends the run", async () => {
  using folder = new TempFolder();
  const candidates = [{ settings: { max_sequences: 1 } }, { settings: { max_sequences: 2 } }];
  const sim = { kind: "simulated", wire: "vllm", candidates };
  const asked = studyOf(folder, { sim });
  const over: SlotClock = {
    now: () => 0,
    after: () => ({ signal: AbortSignal.abort(new Error("over")), [Symbol.dispose]() {} }),
  };
  await assert.rejects(
    () => tunedStudy(asked, tuningOf(asked.config)!, over),
    /no candidate of sim can be chosen.*\n {2}sim\.1: it did not start.*\n {2}sim\.2: .*\n.*to do/,
  );
  const { launches } = readRunFolder(folder.file("run-tuning"));
  assert.deepEqual(launches.map(({ outcome }) => outcome), ["failed", "failed"]);
});

Deno.test("the dry run prints candidates, minutes, seeds and money, and faults at their place", async () => {
  using folder = new TempFolder();
  const text = [
    "model: { name: Qwen/Qwen3-30B-A3B-FP8 }",
    "arm: tuned",
    "tuning: { minutes_per_entry: 60 }",
    "engines:",
    "  v:",
    "    kind: vllm",
    "    executable: vllm",
    "    version: 0.33.0",
    "    extra_args: [--async-scheduling]",
    "    candidates:",
    "      - settings: { max_sequences: 64, context_tokens: 16384 }",
    "      - settings: { context_tokens: 16384 }",
    "        extra_args: [--long-prefill-token-threshold, '2048']",
    "  s: { kind: sglang, settings: { context_tokens: 16384 } }",
    'hardware: { gpu: "NVIDIA H100 80GB HBM3", price_per_hour: 2.5 }',
  ].join("\n");
  const env = { BENCH_ENGINES_DIR: folder.file("engines") };
  const path = folder.file("study.yaml", text);
  const told = await run(["bench", "--config", path, "--dry-run"], env);
  assert.equal(told.code, 0, told.stderr);
  assert.match(
    told.stdout,
    /2 candidates of 1 entry are tried, 60 minutes of the machine for each/,
  );
  assert.match(told.stdout, /v\.1 +30\.0 minutes, about \d+ rounds?: .*max_sequences 64/);
  assert.match(told.stdout, /seeds +\d+, the study's is 1; prompts of round 1 by \d+, round 2 by/);
  assert.match(told.stdout, /prompts +\d+ only for the search, the other \d+ only for the study/);
  assert.match(told.stdout, /s +searches nothing: its settings are its recipe/);
  assert.match(told.stdout, /^v\.2 \(vllm, tuned\)\n {2}command .*--long-prefill-token-threshold/m);
  assert.match(told.stdout, /the search before it {2}1\.0 h, 3 USD/);
  const wrong = folder.file(
    "wrong.yaml",
    text.replace("--long-prefill-token", "--longest-prefill"),
  );
  const refused = await run(["bench", "--config", wrong, "--dry-run"], env);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /wrong\.yaml:13:\d+ .*--longest-prefill-threshold: no such flag/);
});
