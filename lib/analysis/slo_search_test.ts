import assert from "node:assert/strict";
import normalQuantile from "@stdlib/normal-quantile";
import { fewestToPass, type Search } from "@/config/search_schema.ts";
import { randomFrom } from "@/config/seeds.ts";
import { type Bracket, keptOf, type Look, nextStep, probesOf } from "./slo_search.ts";

const SEARCH: Search = {
  slo: { ttft_ms: 500 },
  target: 0.9,
  start_rate_per_s: 1,
  max_rate_per_s: 64,
  n_max: 300,
};

/** Every limit at once, to be kept by nine in ten. */
const ALL = { condition: "all", share: 0.9 } as const;

/** Spread of the log of the latencies. */
const SPREAD = 0.5;

/**
 * Whether `n` latencies in a row keep a limit that `attainment` of them keep, and half of it: lognormal,
 * the log an autoregression by `phi`.
 */
function latencies(attainment: number, n: number, phi: number, random: () => number) {
  const limit = normalQuantile(attainment, 0, 1);
  const draw = () => normalQuantile(random(), 0, 1);
  let x = draw();
  const values = Array.from({ length: n }, () => x = phi * x + Math.sqrt(1 - phi ** 2) * draw());
  const within = (most: number) => values.map((value) => value <= most);
  return { kept: within(limit), half: within(limit - Math.LN2 / SPREAD) };
}

/** Runs the search against a server of known attainment by rate; `counted` ignores clusters. */
function found(
  attainment: (rate: number) => number,
  seed: number,
  { phi = 0, counted = false } = {},
) {
  const random = randomFrom(seed, "server");
  const looks: Look[] = [];
  for (;;) {
    const step = nextStep(SEARCH, looks);
    if (step.do === "done") return { bracket: step.bracket, looks };
    assert.ok(looks.length < 200, "the search does not end");
    const { rate_per_s, requests: n } = step;
    const all = keptOf(ALL, latencies(attainment(rate_per_s), n, phi, random));
    const kept = [counted ? { ...all, n_eff: n } : all];
    looks.push({ part: step.do === "probe" ? "search" : "confirm", rate_per_s, n, kept });
  }
}

const inside = ({ low_per_s, high_per_s }: Bracket, rate: number) =>
  (low_per_s ?? 0) <= rate && rate <= (high_per_s ?? Infinity);

Deno.test("a sharp knee is bracketed to 3 %, wherever it is", () => {
  for (const knee of [0.3, 1, 5.5, 23.456]) {
    const { bracket, looks } = found((rate) => rate <= knee ? 1 : 0, 1);
    assert.ok(inside(bracket, knee), `${knee}: ${JSON.stringify(bracket)}`);
    assert.ok(bracket.high_per_s! / bracket.low_per_s! <= 1.03);
    assert.ok(probesOf(looks, "search").length <= 20);
  }
});

Deno.test("rates double, then halve the bracket on a log scale; a clear rate takes one look", () => {
  const { looks } = found((rate) => rate <= 5 ? 1 : 0, 1);
  const rates = looks.filter(({ part }) => part === "search").map(({ rate_per_s }) => rate_per_s);
  assert.deepEqual(rates.slice(0, 5), [1, 2, 4, 8, 5.657]);
  assert.equal(new Set(rates).size, rates.length);
  assert.ok(looks.filter(({ part }) => part === "search").every(({ n }) => n === 100));
});

Deno.test("both ends are tried again on three fresh launches, in turn", () => {
  const { looks, bracket } = found((rate) => rate <= 5 ? 1 : 0, 1);
  const confirmed = looks.filter(({ part }) => part === "confirm");
  assert.deepEqual(
    confirmed.map(({ rate_per_s }) => rate_per_s),
    Array.from({ length: 3 }, () => [bracket.low_per_s, bracket.high_per_s]).flat(),
  );
});

Deno.test("a rate at the target itself stays undecided after three looks and ends the bracket", () => {
  const looks: Look[] = [];
  for (const look of [1, 2, 3]) {
    const step = nextStep(SEARCH, looks);
    assert.deepEqual(step, { do: "probe", rate_per_s: 1, look, requests: 100 });
    const kept = [{ ...ALL, kept: 90, n_eff: 100 }];
    looks.push({ part: "search", rate_per_s: 1, n: 100, kept });
  }
  assert.deepEqual(probesOf(looks, "search").map(({ n, verdict }) => ({ n, verdict })), [
    { n: 300, verdict: "undecided" },
  ]);
  const next = nextStep(SEARCH, looks);
  assert.deepEqual(next, { do: "probe", rate_per_s: 0.5, look: 1, requests: 100 });
});

