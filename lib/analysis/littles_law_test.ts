import assert from "node:assert/strict";
import { join } from "node:path";
import { readWholeRun } from "@/records/testdata/whole_run.ts";
import { request } from "@/records/testdata/sample_records.ts";
import { littleSides } from "./littles_law.ts";

const DATA = join(import.meta.dirname!, "../../data");

/** Two users, each with three requests of 10 ms, one after the other. */
const sound = [0, 10, 20].flatMap((sent_ms, round) =>
  [1, 2].map((user) =>
    request({
      sent_ms: sent_ms + user / 1000,
      end_ms: sent_ms + 10,
      in_flight: round === 0 ? user : 2,
      request_index: 2 * round + user,
    })
  )
);

const off = (records: typeof sound) => {
  const { counted, expected } = littleSides(records)!;
  return Math.abs(counted / expected - 1);
};

Deno.test("the client's own count and the times on record agree", () => {
  const { counted, expected } = littleSides(sound)!;
  assert.ok(Math.abs(counted - 2) < 0.01 && Math.abs(expected - 2) < 0.01);
  assert.ok(off(sound) < 1e-3);
});

Deno.test("a lost record, a wrong time and a wrong count each break the law", () => {
  assert.ok(off(sound.filter((_, i) => i !== 2)) > 0.02);
  assert.ok(
    off(sound.map((each, i) => i === 2 ? { ...each, end_ms: each.end_ms + 8 } : each)) > 0.02,
  );
  assert.ok(off(sound.map((each) => ({ ...each, in_flight: each.in_flight! + 1 }))) > 0.02);
});

Deno.test("it holds for every trial that was ever committed", () => {
  for (const run of ["laptop-2026-11-24", "cpu-engines-2026-11-27"]) {
    const { trials, requests } = readWholeRun(join(DATA, run));
    assert.ok(trials.length > 40);
    const byTrial = Map.groupBy(
      requests.filter(({ phase }) => phase === "measured"),
      ({ trial_id }) => trial_id,
    );
    for (const { trial_id } of trials) {
      assert.ok(off(byTrial.get(trial_id)!) < 1e-9, `${run}, ${trial_id}`);
    }
  }
});

Deno.test("without requests there is nothing to judge", () => {
  assert.equal(littleSides([]), null);
});
