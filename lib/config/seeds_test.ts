import assert from "node:assert/strict";
import { randomFrom, seedOf, shuffled } from "./seeds.ts";

Deno.test("a seed is the head of the SHA-256 of its words", () => {
  // printf '["a"]' | sha256sum; printf '[1,"order",0]' | sha256sum
  assert.equal(seedOf("a"), 0x0eb5b8d6);
  assert.equal(seedOf(1, "order", 0), 0x59067421);
});

Deno.test("words do not run into each other", () => {
  assert.notEqual(seedOf("ab", "c"), seedOf("a", "bc"));
  assert.notEqual(seedOf(1, 23), seedOf(12, 3));
  assert.notEqual(seedOf(1), seedOf("1"));
});

Deno.test("the generator is the 32-bit congruential one of Numerical Recipes", () => {
  const random = randomFrom("a");
  // s = (1664525 s + 1013904223) mod 2^32 from 0x0eb5b8d6, computed with Python's integers
  const expected = [1882495549, 4102297208, 2043668343].map((state) => state / 2 ** 32);
  assert.deepEqual([random(), random(), random()], expected);
});

Deno.test("shuffling keeps every item, leaves the original and repeats with its seed", () => {
  const items = Object.freeze(Array.from({ length: 50 }, (_, i) => i));
  const first = shuffled(items, randomFrom("x"));
  assert.deepEqual(first, shuffled(items, randomFrom("x")));
  assert.notDeepEqual(first, shuffled(items, randomFrom("y")));
  assert.deepEqual(first.toSorted((a, b) => a - b), [...items]);
});
