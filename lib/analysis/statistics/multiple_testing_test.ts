import assert from "node:assert/strict";
import { benjaminiHochberg, holm } from "./multiple_testing.ts";
import { assertAllPrinted } from "./testdata/near.ts";

Deno.test("7.3: Holm and Benjamini-Hochberg are those of R's p.adjust", () => {
  const p = [.01, .04, .03, .005];
  assertAllPrinted(holm(p), ".03 .06 .06 .02");
  assertAllPrinted(benjaminiHochberg(p), ".02 .04 .04 .02");
  assertAllPrinted(holm([.0079, .0159, .2222]), ".0237 .0318 .2222");
  assert.deepEqual(p, [.01, .04, .03, .005]);
});

Deno.test("a family of none and of one, and p that would pass 1", () => {
  assert.deepEqual([holm([]), benjaminiHochberg([])], [[], []]);
  assert.deepEqual([holm([.2]), benjaminiHochberg([.2])], [[.2], [.2]]);
  assert.deepEqual(holm([.6, .9]), [1, 1]);
});
