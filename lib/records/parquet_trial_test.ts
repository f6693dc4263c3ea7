import assert from "node:assert/strict";
import { randomLcg } from "d3-random";
import pl from "polars";
import { requestFrame, writeRequests } from "./parquet.ts";
import { openTrialFile } from "./parquet_trial.ts";
import type { RequestRecord } from "./request_record.ts";
import { failedRequest, request } from "./testdata/sample_records.ts";
import { type TrialRequests, wholeRequests } from "./trial_requests.ts";

function withFile(
  write: (path: string) => void,
  test: (requests: TrialRequests, count: number) => void,
) {
  const dir = Deno.makeTempDirSync();
  try {
    write(`${dir}/t.parquet`);
    const { requests, count } = openTrialFile(`${dir}/t.parquet`);
    test(requests, count);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

/** Requests of up to nine tokens, told in another order than sent, some failed, some without token times as imported files have them. */
function invented(count: number, seed: number): RequestRecord[] {
  const random = randomLcg(seed);
  return Array.from({ length: count }, (_, request_index) => {
    const kind = random();
    if (kind < 0.1) return failedRequest({ request_index });
    const sent_ms = (7 * request_index % count) * 10 + random();
    const token_ms = Array.from(
      { length: Math.ceil(random() * 9) },
      (_, i) => sent_ms + 20 + 7 * i + random(),
    );
    const user_index = request_index % 3;
    const times = {
      user_index,
      sent_ms,
      first_token_ms: token_ms[0]!,
      last_token_ms: token_ms.at(-1)!,
    };
    if (kind < 0.2) return request({ request_index, ...times, token_ms: [], output_tokens: null });
    if (kind < 0.3) return request({ request_index, sent_ms, token_ms, first_token_ms: null });
    return request({ request_index, ...times, token_ms, in_flight: kind < 0.4 ? null : 3 });
  });
}

const WINDOWS = [[0, 2e6], [300, 900], [550.5, 551], [5000, 9000], [-9, -1]]
  .map(([start_ms, end_ms]) => ({ start_ms: start_ms!, end_ms: end_ms! }));

const SECONDS = { start_ms: 0, slice_ms: 1000, count: 3 };

/** What a file tells must be what its records tell. */
function sameAs(records: RequestRecord[]) {
  return (file: TrialRequests, count: number) => {
    const whole = wholeRequests(() => records);
    assert.equal(count, records.length);
    assert.deepEqual(file.records(), records);
    const columns = [
      "phase",
      "trial_id",
      "in_flight",
      "error",
      "first_token_ms",
      "text_events",
    ] as const;
    const expected = whole.select(columns)
      .map((row) => Object.fromEntries(columns.map((name) => [name, row[name]])));
    assert.deepEqual(file.select(columns), expected);
    assert.deepEqual(
      file.tokenTimes().map((times) => Array.from(times)),
      records.map(({ token_ms }) => token_ms),
    );
    for (const window of WINDOWS) {
      assert.deepEqual([...Array.from(file.eventsInside(window))], whole.eventsInside(window));
    }
    for (const slices of [{ start_ms: 30, slice_ms: 100, count: 18 }, SECONDS]) {
      const expected = whole.tokensBySlice(slices);
      assert.ok(expected.length === slices.count);
      file.tokensBySlice(slices).forEach((tokens, i) => {
        assert.ok(Math.abs(tokens - expected[i]!) < 1e-9, `slice ${i}`);
      });
    }
    assert.deepEqual(file.sendOrder(), whole.sendOrder());
    for (const column of ["server_prefill_ms", "in_flight", "text_events", "error"] as const) {
      assert.equal(file.tells(column), whole.tells(column), column);
    }
  };
}

for (const seed of [0.1, 0.2, 0.3]) {
  const records = invented(200, seed);
  Deno.test(`columns, counts and whole records agree, seed ${seed}`, () => {
    withFile((path) => writeRequests(path, records), sameAs(records));
  });
}

Deno.test("a file without the newest columns tells the same", () => {
  const records = invented(50, 0.4);
  const added = [
    "text_events",
    "asked_prompt_tokens",
    "server_queue_ms",
    "server_prefill_ms",
    "server_decode_ms",
  ];
  const write = (path: string) => requestFrame(records).drop(added).writeParquet(path);
  withFile(write, sameAs(records));
});

Deno.test("whole numbers may be stored as integers by other tools", () => {
  const records = [request(), request({ request_index: 1 })];
  const write = (path: string) =>
    requestFrame(records).withColumns(pl.col("prompt_tokens").cast(pl.Int64)).writeParquet(path);
  withFile(write, sameAs(records));
});

Deno.test("edges that lie far apart are both read", () => {
  const records = Array.from({ length: 3000 }, (_, i) => {
    const across = i === 5 || i === 2500;
    const token_ms = across ? [50, 150] : [110, 120];
    return request({
      request_index: i,
      token_ms,
      first_token_ms: token_ms[0]!,
      last_token_ms: token_ms[1]!,
    });
  });
  withFile((path) => writeRequests(path, records), (file) => {
    const counts = Array.from(file.eventsInside({ start_ms: 100, end_ms: 130 }));
    assert.deepEqual([counts[5], counts[2500]], [0, 0]);
    const wide = Array.from(file.eventsInside({ start_ms: 100, end_ms: 200 }));
    assert.deepEqual([wide[4], wide[5], wide[2500], wide[2999]], [2, 1, 1, 2]);
  });
});
