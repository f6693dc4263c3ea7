import assert from "node:assert/strict";
import { createRunFolder, readRunFolder, type RunFolder } from "./run_folder.ts";
import { openTrialFile } from "./parquet_trial.ts";
import { writeRequests } from "./parquet.ts";
import { failedRequest, manifest, request } from "./testdata/sample_records.ts";
import { keptTokens, secondsOf } from "./token_seconds.ts";
import { wholeRequests } from "./trial_requests.ts";

const TRIAL = "b1-a-prompts-c1";
/** Ends and starts between two microseconds, as a clock gives them. */
const WINDOW = { start_ms: 12.3456789, end_ms: 3500.00001 };
const REQUESTS = [
  // Of the lead-in: two tokens each.
  request({ phase: "warmup", token_ms: [20, 1300] }),
  request({ token_ms: [12.3454, 12.346, 500, 1012.3456, 1012.346], output_tokens: 7 }),
  request({ request_index: 1, token_ms: [2990.1, 3012.346, 3400, 9000], output_tokens: 3 }),
  failedRequest({ request_index: 2, token_ms: [700] }),
  request({ request_index: 3, token_ms: [], output_tokens: null }),
];

async function withTrial(
  test: (path: string, folder: RunFolder) => void | Promise<void>,
  window: typeof WINDOW | null = WINDOW,
) {
  const dir = Deno.makeTempDirSync();
  try {
    using folder = createRunFolder(`${dir}/run`, manifest());
    const trial = folder.openTrial(TRIAL);
    for (const record of REQUESTS) trial.append(record);
    await trial.finish(window);
    await test(`${dir}/run/trials/${TRIAL}.parquet`, folder);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

const ROUNDED = { start_ms: 12.346, end_ms: 3500 };

Deno.test("a trial with a window is stored with its tokens by the second, as its records tell them", () =>
  withTrial((path) => {
    const { requests, count } = openTrialFile(path);
    const whole = wholeRequests(() => requests.records()).tokensBySlice(secondsOf(ROUNDED));
    assert.deepEqual(whole, [2 + 2 * 7 / 5, 2 + 7 / 5 + 7 / 5, 3 / 4]);
    assert.deepEqual(keptTokens(path, count, secondsOf(ROUNDED)), whole);
    assert.deepEqual(requests.tokensBySlice(secondsOf(ROUNDED)), whole);
  }));

Deno.test("the kept sums need not be there, whole or sound", () =>
  withTrial((path) => {
    const kept = path.replace(".parquet", ".tokens.json");
    const expected = openTrialFile(path).requests.tokensBySlice(secondsOf(ROUNDED));
    const same = () => {
      const told = openTrialFile(path).requests.tokensBySlice(secondsOf(ROUNDED));
      told.forEach((tokens, i) => assert.ok(Math.abs(tokens - expected[i]!) < 1e-9));
    };
    for (const text of ["", "null", "7", "{}", Deno.readTextFileSync(kept).slice(0, 40)]) {
      Deno.writeTextFileSync(kept, text);
      assert.equal(keptTokens(path, REQUESTS.length, secondsOf(ROUNDED)), null);
      same();
    }
    Deno.removeSync(kept);
    same();
  }));

Deno.test("sums of another trial file, another window or longer slices are not taken", () =>
  withTrial((path) => {
    const seconds = secondsOf(ROUNDED);
    assert.ok(keptTokens(path, REQUESTS.length, { ...seconds, count: 2 })!.length === 2);
    for (
      const other of [{ start_ms: 12 }, { slice_ms: 10_000, count: 1 }, { count: 4 }]
    ) assert.equal(keptTokens(path, REQUESTS.length, { ...seconds, ...other }), null);
    writeRequests(path, REQUESTS.slice(1));
    const { requests, count } = openTrialFile(path);
    assert.equal(keptTokens(path, count, seconds), null);
    assert.equal(requests.tokensBySlice(seconds).length, 3);
  }));

Deno.test("a trial without a window is stored without them, and run folders list neither as trials", async () => {
  await withTrial((path) => {
    const names = [...Deno.readDirSync(path.replace(/\/[^/]+$/, ""))].map(({ name }) => name);
    assert.deepEqual(names, [`${TRIAL}.parquet`]);
  }, null);
  await withTrial((_, { dir }) => {
    const { problems } = readRunFolder(dir);
    assert.deepEqual(problems.filter((problem) => problem.includes("trials/")), []);
  });
});
