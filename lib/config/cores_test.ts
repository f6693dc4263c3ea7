import assert from "node:assert/strict";
import { coresOf } from "./cores.ts";

Deno.test("a core list names single cores and ranges with both their ends", () => {
  assert.deepEqual(coresOf("0"), [0]);
  assert.deepEqual(coresOf("0,2-4,9"), [0, 2, 3, 4, 9]);
  assert.deepEqual(coresOf("7-7"), [7]);
});
