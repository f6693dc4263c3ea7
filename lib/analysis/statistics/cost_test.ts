import { breakEvenPriceRatio, costPerMillion } from "./cost.ts";
import { assertNear, assertPrinted } from "./testdata/near.ts";

Deno.test("7.9: a card at $2.50 an hour and 2387 tokens a second", () => {
  assertPrinted(costPerMillion(2.5, 2387), "0.2909");
});

Deno.test("at the break-even price a token costs the same on both", () => {
  const price = 2.5 * breakEvenPriceRatio(2600, 2387);
  assertNear(costPerMillion(price, 2600), costPerMillion(2.5, 2387), 1e-12);
});