Deno.test("a server that keeps the SLO at every rate is at least the highest, one at none is below the lowest", () => {
  const all = found(() => 1, 1).bracket;
  assert.deepEqual(all, { low_per_s: 64, high_per_s: null });
  const none = found(() => 0, 1).bracket;
  assert.deepEqual(none, { low_per_s: null, high_per_s: 1 / 64 });
});

Deno.test("a limit with a share of its own can fail where the joint one passes", () => {
  const kept = [
    { condition: "all", share: 0.5, kept: 80, n_eff: 100 },
    { condition: "ttft_ms", share: 0.95, kept: 82, n_eff: 100 },
  ] as const;
  const [probe] = probesOf([{ part: "search", rate_per_s: 1, n: 100, kept: [...kept] }], "search");
  assert.equal(probe!.verdict, "fail");
});

Deno.test("misses that stand together weigh as the few chances that they are", () => {
  const scattered = Array.from({ length: 100 }, (_, i) => i % 25 !== 10);
  const together = Array.from({ length: 100 }, (_, i) => i < 40 || i >= 44);
  const all = scattered.map(() => true);
  const weigh = (kept: boolean[], half = kept) => {
    const weighed = keptOf(ALL, { kept, half });
    const look: Look = { part: "confirm", rate_per_s: 1, n: 100, kept: [weighed] };
    return { n_eff: Math.round(weighed.n_eff), verdict: probesOf([look], "confirm")[0]!.verdict };
  };
  assert.deepEqual(weigh(scattered), { n_eff: 100, verdict: "pass" });
  assert.deepEqual(weigh(together), { n_eff: 26, verdict: "undecided" });
  assert.deepEqual(weigh(all, scattered), { n_eff: 100, verdict: "pass" });
  // None missed, and yet half of the limit was crossed in one stretch.
  assert.deepEqual(weigh(all, together), { n_eff: 26, verdict: "undecided" });
});

Deno.test("where latencies cluster a lower end above the knee is as rare as where they do not", () => {
  const attainment = (rate: number) => 1 / (1 + (rate / 8) ** 6 / 9);
  const above = (counted: boolean) =>
    Array.from({ length: 200 }, (_, seed) => found(attainment, seed, { phi: 0.9, counted }))
      .filter(({ bracket }) => (bracket.low_per_s ?? 0) > 8).length;
  const [judged, counted] = [above(false), above(true)];
  console.log(`lower end above the knee in ${judged} of 200, on counts alone in ${counted}`);
  assert.ok(judged / 200 < 0.08 && counted / 200 > 0.25, `${judged} and ${counted}`);
});

/**
 * Attainment falls smoothly through the target at 8/s, and requests differ by chance. A rate below
 * the knee is failed, or one above it passed, with at most 5 % a probe; a search makes about ten.
 */
Deno.test("with noise a bracket's ends are hardly ever on the wrong side", () => {
  const knee = 8;
  const attainment = (rate: number) => 1 / (1 + (rate / knee) ** 6 / 9);
  assert.ok(Math.abs(attainment(knee) - 0.9) < 1e-12);
  const brackets = Array.from({ length: 300 }, (_, seed) => found(attainment, seed).bracket);
  const above = brackets.filter(({ low_per_s }) => low_per_s! > knee).length;
  // An end that passed although it is above the knee: the error that the bounds hold down.
  assert.ok(above / brackets.length < 0.08, `${above} of 300`);
  const widths = brackets.map(({ low_per_s, high_per_s }) => high_per_s! / low_per_s!);
  assert.ok(widths.every((width) => width <= 1.03));
  const nearest = brackets.map(({ low_per_s }) => low_per_s! / knee).sort((a, b) => a - b);
  console.log(
    `lower end relative to the knee: median ${nearest[150]!.toFixed(3)}, smallest ${
      nearest[0]!.toFixed(3)
    }, ${above} of 300 above`,
  );
  assert.ok(nearest[150]! > 0.7);
});

Deno.test("the smallest sample that can pass is as the bounds say", () => {
  const sizes = [0.9, 0.95, 0.99].map((target) => fewestToPass({ slo: { ttft_ms: 1 }, target }));
  assert.deepEqual(sizes, [39, 80, 408]);
  for (const [i, target] of [0.9, 0.95, 0.99].entries()) {
    const verdict = (n: number) => {
      const sent = Array.from({ length: n }, () => true);
      const kept = [keptOf({ ...ALL, share: target }, { kept: sent, half: sent })];
      return probesOf([{ part: "search", rate_per_s: 1, n, kept }], "search")[0]!.verdict;
    };
    assert.equal(verdict(sizes[i]!), "pass");
    assert.equal(verdict(sizes[i]! - 1), "undecided");
  }
});
