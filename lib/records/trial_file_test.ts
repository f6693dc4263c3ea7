import assert from "node:assert/strict";
import { Journal } from "./journal.ts";
import { readRequests } from "./parquet_trial.ts";
import { request, trialRecord } from "./testdata/sample_records.ts";
import { writeTrialFile } from "./trial_file.ts";

for (const batchBytes of [1, 1500, 1e9]) {
  Deno.test(`batches of ${batchBytes} bytes give the trial's rows in order and leave nothing else`, async () => {
    const dir = Deno.makeTempDirSync();
    try {
      using journal = new Journal(`${dir}/journal.ndjson`);
      const own = Array.from({ length: 20 }, (_, i) =>
        request({
          request_index: i,
          token_ms: Array.from({ length: i % 4 }, (_, j) => j + 0.125),
          error: i === 0 ? 'ü 日本 "x"\n' : null,
        }));
      journal.append({ type: "request", ...request({ trial_id: "before" }) });
      const from = journal.bytes;
      for (const record of own) {
        journal.append({ type: "request", ...record });
        journal.append({ type: "request", ...request({ trial_id: "other" }) });
      }
      journal.append({ type: "trial", ...trialRecord() });
      const { trial_id } = own[0]!;
      const lines = { journal: journal.path, trial_id, from, to: journal.bytes };
      await writeTrialFile(`${dir}/t.parquet`, lines, { batchBytes });
      assert.deepEqual(readRequests(`${dir}/t.parquet`), own);
      const names = [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
      assert.deepEqual(names, ["journal.ndjson", "t.parquet"]);
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  });
}
