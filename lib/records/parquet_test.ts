import assert from "node:assert/strict";
import pl from "polars";
import { requestFrame, writeRequests } from "./parquet.ts";
import { readRequests } from "./parquet_trial.ts";
import type { RequestRecord } from "./request_record.ts";
import { failedRequest, request } from "./testdata/sample_records.ts";

function roundTrip(records: RequestRecord[]): RequestRecord[] {
  const dir = Deno.makeTempDirSync();
  try {
    writeRequests(`${dir}/t.parquet`, records);
    const files = [...Deno.readDirSync(dir)].map(({ name }) => name);
    assert.deepEqual(files, ["t.parquet"]);
    return readRequests(`${dir}/t.parquet`);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

Deno.test("records come back as they were, whatever is null in them", () => {
  const mixed = [
    request({ token_ms: [0.125, 1 / 3, 1e9], error: 'ü 日本 "x"\n' }),
    failedRequest({ request_index: 1 }),
    request({ request_index: 2, cached_tokens: null, token_ms: [7] }),
  ];
  assert.deepEqual(roundTrip(mixed), mixed);
  assert.deepEqual(roundTrip(mixed.toReversed()), mixed.toReversed());
});

Deno.test("columns of nothing but nulls stay null and never become zero", () => {
  const failed = [failedRequest(), failedRequest({ request_index: 1 })];
  const back = roundTrip(failed);
  assert.deepEqual(back, failed);
  assert.equal(back[0]!.output_tokens, null);
  assert.deepEqual(back[0]!.token_ms, []);
});

Deno.test("a number that is zero stays zero", () => {
  const [back] = roundTrip([request({ cached_tokens: 0, scheduled_ms: 0 })]);
  assert.equal(back!.cached_tokens, 0);
  assert.equal(back!.scheduled_ms, 0);
});

Deno.test("a trial without requests is a file without rows", () => {
  assert.deepEqual(roundTrip([]), []);
  assert.deepEqual(requestFrame([]).columns, requestFrame([request()]).columns);
});

Deno.test("the columns are the keys of a record and the number of its token times", () => {
  const columns = [...Object.keys(request()), "text_events"].sort();
  assert.deepEqual(requestFrame([request()]).columns.toSorted(), columns);
});

Deno.test("a damaged file and one that lacks columns are refused", () => {
  const dir = Deno.makeTempDirSync();
  const path = `${dir}/t.parquet`;
  try {
    writeRequests(path, [request()]);
    const whole = Deno.readFileSync(path);
    for (const length of [0, 10, Math.floor(whole.length / 2), whole.length - 1]) {
      Deno.writeFileSync(path, whole.subarray(0, length));
      assert.throws(() => readRequests(path), Error, `${length} bytes were accepted`);
    }
    pl.DataFrame({ trial_id: ["t"], events: [1] }).writeParquet(path);
    assert.throws(() => readRequests(path), /lacks the columns phase, request_index, .*error/);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
