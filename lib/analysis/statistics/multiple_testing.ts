/** p values of a family of tests, corrected for how many there are. */
import padjust from "@stdlib/padjust";

/** Holm's step-down: holds the chance of any false claim (R's `p.adjust(p, "holm")`). */
export function holm(p: readonly number[]): number[] {
  return p.length === 0 ? [] : padjust([...p], "holm") as number[];
}

/** Benjamini and Hochberg: holds the expected share of false claims; for exploring only. */
export function benjaminiHochberg(p: readonly number[]): number[] {
  return p.length === 0 ? [] : padjust([...p], "bh") as number[];
}
