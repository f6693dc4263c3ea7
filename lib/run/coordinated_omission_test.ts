import assert from "node:assert/strict";
import { coordinatedOmission } from "./coordinated_omission.ts";

Deno.test("a stall of a second hides from a client that waits and counts from its sends", async () => {
  const rows = await coordinatedOmission({
    period_ms: 10,
    requests: 150,
    stall_ms: 1000,
    stall_at: 20,
  });
  console.table(rows);
  const slow = (client: string, from: string) =>
    rows.find((row) => row.client === client && row.counted_from === from)!.slow;
  assert.ok(rows.every(({ n }) => n === 150));
  // One request met the stall; 50 were due in its first half.
  assert.equal(slow("waiting", "send"), 1);
  assert.ok(slow("waiting", "schedule") >= 50, `${slow("waiting", "schedule")}`);
  assert.ok(slow("open", "schedule") >= 50, `${slow("open", "schedule")}`);
});
