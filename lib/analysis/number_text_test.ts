import assert from "node:assert/strict";
import {
  byHowMuch,
  counted,
  fixed,
  listed,
  metricWithUnit,
  rangeText,
  ratioText,
} from "./number_text.ts";

Deno.test("numbers have fixed decimals and separators; what is not known is a dash", () => {
  assert.equal(fixed(1234.56, 1), "1,234.6");
  assert.equal(fixed(null, 1), "–");
  assert.equal(fixed(Number.NaN, 1), "–");
  assert.equal(fixed(0, 0), "0");
});

Deno.test("memory is kept in bytes and shown in MiB; other metrics have their own unit", () => {
  assert.equal(metricWithUnit("memory_bytes", 341 * 1024 * 1024), "341 MiB");
  assert.equal(metricWithUnit("tpot_ms", 12.345), "12.35 ms");
  assert.equal(metricWithUnit("output_tokens_per_s", null), "–");
});

Deno.test("ratios keep what is worth reading at every size", () => {
  assert.deepEqual([0.0392, 0.98, 1.654, 12.34, 123.4].map(ratioText), [
    "0.039",
    "0.98",
    "1.65",
    "12.3",
    "123",
  ]);
});

Deno.test("counts and lists read as English", () => {
  assert.equal(counted(1, "launch", "launches"), "1 launch");
  assert.equal(counted(2000, "trial"), "2,000 trials");
  assert.deepEqual([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listed), [
    "",
    "a",
    "a and b",
    "a, b and c",
  ]);
});

Deno.test("how much better is told in percent below twice, and in times from there on", () => {
  assert.deepEqual([1.377, 1.999, 2, 4.469, 12.34].map(byHowMuch), [
    " by 37.7 %",
    " by 99.9 %",
    ", 2.00 times as good",
    ", 4.47 times as good",
    ", 12.3 times as good",
  ]);
  assert.deepEqual([null, Infinity].map(byHowMuch), ["", ""]);
});

Deno.test("an interval near 1 keeps three decimals, and an open end is called unbounded", () => {
  assert.equal(rangeText(1.0055, 1.0397), "1.006..1.040");
  assert.equal(rangeText(6.734, 12.34), "6.73..12.3");
  assert.equal(rangeText(1.94, 2.31), "1.94..2.31");
  assert.equal(rangeText(0, null), "0.000..unbounded");
  assert.equal(rangeText(null, null), "unbounded");
  assert.equal(rangeText(Infinity, Infinity), "unbounded");
});
