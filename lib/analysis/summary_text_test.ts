import assert from "node:assert/strict";
import { csvParse } from "d3-dsv";
import { SUMMARY_COLUMNS } from "./summary_columns.ts";
import { summaryCsv, summaryTable } from "./summary_text.ts";
import { row } from "./testdata/sample_trials.ts";

const ROWS = [
  row({ ttft_ms_p50: 1234.56, memory: { label: 'resident, "all"', bytes: 5, peak_bytes: null } }),
  row({
    engine: "sim-vllm",
    simulated: true,
    ttft_ms_p50: null,
    tpot_ms_p50: null,
    failed: 3,
    verdict: "INVALID",
    reasons: ["failures: 3 of 100 failed, limit 0.1 %", "in flight: mean 2, limit 9.5"],
  }),
];

Deno.test("CSV has every flat column, empty where a number is undefined", () => {
  const [first, second] = csvParse(summaryCsv(ROWS));
  assert.deepEqual(Object.keys(first!), Object.keys(SUMMARY_COLUMNS));
  assert.equal(first!.ttft_ms_p50, "1234.56");
  assert.deepEqual(
    [first!.memory_bytes, first!.memory_peak_bytes, first!.memory_label],
    ["5", "", 'resident, "all"'],
  );
  assert.deepEqual([second!.ttft_ms_p50, second!.memory_bytes], ["", ""]);
  assert.equal(
    second!.reasons,
    "failures: 3 of 100 failed, limit 0.1 %; in flight: mean 2, limit 9.5",
  );
});

Deno.test("the table is aligned and calls a simulated engine simulated", () => {
  const lines = summaryTable(ROWS).split("\n");
  assert.equal(lines.length, 3);
  assert.match(lines[0]!, /^engine +workload +load +block +requests +failed +TTFT p50 ms/);
  assert.match(
    lines[1]!,
    /^a +prompts +closed 10 +1 +100 +0 +1234\.6 +10\.00 +130 +300\.0 +VALID$/,
  );
  assert.match(
    lines[2]!,
    /^sim-vllm \(simulated\) +prompts +closed 10 +1 +100 +3 +– +– +130 +300\.0 +INV/,
  );
  const ends = lines.map((line) => line.slice(0, lines[0]!.indexOf("verdict")).trimEnd().length);
  assert.equal(new Set(ends).size, 1, "numbers do not end in one column");
});

Deno.test("no rows are a table of heads and a CSV of heads", () => {
  assert.match(summaryTable([]), /^engine +workload .*reasons$/);
  assert.equal(summaryCsv([]), Object.keys(SUMMARY_COLUMNS).join(","));
});

Deno.test("who measured is a column of the table only where it was another tool", () => {
  const own = summaryTable([row()]);
  assert.doesNotMatch(own, /measured by/);
  const foreign = summaryTable([row(), row({ measured_by: "AIPerf 0.13.0" })]);
  assert.match(foreign, /^engine +measured by +workload/);
  assert.match(foreign, /^a +AIPerf 0\.13\.0 /m);
  assert.match(foreign, /^a +this project /m);
});
