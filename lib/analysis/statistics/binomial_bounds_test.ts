import assert from "node:assert/strict";
import {
  probeAttainment,
  requestsToPass,
  shareInterval,
  shareLowerBound,
  shareUpperBound,
} from "./binomial_bounds.ts";
import { assertAllPrinted, assertPrinted } from "./testdata/near.ts";

Deno.test("7.6: Clopper-Pearson intervals are those of R's binom.test", () => {
  const cases: [number, number, string][] = [
    [3, 200, ".0031041076 .0432082819"],
    [0, 300, "0 .0122209747"],
    [12, 1000, ".0062155256 .0208676796"],
  ];
  for (const [successes, n, printed] of cases) {
    assertAllPrinted(Object.values(shareInterval(successes, n)), printed, `${successes}/${n}`);
  }
  assertPrinted(shareLowerBound(397, 400), ".9807307707");
  assertPrinted(shareUpperBound(385, 400), ".9767448650");
});

Deno.test("corner cases are those of SciPy 1.17.1's binomtest(...).proportion_ci", () => {
  const cases: [number, number, number, string][] = [
    [0, 1, 0.95, "0.0000000000 0.9750000000"],
    [1, 1, 0.95, "0.0250000000 1.0000000000"],
    [5, 5, 0.95, "0.4781762499 1.0000000000"],
    [1, 2, 0.95, "0.0125791171 0.9874208829"],
    [0, 6, 0.9, "0.0000000000 0.3930377690"],
    [6, 6, 0.99, "0.4135185542 1.0000000000"],
    [199, 200, 0.95, "0.9724581015 0.9998734190"],
    [5000, 10000, 0.95, "0.4901513806 0.5098486194"],
    [1, 100000, 0.95, "0.0000002532 0.0000557152"],
  ];
  for (const [successes, n, level, printed] of cases) {
    assertAllPrinted(
      Object.values(shareInterval(successes, n, level)),
      printed,
      `${successes}/${n}`,
    );
  }
});

Deno.test("3.5: requests needed to pass with 0, 1, 2, 5 and 10 misses", () => {
  const misses = [0, 1, 2, 5, 10];
  const table: Record<string, number[]> = {
    0.9: [29, 46, 61, 103, 167],
    0.95: [59, 93, 124, 208, 336],
    0.99: [299, 473, 628, 1049, 1693],
  };
  for (const [target, expected] of Object.entries(table)) {
    const needed = misses.map((v) => requestsToPass(Number(target), v));
    assert.deepEqual(needed, expected, `target ${target}`);
    for (const [i, n] of needed.entries()) {
      const met = n - misses[i]!;
      assert.equal(probeAttainment({ met, n, target: Number(target) }), "pass");
      assert.notEqual(probeAttainment({ met: met - 1, n: n - 1, target: Number(target) }), "pass");
    }
  }
});

Deno.test("a probe passes, fails or stays open, and more looks make it harder", () => {
  assert.equal(probeAttainment({ met: 397, n: 400, target: 0.98 }), "pass");
  assert.equal(probeAttainment({ met: 397, n: 400, target: 0.981 }), "undecided");
  assert.equal(probeAttainment({ met: 385, n: 400, target: 0.98 }), "fail");
  assert.equal(probeAttainment({ met: 385, n: 400, target: 0.976 }), "undecided");
  assert.equal(probeAttainment({ met: 397, n: 400, target: 0.98, looks: 3 }), "undecided");
});
