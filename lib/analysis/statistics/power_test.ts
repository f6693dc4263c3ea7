import assert from "node:assert/strict";
import { perPairDesign, pooledDesign } from "./interval_design.ts";
import { betterPower, resolvableDifference, tiePower } from "./power.ts";
import { assertAllPrinted, assertNear, assertPrinted } from "./testdata/near.ts";

const SPREADS = [0.01, 0.02, 0.03, 0.05, 0.1];
const inputs = SPREADS.map((sd) => ({ design: perPairDesign(6, 3), sd, margin: 0.03 }));

// The note's table is that of per-pair intervals with Bonferroni; pooled residuals do better.

Deno.test("0b C: differences that six blocks resolve with 80 % power at a margin of 3 %", () => {
  const [first, ...rest] = inputs.map((input) => 100 * resolvableDifference(input));
  assertPrinted(first!, "5.0");
  assertAllPrinted(rest.slice(0, 2), "6.9 9.0");
  assertAllPrinted(rest.slice(2), "13 24");
});

Deno.test("0b C: how often a true tie is shown", () => {
  assertAllPrinted(inputs.slice(0, 4).map((input) => 100 * tiePower(input)), "99 35 7 1");
});

Deno.test("better power is SciPy 1.17.1's noncentral t", () => {
  // scipy.stats.nct.sf(t, df, ln(1.08 / 1.03) / (0.03 / √6)) with t = factor · √6.
  const input = { sd: 0.03, margin: 0.03 };
  assertNear(betterPower({ design: perPairDesign(6, 3), ...input }, 1.08), 0.6420701042, 1e-9);
  assertNear(betterPower({ design: pooledDesign(6, 3), ...input }, 1.08), 0.8469821377, 1e-6);
});

Deno.test("pooled residuals resolve smaller differences and show more ties", () => {
  for (const input of inputs) {
    const pooled = { ...input, design: pooledDesign(6, 3) };
    assert(resolvableDifference(pooled) < resolvableDifference(input));
  }
  const [, second] = inputs;
  assert(tiePower({ ...second!, design: pooledDesign(6, 3) }) > tiePower(second!));
});
