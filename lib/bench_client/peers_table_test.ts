import assert from "node:assert/strict";
import { type ContenderRuns, peersTableText } from "./peers_table.ts";
import type { ContenderMeasured } from "./run_contender.ts";

const RUN: ContenderMeasured = {
  ttft_p50_error_ms: 11.84,
  ttft_p99_error_ms: 47,
  tpot_error: -0.002,
  ttft_each_p50_ms: 11.9,
  ttft_each_p99_ms: 48,
  requests_told: 1000,
  tokens_told: 100_000,
  requests_seen: 1000,
  tokens_sent: 100_000,
  miscounted: null,
  wrong_answers: 0,
  cpu_us_per_token: 50,
  whole_cpu_us_per_token: 145,
  startup_cpu_s: 8,
  peak_bytes: 598e6,
  wall_s: 21,
};
const peer = (rest: Partial<ContenderRuns>): ContenderRuns => ({
  name: "aiperf",
  version: "0.13.0",
  runs: [],
  problem: null,
  ...rest,
});
const lines = (...all: ContenderRuns[]) => peersTableText(all).split("\n");

Deno.test("a peer's row holds its errors with their direction, its counts and its costs", () => {
  const [, row] = lines(peer({ runs: [RUN] }));
  assert.deepEqual(row!.split(/\s+/), [
    ...["aiperf", "0.13.0", "1000/1000", "exact", "+11.84", "+47.0", "11.90", "48.0", "-0.20"],
    ...["50.0", "145.0", "8.0", "598", "21"],
  ]);
});

Deno.test("medians over the runs are told", () => {
  const runs = [1, 30, 2].map((ttft_p50_error_ms) => ({ ...RUN, ttft_p50_error_ms }));
  assert.match(lines(peer({ runs }))[1]!, /\+2\.00/);
});

Deno.test("a peer that is not installed, or failed, keeps its line and says why", () => {
  const text = peersTableText([
    peer({ problem: "not installed: deno task bench:client --install-peers aiperf" }),
    peer({ name: "sglang", version: "0.5.23", problem: "it ended with exit 1\n  | no module" }),
  ]);
  assert.match(text, /^aiperf +0\.13\.0 +not installed +-/m);
  assert.match(text, /^sglang +0\.5\.23 +failed +-/m);
  assert.match(text, /^aiperf: not installed: deno task bench:client --install-peers aiperf$/m);
  assert.match(text, /^sglang: it ended with exit 1\n {2}\| no module$/m);
});

Deno.test("requests that were not asked for are named, and what a file does not tell is a dash", () => {
  const miscounted = "1000 requests were asked for, 1140 were sent and 1140 are told";
  const run = { ...RUN, miscounted, ttft_each_p50_ms: null, ttft_each_p99_ms: null };
  const text = peersTableText([peer({ runs: [run] })]);
  assert.match(text, /exact +\+11\.84 +\+47\.0 +- +- +-0\.20/);
  assert.ok(text.endsWith(`aiperf: ${miscounted}`));
});

Deno.test("tokens that are told wrong are called wrong, with how many answers", () => {
  const text = peersTableText([peer({ runs: [RUN, { ...RUN, wrong_answers: 3 }] })]);
  assert.match(text, /1000\/1000 +WRONG/);
  assert.match(text, /^aiperf: 3 answers are told with another number of tokens than were sent$/m);
});
