import assert from "node:assert/strict";
import { blocksNeeded, perPairDesign, pooledDesign } from "./interval_design.ts";
import { assertPrinted } from "./testdata/near.ts";

Deno.test("0b C: half-widths of six blocks and three engines", () => {
  assertPrinted(pooledDesign(6, 3).factor, "1.12");
  assertPrinted(perPairDesign(6, 3).factor, "1.44");
  assert.equal(pooledDesign(6, 3).df, 10);
});

Deno.test("3.2: a single pair has the plain t factors", () => {
  for (const [k, printed] of [[3, "2.48"], [6, "1.05"], [10, "0.72"]] as const) {
    assertPrinted(perPairDesign(k, 1).factor, printed);
  }
});

Deno.test("3.4: k' is the first number of blocks with a half-width below half the margin", () => {
  for (const design of [(k: number) => perPairDesign(k, 3), (k: number) => pooledDesign(k, 3)]) {
    for (const sd of [0.005, 0.01, 0.02, 0.05]) {
      const k = blocksNeeded(sd, 0.05, design)!;
      const half = (blocks: number) => design(blocks).factor * sd;
      assert(half(k) < Math.log(1.05) / 2, `s_d ${sd}`);
      assert(k === 2 || half(k - 1) >= Math.log(1.05) / 2, `s_d ${sd}`);
    }
  }
});

Deno.test("noise that no feasible number of blocks overcomes has no k', no noise needs two", () => {
  assert.equal(blocksNeeded(1, 0.03, (k) => perPairDesign(k, 1)), null);
  assert.equal(blocksNeeded(0, 0.03, (k) => perPairDesign(k, 1)), 2);
});
