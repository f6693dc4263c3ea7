import assert from "node:assert/strict";
import { randomNormal } from "d3-random";
import { randomFrom } from "@/config/seeds.ts";
import { failedRequest, request } from "@/records/testdata/sample_records.ts";
import { wholeRequests } from "@/records/trial_requests.ts";
import { steadyWindow as windowOf } from "./steady_window.ts";
import { planned } from "./testdata/sample_trials.ts";

const EVERY_MS = 250;

/** Of a load that is to be steady. */
const steadyWindow = (...told: Parameters<typeof windowOf>) => windowOf(...told)!;

/** A request every 250 ms by one of `users`, so that tokens a second are flat; TTFT by the request's number. */
function trial(
  ttft_ms: number[],
  { users = 4, end_ms = EVERY_MS * ttft_ms.length, ...changes }: Parameters<typeof planned>[0] & {
    users?: number;
    end_ms?: number;
  } = {},
) {
  const records = ttft_ms.map((ms, request_index) => {
    const sent_ms = EVERY_MS * request_index;
    const first_token_ms = sent_ms + ms;
    // All tokens of the load come evenly, whenever its answers begin.
    const token_ms = Array.from({ length: 4 }, (_, i) => sent_ms + i);
    const user_index = request_index % users;
    const times = { scheduled_ms: sent_ms, sent_ms, first_token_ms, token_ms };
    return request({ request_index, user_index, ...times, end_ms: first_token_ms + 30 });
  });
  return steadyWindow(planned(changes), wholeRequests(() => records.toReversed()), {
    start_ms: 0,
    end_ms,
  });
}

/** TTFTs of `seconds` around 100 ms, lognormal, each like the one before by `phi`. */
function noise(seconds: number, seed: number, { phi = 0, sigma = 0.3 } = {}): number[] {
  const normal = randomNormal.source(randomFrom("ttft", seed))(0, 1);
  let state = normal();
  return Array.from({ length: 1000 / EVERY_MS * seconds }, () => {
    state = phi * state + Math.sqrt(1 - phi ** 2) * normal();
    return 100 * Math.exp(sigma * state);
  });
}

/** The same, three times as long in the first 12 s. */
const slowAtFirst = (seconds: number, seed: number) =>
  noise(seconds, seed).map((ms, i) => EVERY_MS * i < 12_000 ? 3 * ms : ms);

const POISSON = { mode: "poisson", rate_per_s: 4, requests: 80 } as const;

Deno.test("a TTFT that starts high for 12 s while tokens a second are flat is cut, with a fifth more", () => {
  const { start_ms, end_ms, cut_s, cut_by, unsteady, found } = trial(slowAtFirst(90, 1));
  assert.deepEqual([start_ms, end_ms, cut_by, unsteady], [1000 * cut_s, 90_000, "TTFT", []]);
  assert.ok(cut_s >= 14 && cut_s <= 17, `${cut_s} s`);
  assert.match(
    found,
    /^taken for start-up: 1\d(\.\d)? s of 90 s by TTFT \(\+\d\d\.\d % of its mean\): the first 1\d s are not counted, by TTFT$/,
  );
});

Deno.test("a flat TTFT is not cut, however its values hang together and however long its tail", () => {
  for (const shape of [{ sigma: 0.3 }, { sigma: 1 }, { phi: 0.8 }, { phi: 0.8, sigma: 1 }]) {
    const found = Array.from({ length: 100 }, (_, seed) => trial(noise(90, seed, shape)))
      .filter(({ cut_s, unsteady }) => cut_s > 0 || unsteady.length > 0);
    assert.ok(found.length <= 3, `${found.length} of 100 of ${JSON.stringify(shape)}`);
  }
  assert.equal(trial(new Array(360).fill(100)).found, "none found");
});

