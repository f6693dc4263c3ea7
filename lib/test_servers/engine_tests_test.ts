import assert from "node:assert/strict";
import { countsOf, ignoredIn } from "./engine_tests.ts";

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
