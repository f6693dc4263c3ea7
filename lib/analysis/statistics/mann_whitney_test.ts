import assert from "node:assert/strict";
import { mannWhitney } from "./mann_whitney.ts";
import { assertNear, assertPrinted } from "./testdata/near.ts";
import { A, B, X, Y } from "./testdata/samples.ts";

Deno.test("7.2: Mann-Whitney and Hodges-Lehmann are those of R's wilcox.test", () => {
  const { u, p, p_normal, a12, shift, low, high } = mannWhitney(A, B)!;
  assert.equal(u, 116);
  assertPrinted(p, "0.01004453885");
  assertPrinted(p_normal, "0.01202282541");
  assertPrinted(a12, "0.8055556");
  assertNear(shift, 1.125, 1e-12);
  assertNear(low, 0.35, 1e-12);
  assertNear(high, 2, 1e-12);
  const small = mannWhitney(X, Y)!;
  assert.equal(small.u, 24);
  assertPrinted(small.p, "0.01587301587");
});

Deno.test("3.3: smallest possible two-sided p of two unpaired samples", () => {
  const smallest = [3, 4, 5, 6].map((k) => {
    const low = Array.from({ length: k }, (_, i) => i);
    return mannWhitney(low.map((value) => value + k), low)!.p;
  });
  for (const [i, printed] of [".100", ".0286", ".0079", ".0022"].entries()) {
    assertPrinted(smallest[i]!, printed);
  }
});

Deno.test("two samples of three cannot carry a 95 % interval: it is open", () => {
  const { low, high } = mannWhitney([4, 5, 6], [1, 2, 3])!;
  assert.deepEqual([low, high], [-Infinity, Infinity]);
  const four = mannWhitney([5, 6, 7, 8], [1, 2, 3, 4])!;
  assert.deepEqual([four.low, four.high], [1, 7]);
});

Deno.test("ties stay exact", () => {
  // Ranks 1.5 1.5 3.5 3.5: of the 6 ways to draw two, one has the highest sum.
  assertNear(mannWhitney([2, 2], [1, 1])!.p, 2 / 6, 1e-12);
  assert.equal(mannWhitney([1, 1], [1, 1])!.p, 1);
  assert.equal(mannWhitney([1, 1], [1, 1])!.p_normal, 1);
});

Deno.test("infinite values have ranks and differ by nothing from each other", () => {
  const { shift, low, high, p } = mannWhitney(new Array(5).fill(-Infinity), [1, 2, 3, 4, 5])!;
  assert.deepEqual([shift, low, high], [-Infinity, -Infinity, -Infinity]);
  assertPrinted(p, ".0079");
  assert.equal(mannWhitney([-Infinity, 1], [-Infinity, 1])!.shift, 0);
});

Deno.test("an empty side gives nothing, requests instead of launches are refused", () => {
  assert.equal(mannWhitney([], [1]), null);
  const requests = Array.from({ length: 60 }, (_, i) => i);
  assert.throws(() => mannWhitney(requests, requests), /120 values.*are these requests/);
});
