/**
 * Draws the arrivals of an open load. Draws are not rescaled so that the last falls at n / rate:
 * that would take the variance out of their number, and the result would not be Poisson (method
 * note 2.1).
 */
import { randomExponential, randomGamma } from "d3-random";
import type { ArrivalProcess, OpenLoad } from "../load_point.ts";
import { randomFrom } from "../seeds.ts";
import { TimedArrivals } from "./arrival.ts";

/** The arrivals of `load` from a seed; a trace has its own and draws none. */
export function drawArrivals(load: OpenLoad, seed: number): TimedArrivals {
  const random = randomFrom(seed, "arrivals");
  const times_s = isInhomogeneous(load)
    ? unitRateTimes(load, random)
    : take(renewalTimes(load, random), load);
  return new TimedArrivals(Float64Array.from(times_s, (at_s) => Math.round(at_s * 1e6) / 1000));
}

type Renewal = Extract<ArrivalProcess, { rate_per_s: number }>;
type Inhomogeneous = Extract<ArrivalProcess, { mode: "steps" | "ramp" }>;

function isInhomogeneous(load: ArrivalProcess): load is Inhomogeneous {
  return load.mode === "steps" || load.mode === "ramp";
}

/** Endless: the sums of independent gaps. Equal gaps begin with a request at 0. */
function* renewalTimes(load: ArrivalProcess, random: () => number): Generator<number> {
  if (load.mode === "constant") {
    for (let i = 0;; i++) yield i / load.rate_per_s;
  }
  const gap_s = gapsOf(load as Renewal, random);
  for (let at_s = gap_s();; at_s += gap_s()) yield at_s;
}

function gapsOf(load: Renewal, random: () => number): () => number {
  if (load.mode !== "gamma") return randomExponential.source(random)(load.rate_per_s);
  const { burstiness, rate_per_s } = load;
  return randomGamma.source(random)(burstiness, 1 / (burstiness * rate_per_s));
}

function take(times_s: Generator<number>, { requests, duration_s }: OpenLoad): number[] {
  const taken: number[] = [];
  for (const at_s of times_s) {
    if (taken.length === requests || at_s >= (duration_s ?? Infinity)) break;
    taken.push(at_s);
  }
  return taken;
}

/**
 * A Poisson process whose rate changes: arrivals of rate 1 on the axis of the expected count, taken
 * back to time by the inverse of the cumulated rate (time-rescaling theorem; Çinlar 1975, 4.7).
 */
function unitRateTimes(load: Inhomogeneous, random: () => number): number[] {
  const pieces = load.mode === "steps"
    ? load.steps.map(({ rate_per_s: rate, duration_s }) => ({ from: rate, to: rate, duration_s }))
    : [{ from: load.from_per_s, to: load.to_per_s, duration_s: load.duration_s }];
  const gap = randomExponential.source(random)(1);
  const times_s: number[] = [];
  let due = gap();
  let [begun_s, counted] = [0, 0];
  for (const { from, to, duration_s } of pieces) {
    const expected = (from + to) / 2 * duration_s;
    for (; due < counted + expected; due += gap()) {
      times_s.push(begun_s + timeAt(due - counted, from, to, duration_s));
    }
    begun_s += duration_s;
    counted += expected;
  }
  return times_s;
}

/** When the expected count reaches `count` while the rate goes evenly from `from` to `to`. */
function timeAt(count: number, from: number, to: number, duration_s: number): number {
  const slope = (to - from) / duration_s;
  return 2 * count / (from + Math.sqrt(from * from + 2 * slope * count));
}
