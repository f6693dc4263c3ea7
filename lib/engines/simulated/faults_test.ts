import assert from "node:assert/strict";
import { faultOfRequest, parseFault } from "./faults.ts";

Deno.test("a fault without a number meets every request", () => {
  const plan = parseFault("cut");
  assert.deepEqual([1, 2, 3].map((n) => faultOfRequest(plan, n)), ["cut", "cut", "cut"]);
});

Deno.test("a fault with :N meets every Nth request", () => {
  const plan = parseFault("http-500:3");
  const met = [1, 2, 3, 4, 5, 6].filter((n) => faultOfRequest(plan, n) === "http-500");
  assert.deepEqual(met, [3, 6]);
});

Deno.test("a fault at start meets no request", () => {
  const plan = parseFault("slow-start");
  assert.equal(plan.start, "slow-start");
  assert.equal(faultOfRequest(plan, 1), null);
});

Deno.test("an unusable fault is refused with what it was and what would do", () => {
  assert.throws(() => parseFault("explode"), /fault "explode" is unknown; .* cut, /);
  assert.throws(() => parseFault("cut:0"), /fault "cut:0": expected a whole number from 1/);
  assert.throws(() => parseFault("exit-at-start:2"), /exit-at-start happens at start/);
});
