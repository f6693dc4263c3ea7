import assert from "node:assert/strict";
import type { RequestRecord } from "@/records/request_record.ts";
import { Tally } from "./tally.ts";

function tallyOf(...records: Partial<RequestRecord>[]): Tally {
  const tally = new Tally();
  for (const record of records) {
    tally.add({ failure: null, error: null, sent_ms: 0, http_status: 200, ...record } as never);
  }
  return tally;
}

Deno.test("the window starts with the earliest send, whatever ends first", () => {
  assert.equal(tallyOf({ sent_ms: 5 }, { sent_ms: 2 }, { sent_ms: 9 }).firstSend_ms, 2);
  assert.equal(tallyOf().firstSend_ms, null);
});

Deno.test("all requests failed only if there were any and none succeeded", () => {
  const failed = { failure: "connect", error: "refused" } as const;
  assert.equal(tallyOf().allFailed, false);
  assert.equal(tallyOf(failed, {}).allFailed, false);
  const all = tallyOf(failed, { failure: "timeout", error: "late" });
  assert.deepEqual([all.allFailed, all.firstError, all.ended, all.failed], [true, "refused", 2, 2]);
});

for (
  const [record, broken] of [
    [{}, false],
    [{ failure: "stream_cut" }, true],
    [{ failure: "connect", http_status: null }, true],
    [{ failure: "http_status", http_status: 503 }, true],
    [{ failure: "http_status", http_status: 404 }, false],
    [{ failure: "timeout", http_status: null }, false],
  ] as const
) {
  Deno.test(`a last request with ${JSON.stringify(record)} ${broken ? "may" : "does not"} mean a dying server`, () => {
    assert.equal(tallyOf({ failure: "connect" }, record).brokenAtTheEnd, broken);
    assert.equal(tallyOf(record, {}).brokenAtTheEnd, false);
  });
}
