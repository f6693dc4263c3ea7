import assert from "node:assert/strict";
import normalQuantile from "@stdlib/normal-quantile";
import { randomNormal } from "d3-random";
import { randomFrom } from "@/config/seeds.ts";
import { lookErrors } from "./alpha_spending.ts";

const bounds = (errors: number[]) => errors.map((p) => -normalQuantile(p / 2, 0, 1));

Deno.test("bounds of four equal looks are those in the books", () => {
  // Lan-DeMets bounds of O'Brien-Fleming shape, two-sided 5 %: 4.333, 2.963, 2.359, 2.014
  // (Reboussin, DeMets, Kim and Lan 2000, table of ld98).
  const [first, ...rest] = bounds(lookErrors([3, 6, 9, 12]));
  assert.ok(Math.abs(first! - 4.333) < 0.002, `${first}`);
  assert.deepEqual(rest.map((z) => z.toFixed(3)), ["2.963", "2.359", "2.014"]);
});

Deno.test("one look spends all, and the planned looks at 6, 9 and 12 start with what it costs", () => {
  assert.equal(lookErrors([6])[0]!.toFixed(6), "0.050000");
  const errors = lookErrors([6, 9, 12]);
  assert.equal(errors[0]!.toFixed(4), "0.0031");
  assert.ok(errors[0]! < errors[1]! && errors[1]! < errors[2]! && errors[2]! < 0.05);
});

Deno.test("over simulated studies of equal entries the looks together err in 5 %", () => {
  const looks = [6, 9, 12];
  const z = bounds(lookErrors(looks));
  const normal = randomNormal.source(randomFrom("looks", 1))();
  const studies = 20_000;
  let wrong = 0;
  for (let study = 0; study < studies; study++) {
    let [sum, k] = [0, 0];
    const crossed = looks.some((look, i) => {
      for (; k < look; k++) sum += normal();
      return Math.abs(sum) / Math.sqrt(k) > z[i]!;
    });
    if (crossed) wrong++;
  }
  const chance = 4 * Math.sqrt(0.05 * 0.95 / studies);
  assert.ok(Math.abs(wrong / studies - 0.05) < chance, `${wrong / studies}`);
});
