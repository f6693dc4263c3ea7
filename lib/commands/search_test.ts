import assert from "node:assert/strict";
import { searchResult } from "@/analysis/search_result.ts";
import { readArrivals } from "@/records/arrivals_file.ts";
import { readRunFolder } from "@/records/run_folder.ts";
import { run } from "@/test_servers/command_line.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { simulated } from "@/test_servers/small_study.ts";

/** A config with one simulated entry and that search. */
function config(folder: TempFolder, search?: object, name = "search.yaml"): string {
  const benchmark = { max_tokens: 2, warmup_requests: 1, ...(search ? { search } : {}) };
  const study = { engines: { sim: simulated(folder) }, benchmark };
  return folder.file(name, JSON.stringify(study));
}

const LENIENT = {
  slo: { e2e_ms: 60_000, ttft_ms: { p: 0.5, max: 60_000 } },
  target: 0.5,
  start_rate_per_s: 50,
  max_rate_per_s: 100,
  n_max: 18,
};

Deno.test("a search runs from its first probe to the confirmation, and its folder tells the same again", async () => {
  using folder = new TempFolder();
  const [file, output] = [config(folder, LENIENT), folder.file("run")];
  const { code, stdout, stderr } = await run(
    ["search", "--no-calibrate", "--config", file, "--entry", "sim", "--output", output],
  );
  assert.equal(code, 0, stderr);
  const data = readRunFolder(output);
  const found = searchResult(data)!;
  assert.deepEqual(found.bracket, { low_per_s: 100, high_per_s: null });
  assert.equal(found.outcome, "confirmed");
  assert.ok(stdout.startsWith(`Simulated: ${found.sentence}\n`), stdout);
  assert.match(found.sentence, /is at least 100 requests\/s, the highest rate asked about/);
  // Six requests decide a share of a half; then all 18 on each of three fresh launches.
  const trials = data.manifest.plan.launches.map(({ trials }) =>
    trials.map(({ offered_requests_per_s, requests }) => [offered_requests_per_s, requests])
  );
  assert.deepEqual(trials, [[[50, 6], [100, 6]], [[100, 18]], [[100, 18]], [[100, 18]]]);
  // Six or 18 requests are too few to tell a start-up by, and the record says so.
  const windows = data.trials.map(({ window }) => window!.found);
  const told = (count: number) =>
    `none found; TTFT of ${count} answers tells nothing, 20 are needed`;
  assert.deepEqual(windows, [6, 6, 18, 18, 18].map(told));
  assert.ok(found.points.every(({ in_start_up }) => in_start_up === 0));
  for (const trial of data.manifest.plan.launches.flatMap(({ trials }) => trials)) {
    const due = readArrivals(output, data.manifest.plan, trial.arrivals!);
    const sent = data.requests.get(trial.trial_id)!.records().filter(({ phase }) =>
      phase === "measured"
    ).toSorted((a, b) => a.request_index - b.request_index);
    assert.equal(sent.length, due.length);
    const offset_ms = sent[0]!.scheduled_ms! - due[0]!.at_ms;
    assert.ok(
      sent.every(({ scheduled_ms }, i) =>
        Math.abs(scheduled_ms! - due[i]!.at_ms - offset_ms) < 0.002
      ),
    );
  }
});

Deno.test("what a search lacks is told before anything starts", async () => {
  using folder = new TempFolder();
  const wrong: [args: string[], message: RegExp][] = [
    [
      ["--config", config(folder, LENIENT), "--entry", "other"],
      /--entry other: no entry of that name; .* has sim/,
    ],
    [
      ["--config", config(folder, undefined, "none.yaml"), "--entry", "sim"],
      /has no benchmark\.search; say/,
    ],
    [
      ["--config", config(folder, { ...LENIENT, n_max: 5 }, "small.yaml"), "--entry", "sim"],
      /small\.yaml:1:\d+ benchmark\.search\.n_max: is too small for any rate to pass/,
    ],
  ];
  for (const [args, message] of wrong) {
    const { code, stderr } = await run(["search", ...args, "--output", folder.file("none")]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  }
});
