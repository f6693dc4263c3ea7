import assert from "node:assert/strict";
import { createRunFolder, readRunFolder, refuseIfUsed } from "./run_folder.ts";
import { allRequests } from "./trial_requests.ts";
import { launchRecord, manifest, request, trialRecord } from "./testdata/sample_records.ts";

const TRIAL = "b1-a-prompts-c1";
const UNFINISHED = "the run did not finish; what it had measured until then is shown";
const AT = "2026-01-02T03:04:00.000Z";

function withFolder(test: (dir: string) => void | Promise<void>) {
  return async () => {
    const dir = Deno.makeTempDirSync();
    try {
      await test(`${dir}/run`);
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  };
}

const REQUESTS = [
  request({ phase: "warmup" }),
  request(),
  request({ request_index: 1, end_ms: 900 }),
];

/** A run of one trial with three requests. */
async function writeRun(dir: string, { finished = true, parquet = true } = {}) {
  using folder = createRunFolder(dir, manifest());
  const { journal } = folder;
  journal.append({ type: "run", state: "started", at: AT });
  journal.append({ type: "launch", ...launchRecord({ outcome: "ready" }) });
  const trial = folder.openTrial(TRIAL);
  for (const record of REQUESTS) trial.append(record);
  if (parquet) await trial.finish();
  if (!finished) return;
  journal.append({ type: "trial", ...trialRecord() });
  journal.append({ type: "launch", ...launchRecord({ outcome: "stopped" }) });
  journal.append({ type: "run", state: "finished", at: AT });
}

Deno.test(
  "what a launch made of the asked settings is added to the manifest, which stays whole",
  withFolder((dir) => {
    const setting = {
      setting: "max_sequences",
      asked: 16,
      achieved: 8,
      source: "the log",
      verdict: "unequal",
    } as const;
    using folder = createRunFolder(dir, manifest());
    folder.achieved("b1-a", [setting]);
    folder.achieved("b1-b", []);
    const read = readRunFolder(dir).manifest;
    assert.deepEqual(read, {
      ...manifest(),
      achieved_settings: { "b1-a": [setting], "b1-b": [] },
    });
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name).toSorted(), [
      "journal.ndjson",
      "logs",
      "manifest.json",
      "trials",
    ]);
  }),
);

Deno.test(
  "a finished run is read back whole, with the last state of each launch",
  withFolder(async (dir) => {
    await writeRun(dir);
    const run = readRunFolder(dir);
    assert.deepEqual({ ...run, requests: allRequests(run.requests) }, {
      run_id: "sample",
      dir,
      manifest: manifest(),
      launches: [launchRecord({ outcome: "stopped" })],
      trials: [trialRecord()],
      requests: REQUESTS,
      telemetry: { server: [], gpu: [] },
      problems: [],
    });
  }),
);

Deno.test(
  "a run that did not finish is read from its journal and says so",
  withFolder(async (dir) => {
    await writeRun(dir, { finished: false, parquet: false });
    const run = readRunFolder(dir);
    assert.deepEqual(allRequests(run.requests), REQUESTS);
    assert.deepEqual(run.trials, []);
    assert.deepEqual(run.problems, [UNFINISHED]);
  }),
);

Deno.test(
  "an interrupted run counts as unfinished",
  withFolder(async (dir) => {
    await writeRun(dir, { finished: false });
    const line = JSON.stringify({ type: "run", state: "interrupted", at: AT });
    Deno.writeTextFileSync(`${dir}/journal.ndjson`, `${line}\n`, { append: true });
    assert.deepEqual(readRunFolder(dir).problems, [UNFINISHED]);
  }),
);

Deno.test(
  "a run that was killed in mid-write keeps all but the torn line, with its place",
  withFolder(async (dir) => {
    await writeRun(dir, { finished: false, parquet: false });
    const torn = JSON.stringify({ type: "request", ...request({ request_index: 2 }) });
    Deno.writeTextFileSync(`${dir}/journal.ndjson`, torn.slice(0, 60), { append: true });
    const run = readRunFolder(dir);
    assert.deepEqual(allRequests(run.requests), REQUESTS);
    assert.deepEqual(run.problems, [
      `journal.ndjson:6: the last line was cut short and is set aside: ${torn.slice(0, 60)}`,
      UNFINISHED,
    ]);
  }),
);

