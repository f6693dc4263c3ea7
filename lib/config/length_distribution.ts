/** Lengths in tokens as a distribution: its form in a config, its ends, and seeded draws. Pure. */
import { randomLogNormal } from "d3-random";
import { z } from "zod";

const tokens = z.int().min(1);

const bin = z.strictObject({
  from: tokens,
  /** Lengths of a bin are uniform; absent means that all are `from`. */
  to: tokens.optional(),
  weight: z.number().min(0),
}).refine(({ from, to = from }) => from <= to, {
  path: ["to"],
  message: "lies below `from`; swap the two",
});

const spread = z.discriminatedUnion("distribution", [
  z.strictObject({ distribution: z.literal("fixed"), tokens }),
  z.strictObject({ distribution: z.literal("uniform"), min: tokens, max: tokens })
    .refine(({ min, max }) => min <= max, {
      path: ["max"],
      message: "lies below `min`; swap them",
    }),
  z.strictObject({
    distribution: z.literal("lognormal"),
    median: tokens,
    /** Standard deviation of the logarithm. */
    sigma: z.number().positive().max(5),
    /** Drawn again outside of these. */
    min: tokens.default(1),
    max: tokens,
  }).refine(({ min, median, max }) => min <= median && median <= max, {
    path: ["median"],
    message: "lies outside of `min` to `max`",
  }),
  z.strictObject({ distribution: z.literal("histogram"), bins: z.array(bin).min(1) })
    .refine(({ bins }) => bins.some(({ weight }) => weight > 0), {
      path: ["bins"],
      message: "has no weight above 0; then no length can be drawn",
    }),
]);

/** A number of tokens, or a distribution of numbers. */
export const lengthSchema = z.union([tokens, spread]);

export type Length = z.infer<typeof lengthSchema>;
export type LengthDistribution = z.infer<typeof spread>;

/** Output lengths are uniform from this share of the nominal one up to all of it (method note 0b I). */
const SHORTEST_SHARE = 0.8;

/** Draws of a length before ends that hardly any length meets give the median instead. */
const MOST_DRAWS = 1000;

/** What a nominal output length means: uniform 0.8–1.0 of it, so that a batch does not end in waves. */
export function variedBelow(nominal: number): LengthDistribution {
  return { distribution: "uniform", min: Math.ceil(SHORTEST_SHARE * nominal), max: nominal };
}

/** A plain number as the distribution that it stands for. */
export function fixedAt(length: Length): LengthDistribution {
  return typeof length === "number" ? { distribution: "fixed", tokens: length } : length;
}

/** Shortest and longest length that can be drawn. */
export function lengthEnds(lengths: LengthDistribution): { min: number; max: number } {
  switch (lengths.distribution) {
    case "fixed":
      return { min: lengths.tokens, max: lengths.tokens };
    case "histogram": {
      const bins = lengths.bins.filter(({ weight }) => weight > 0);
      return {
        min: Math.min(...bins.map(({ from }) => from)),
        max: Math.max(...bins.map(({ from, to = from }) => to)),
      };
    }
    default:
      return { min: lengths.min, max: lengths.max };
  }
}

/** One length. */
export function drawLength(lengths: LengthDistribution, random: () => number): number {
  switch (lengths.distribution) {
    case "fixed":
      return lengths.tokens;
    case "uniform":
      return uniform(lengths.min, lengths.max, random);
    case "lognormal": {
      const { median, sigma, min, max } = lengths;
      const draw = randomLogNormal.source(random)(Math.log(median), sigma);
      for (let tries = 0; tries < MOST_DRAWS; tries++) {
        const length = Math.round(draw());
        if (length >= min && length <= max) return length;
      }
      return median;
    }
    case "histogram": {
      const { from, to = from } = drawBin(lengths.bins, random);
      return uniform(from, to, random);
    }
  }
}

function uniform(min: number, max: number, random: () => number): number {
  return min + Math.floor(random() * (max - min + 1));
}

function drawBin(bins: z.infer<typeof bin>[], random: () => number) {
  const drawable = bins.filter(({ weight }) => weight > 0);
  let left = random() * drawable.reduce((sum, { weight }) => sum + weight, 0);
  for (const each of drawable) {
    left -= each.weight;
    if (left < 0) return each;
  }
  return drawable.at(-1)!;
}

/** In words, e.g. `1024`, `205–256`, `lognormal around 300, 16–2000`. */
export function lengthText(lengths: LengthDistribution): string {
  const { min, max } = lengthEnds(lengths);
  if (min === max) return String(min);
  const ends = `${min}–${max}`;
  switch (lengths.distribution) {
    case "lognormal":
      return `lognormal around ${lengths.median}, ${ends}`;
    case "histogram":
      return `${ends} by a histogram`;
    default:
      return ends;
  }
}
