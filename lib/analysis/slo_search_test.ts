import assert from "node:assert/strict";
import { fewestToPass, type Search } from "@/config/search_schema.ts";
import { randomFrom } from "@/config/seeds.ts";
import { type Bracket, type Look, nextStep, probesOf } from "./slo_search.ts";

const SEARCH: Search = {
  slo: { ttft_ms: 500 },
  target: 0.9,
  start_rate_per_s: 1,
  max_rate_per_s: 64,
  n_max: 300,
};

/** Runs the search against a server of known attainment by rate; each request keeps the SLO by chance. */
function found(attainment: (rate: number) => number, seed: number, search = SEARCH) {
  const random = randomFrom(seed, "server");
  const looks: Look[] = [];
  for (;;) {
    const step = nextStep(search, looks);
    if (step.do === "done") return { bracket: step.bracket, looks };
    assert.ok(looks.length < 200, "the search does not end");
    const { rate_per_s, requests } = step;
    let kept = 0;
    for (let i = 0; i < requests; i++) kept += random() < attainment(rate_per_s) ? 1 : 0;
    const part = step.do === "probe" ? "search" : "confirm";
    const all = { condition: "all", share: search.target, kept } as const;
    looks.push({ part, rate_per_s, n: requests, kept: [all] });
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
    const kept = [{ condition: "all", share: 0.9, kept: 90 }] as const;
    looks.push({ part: "search", rate_per_s: 1, n: 100, kept: [...kept] });
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
    { condition: "all", share: 0.5, kept: 80 },
    { condition: "ttft_ms", share: 0.95, kept: 82 },
  ] as const;
  const [probe] = probesOf([{ part: "search", rate_per_s: 1, n: 100, kept: [...kept] }], "search");
  assert.equal(probe!.verdict, "fail");
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
      const kept = [{ condition: "all" as const, share: target, kept: n }];
      return probesOf([{ part: "search", rate_per_s: 1, n, kept }], "search")[0]!.verdict;
    };
    assert.equal(verdict(sizes[i]!), "pass");
    assert.equal(verdict(sizes[i]! - 1), "undecided");
  }
});