Deno.test(
  "a damaged Parquet file is said and the journal's lines are used",
  withFolder(async (dir) => {
    await writeRun(dir);
    const path = `${dir}/trials/${TRIAL}.parquet`;
    Deno.writeFileSync(path, Deno.readFileSync(path).subarray(0, 700));
    const run = readRunFolder(dir);
    assert.deepEqual(allRequests(run.requests), REQUESTS);
    assert.equal(run.problems.length, 1);
    assert.match(
      run.problems[0]!,
      /^trials\/b1-a-prompts-c1\.parquet is damaged \(.+\); the journal/,
    );
  }),
);

Deno.test(
  "damage within a Parquet file is said when it is met, and the journal's lines are used",
  withFolder(async (dir) => {
    await writeRun(dir);
    const path = `${dir}/trials/${TRIAL}.parquet`;
    Deno.writeFileSync(path, Deno.readFileSync(path).fill(0xff, 4, 700));
    const run = readRunFolder(dir);
    assert.deepEqual(allRequests(run.requests), REQUESTS);
    assert.deepEqual(run.requests.get(TRIAL)!.select(["end_ms"])[2]!.end_ms, 900);
    assert.equal(run.problems.length, 1);
    assert.match(
      run.problems[0]!,
      /^trials\/b1-a-prompts-c1\.parquet is damaged \(.+\); the journal/,
    );
  }),
);

Deno.test(
  "without its journal a run still shows its trials and says what is missing",
  withFolder(async (dir) => {
    await writeRun(dir);
    Deno.removeSync(`${dir}/journal.ndjson`);
    const run = readRunFolder(dir);
    assert.deepEqual(allRequests(run.requests), REQUESTS);
    assert.deepEqual(run.problems, ["run/journal.ndjson is missing or unreadable", UNFINISHED]);
  }),
);

Deno.test(
  "no run is read without a manifest of its form, and the message names the file",
  withFolder(async (dir) => {
    assert.throws(() => readRunFolder(dir), /run\/manifest\.json is missing; is run a run folder/);
    await writeRun(dir);
    for (
      const [text, seen] of [["{", /cannot be read: /], ["{}", /form/], ["null", /form/]] as const
    ) {
      Deno.writeTextFileSync(`${dir}/manifest.json`, text);
      assert.throws(() => readRunFolder(dir), (error: Error) => {
        assert.match(error.message, /run\/manifest\.json .*; is run a run folder/);
        assert.match(error.message, seen);
        return true;
      });
    }
  }),
);

Deno.test(
  "a trial that failed before its first request is stored and read",
  withFolder(async (dir) => {
    {
      using folder = createRunFolder(dir, manifest());
      await folder.openTrial(TRIAL).finish();
      folder.journal.append({ type: "trial", ...trialRecord({ outcome: "failed" }) });
      folder.journal.append({ type: "run", state: "finished", at: AT });
    }
    const run = readRunFolder(dir);
    assert.deepEqual([run.requests.size, run.problems], [0, []]);
    assert.equal(run.trials[0]!.outcome, "failed");
  }),
);

Deno.test(
  "a folder that holds anything is refused and stays as it was",
  withFolder((dir) => {
    Deno.mkdirSync(dir);
    refuseIfUsed(dir);
    Deno.writeTextFileSync(`${dir}/note.txt`, "mine");
    assert.throws(() => createRunFolder(dir, manifest()), /run is not empty; give --output a new/);
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name), ["note.txt"]);
    assert.throws(() => refuseIfUsed(`${dir}/note.txt`), /note\.txt is a file; --output wants a/);
    refuseIfUsed(`${dir}/not-there`);
  }),
);

Deno.test(
  "a folder that was made in advance may be used",
  withFolder(async (dir) => {
    Deno.mkdirSync(dir);
    await writeRun(dir);
    assert.deepEqual(readRunFolder(dir).problems, []);
  }),
);

Deno.test(
  "logs lie in the run folder under the launch's name",
  withFolder((dir) => {
    using folder = createRunFolder(dir, manifest());
    assert.equal(folder.logPath("b1-a"), `${dir}/logs/b1-a.log`);
    assert(Deno.statSync(`${dir}/logs`).isDirectory);
  }),
);
