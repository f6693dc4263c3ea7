import assert from "node:assert/strict";
import { countsOf, type FileResult, ignoredIn, runFiles } from "./engine_tests.ts";

/** As Deno 2.9.6 prints them. */
const PASSED =
  "a ... ok (1s)\nb c ... ignored (0ms)\n\nok | 3 passed | 0 failed | 1 ignored (12s)\n";
const FAILED =
  "\x1b[0m\x1b[31mFAILED\x1b[0m | 2 passed (3 steps) | 1 failed \x1b[38;5;245m(1m46s)\n";

Deno.test("the last line of deno test is read, with colours and without", () => {
  assert.deepEqual(countsOf(PASSED), { passed: 3, failed: 0, ignored: 1 });
  assert.deepEqual(countsOf(FAILED), { passed: 2, failed: 1, ignored: 0 });
  assert.equal(countsOf("error: Type checking failed.\n"), null);
});

Deno.test("tests that did not run are named", () => {
  assert.deepEqual(ignoredIn(PASSED), ["b c"]);
  assert.deepEqual(ignoredIn(FAILED), []);
});

/** Runs files whose tries give these results in turn, and says in which order they ran. */
async function tried(results: Record<string, FileResult[]>) {
  const order: string[] = [];
  const sum = await runFiles(Object.keys(results), (file) => {
    order.push(file);
    return Promise.resolve(results[file]!.shift()!);
  });
  return { ...sum, order: order.join(" ") };
}

const result = (passed: number, failed: number, ...notes: string[]): FileResult => ({
  counts: { passed, failed, ignored: 0 },
  notes,
});

Deno.test("a file that failed is run once more at the end, and its second try counts and is told", async () => {
  const { order, counts, notes } = await tried({
    a: [result(1, 2), result(3, 0)],
    b: [result(4, 0, "not run: x")],
  });
  assert.equal(order, "a b a");
  assert.deepEqual(counts, { passed: 7, failed: 0, ignored: 0 });
  assert.deepEqual(notes, ["passed on the second try: a", "not run: x"]);
});

Deno.test("a file that failed twice has failed, and is not run a third time", async () => {
  const { order, counts, notes } = await tried({ a: [result(1, 2), result(2, 1)] });
  assert.equal(order, "a a");
  assert.deepEqual(counts, { passed: 2, failed: 1, ignored: 0 });
  assert.deepEqual(notes, ["failed twice: a"]);
});

Deno.test("what the first try left over stays told after the second left nothing", async () => {
  const left = "left over by a, ended now: vllm (pid 7)";
  const { counts, notes } = await tried({ a: [result(1, 1, left), result(1, 0)] });
  assert.deepEqual(counts, { passed: 1, failed: 0, ignored: 0 });
  assert.deepEqual(notes, [left, "passed on the second try: a"]);
});

Deno.test("where nothing failed nothing is run again", async () => {
  const { order, notes } = await tried({ a: [result(1, 0)], b: [result(2, 0)] });
  assert.deepEqual([order, notes], ["a b", []]);
});
