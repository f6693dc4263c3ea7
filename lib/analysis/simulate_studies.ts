/** Studies with a known truth, made up number by number: no engine, no server, no clock. */
import { randomNormal } from "d3-random";
import { shuffled } from "@/config/seeds.ts";
import { mser5 } from "./statistics/mser5.ts";
import type { Scores } from "./pair_intervals.ts";

/** What disturbs the launches of a simulated study. */
export interface Disturbance {
  /** Autocorrelation of neighbouring windows of a launch. */
  phi: number;
  /** Share of the speed that is missing at the first window; it comes back over a few. */
  cold_start: number;
  /** Change of speed from one launch of a block to the next, in s_d. */
  drift: number;
  /** Chance that a launch runs in a slower mode, three s_d below. */
  slow_mode: number;
  /** Chance that an entry has no value in a block, which leaves the design unbalanced. */
  missing: number;
  /** How many times as noisy the third entry is. */
  third: number;
  /** Whether the intervals promise their coverage under it (method note 0b O). */
  promised: boolean;
}

const NONE: Disturbance = {
  phi: 0,
  cold_start: 0,
  drift: 0,
  slow_mode: 0,
  missing: 0,
  third: 1,
  promised: true,
};

export const DISTURBANCES = {
  none: NONE,
  drift: { ...NONE, drift: 0.3 },
  "warm-up": { ...NONE, cold_start: 0.4 },
  autocorrelation: { ...NONE, phi: 0.8 },
  "missing values": { ...NONE, missing: 0.1 },
  "one entry noisier": { ...NONE, third: 2 },
  "bimodal launches": { ...NONE, slow_mode: 1 / 3, promised: false },
} satisfies Record<string, Disturbance>;

export type DisturbanceName = keyof typeof DISTURBANCES;

export interface StudyTruth {
  /** How much faster the first of the three entries is: 0.05 is 5 %. The others are equal. */
  difference: number;
  /** Standard deviation of a pair's log differences over blocks, before drift and modes. */
  s_d: number;
  blocks: number;
}

const ENTRIES = 3;
const WINDOWS = 40;
/** Share of a launch value's variance that comes from inside the launch. */
const WITHIN = 0.2;
/** What differs between blocks (day, card, prompts) and is the same for all entries. */
const BLOCK_SD = 0.05;
const COLD_WINDOWS = 2;
const MODES_APART = 3;
/** Beyond the truncation point, this share more is cut (method note 2.2). */
const EXTRA_CUT = 1.2;

/**
 * Scores of one study: in each block every entry is launched once, in a balanced random order; a
 * launch is a series of throughput windows, cut by MSER-5, and its mean is the launch's value.
 */
export function simulateStudy(
  { difference, s_d, blocks }: StudyTruth,
  disturbance: Disturbance,
  random: () => number,
): Scores {
  const normal = randomNormal.source(random)();
  const scores = Array.from({ length: ENTRIES }, () => new Array<number | null>(blocks));
  let orders: number[][] = [];
  for (let block = 0; block < blocks; block++) {
    if (orders.length === 0) orders = shuffled(ORDERS, random);
    const shared = BLOCK_SD * normal();
    for (const [slot, entry] of orders.pop()!.entries()) {
      const truth = entry === 0 ? Math.log1p(difference) : 0;
      const level = shared + truth + disturbance.drift * s_d * slot;
      const noise = entry === 2 ? disturbance.third * s_d : s_d;
      const score = level + launchScore(noise, disturbance, normal, random);
      const lost = disturbance.missing > 0 && random() < disturbance.missing;
      scores[entry]![block] = lost ? null : score;
    }
  }
  return scores;
}

const ORDERS = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/** Log of a launch's mean throughput relative to its entry's true one. */
function launchScore(
  s_d: number,
  { phi, cold_start, slow_mode }: Disturbance,
  normal: () => number,
  random: () => number,
): number {
  const launch = Math.sqrt((1 - WITHIN) / 2) * s_d * normal();
  const mode = slow_mode > 0 && random() < slow_mode ? -MODES_APART * s_d : 0;
  // (1 + φ) / (1 − φ) windows carry what one independent window does.
  const window_sd = s_d * Math.sqrt(WITHIN / 2 * WINDOWS * (1 - phi) / (1 + phi));
  const fresh = Math.sqrt(1 - phi * phi);
  let state = normal();
  const windows: number[] = [];
  for (let i = 0; i < WINDOWS; i++) {
    if (i > 0) state = phi * state + fresh * normal();
    windows.push((1 + window_sd * state) * (1 - cold_start * Math.exp(-i / COLD_WINDOWS)));
  }
  const cut = Math.ceil(mser5(windows).discard * EXTRA_CUT);
  let sum = 0;
  for (let i = cut; i < WINDOWS; i++) sum += windows[i]!;
  return launch + mode + Math.log(sum / (WINDOWS - cut));
}
