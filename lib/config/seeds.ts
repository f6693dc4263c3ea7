/** Seeded randomness: the same words give the same stream, on every machine. */
import { createHash } from "node:crypto";
import { shuffler } from "d3-array";
import { randomLcg } from "d3-random";

type Part = string | number;

/** A 32-bit seed derived from a study's seed and the words that say what it is for. */
export function seedOf(...parts: Part[]): number {
  return createHash("sha256").update(JSON.stringify(parts)).digest().readUInt32BE(0);
}

/** A generator of numbers in [0, 1) for the purpose that `parts` name. */
export function randomFrom(...parts: Part[]): () => number {
  return randomLcg(seedOf(...parts) / 2 ** 32);
}

/** A shuffled copy. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return shuffler(random)([...items]);
}