Deno.test("a TTFT that never settles makes the trial SUSPECT, and nothing is trimmed", () => {
  const window = trial(noise(90, 2).map((ms, i) => ms * (1 + i / 100)));
  assert.deepEqual([window.start_ms, window.cut_s, window.cut_by], [0, 0, null]);
  assert.deepEqual(window.unsteady, ["TTFT"]);
  assert.match(window.found, /^taken for start-up: the first half and perhaps more by TTFT \(-/);
});

Deno.test("where too little would be left to tell a drift nothing is cut, and the trial is SUSPECT", () => {
  const { cut_s, unsteady } = trial(slowAtFirst(70, 1));
  assert.deepEqual([cut_s, unsteady], [0, ["TTFT"]]);
});

Deno.test("a window of less than 20 s, or fewer than 20 answers, tells nothing", () => {
  const short = trial(slowAtFirst(19, 1));
  assert.deepEqual(
    [short.cut_s, short.unsteady, short.found],
    [0, [], "window too short to tell: 19 s of 20 s"],
  );
  const few = trial(slowAtFirst(4, 1), { end_ms: 90_000 });
  assert.equal(few.found, "none found; TTFT of 16 answers tells nothing, 20 are needed");
});

Deno.test("a server that goes silent had no start-up, and nothing is cut", () => {
  const { cut_s, found } = trial(noise(10, 1), { end_ms: 90_000 });
  assert.deepEqual([cut_s, found], [0, "none found"]);
});

Deno.test("where a cut is made it takes the whole first round of a closed loop, and of no open one", () => {
  const rounds = slowAtFirst(100, 1);
  const closed = trial(rounds, { users: 100 });
  assert.deepEqual([closed.cut_by, closed.cut_s, closed.unsteady], ["first round", 25, []]);
  assert.match(closed.found, /: the first 25 s are not counted, by first round$/);
  const { cut_by } = trial(rounds, { users: 100, load: POISSON, concurrency: null });
  assert.equal(cut_by, "TTFT");
  assert.equal(trial(noise(100, 1), { users: 100 }).cut_s, 0);
});

Deno.test("the later of two points decides, and says so", () => {
  const records = slowAtFirst(120, 3).flatMap((ms, i) => {
    const sent_ms = EVERY_MS * i;
    // Half the rate in the first 30 s.
    if (sent_ms < 30_000 && i % 2 === 1) return [];
    const first_token_ms = sent_ms + ms;
    const times = { scheduled_ms: sent_ms, sent_ms, first_token_ms, end_ms: first_token_ms };
    return [request({ request_index: i, ...times, token_ms: [sent_ms] })];
  });
  const times = { start_ms: 0, end_ms: 120_000 };
  const { cut_by, cut_s, found } = steadyWindow(planned(), wholeRequests(() => records), times);
  assert.deepEqual([cut_by, cut_s], ["output tokens", 36]);
  assert.match(found, /30 s of 120 s by output tokens \(.*\); 1\d(\.\d)? s of 120 s by TTFT \(/);
});

Deno.test("failed requests and what a ramp sent before the window have no say", () => {
  const records = noise(100, 5).map((ms, i) => {
    const sent_ms = EVERY_MS * i - 10_000;
    const times = { scheduled_ms: sent_ms, sent_ms };
    if (sent_ms >= 0 && sent_ms < 12_000 && i % 2 === 1) {
      return failedRequest({ request_index: i, ...times, first_token_ms: sent_ms + 9000 });
    }
    const first_token_ms = sent_ms + (sent_ms < 0 ? 10 * ms : ms);
    return request({ request_index: i, ...times, first_token_ms, token_ms: [] });
  });
  const window = { start_ms: 0, end_ms: 90_000 };
  const seen = steadyWindow(planned(), wholeRequests(() => records), window, new Array(90).fill(9));
  assert.deepEqual([seen.found, seen.cut_s], ["none found", 0]);
});

Deno.test("the TTFT of conversations grows from turn to turn and is not asked", () => {
  const seen = trial(slowAtFirst(90, 1), { workload_kind: "multi_turn" });
  assert.equal(seen.found, "none found; TTFT follows the turns and was not asked");
});

Deno.test("a search's probe may be short: its start-up is cut to the millisecond", () => {
  const probe = { load: POISSON, concurrency: null, probe: { part: "search", look: 1 } } as const;
  const { cut_by, cut_s, start_ms, unsteady } = trial(slowAtFirst(24, 7).slice(20), probe);
  assert.deepEqual([cut_by, unsteady, start_ms], ["TTFT", [], 1000 * cut_s]);
  assert.ok(cut_s > 7 && cut_s < 12, `${cut_s}`);
  assert.equal(trial(noise(10, 7), probe).cut_s, 0);
});
