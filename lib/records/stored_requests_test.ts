import assert from "node:assert/strict";
import { createRunFolder, readRunFolder } from "./run_folder.ts";
import { launchRecord, manifest, request, trialRecord } from "./testdata/sample_records.ts";
import { allRequests } from "./trial_requests.ts";

const TRIAL = "b1-a-prompts-c1";
const AT = "2026-01-02T03:04:00.000Z";
const REQUESTS = [request({ phase: "warmup" }), request()];

/** Hands a finished run of one trial to `test`, with the paths of its journal and its trial's file. */
function withRun(test: (dir: string, journal: string, file: string) => void) {
  return async () => {
    const dir = Deno.makeTempDirSync();
    try {
      {
        using folder = createRunFolder(dir, manifest());
        const trial = folder.openTrial(TRIAL);
        for (const record of REQUESTS) trial.append(record);
        await trial.finish();
        folder.journal.append({ type: "trial", ...trialRecord() });
        folder.journal.append({ type: "launch", ...launchRecord({ outcome: "stopped" }) });
        folder.journal.append({ type: "run", state: "finished", at: AT });
      }
      test(dir, `${dir}/journal.ndjson`, `${dir}/trials/${TRIAL}.parquet`);
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  };
}

/** As a user may do who wants to store each request once only. */
function withoutRequestLines(journal: string): void {
  const lines = Deno.readTextFileSync(journal).split("\n");
  const kept = lines.filter((line) => !line.startsWith('{"type":"request"'));
  Deno.writeTextFileSync(journal, kept.join("\n"));
}

Deno.test(
  "a Parquet file that is gone is said, and the journal's lines are used",
  withRun((dir, _, file) => {
    Deno.removeSync(file);
    const run = readRunFolder(dir);
    assert.deepEqual(allRequests(run.requests), REQUESTS);
    assert.deepEqual(run.problems, [
      `trials/${TRIAL}.parquet is missing; the journal's lines are used`,
    ]);
  }),
);

Deno.test(
  "requests that neither the file nor the journal has are said to be lost",
  withRun((dir, journal, file) => {
    withoutRequestLines(journal);
    assert.deepEqual(readRunFolder(dir).problems, []);
    Deno.writeFileSync(file, Deno.readFileSync(file).subarray(0, 700));
    const run = readRunFolder(dir);
    assert.equal(run.requests.size, 0);
    assert.equal(run.problems.length, 1);
    assert.match(
      run.problems[0]!,
      /^trials\/b1-a-prompts-c1\.parquet is damaged \(.+\); the journal has no lines .* restored$/,
    );
  }),
);

Deno.test(
  "damage within a file is said once, by reason and file, however often it is met",
  withRun((dir, _, file) => {
    Deno.writeFileSync(file, Deno.readFileSync(file).fill(0xff, 4, 700));
    const { requests, problems } = readRunFolder(dir);
    assert.deepEqual(problems, []);
    for (let i = 0; i < 3; i++) requests.get(TRIAL)!.tokenTimes();
    assert.deepEqual(requests.get(TRIAL)!.records(), REQUESTS);
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /^trials\/b1-a-prompts-c1\.parquet is damaged \(.+\); the journal/);
  }),
);

Deno.test(
  "what a killed run left beside its trials is told, one sentence each, and changes nothing",
  withRun((dir, _, file) => {
    const left = [`${TRIAL}.parquet.tmp`, `${TRIAL}.requests.measured`];
    for (const name of left) Deno.writeTextFileSync(`${dir}/trials/${name}`, "{}");
    Deno.mkdirSync(`${file}.parts`);
    const run = readRunFolder(dir);
    assert.deepEqual(allRequests(run.requests), REQUESTS);
    assert.deepEqual(
      run.problems.map((problem) => problem.split(" ")[0]),
      [`${TRIAL}.parquet.parts`, ...left].map((name) => `trials/${name}`),
    );
    assert.ok(run.problems.every((problem) => /killed and may be deleted$/.test(problem)));
  }),
);
