import assert from "node:assert/strict";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { readRunFolder, type RunData } from "@/records/run_folder.ts";
import { allRequests, heldRequests } from "@/records/trial_requests.ts";
import { levelRows } from "./levels.ts";
import { serverTimeRows } from "./server_times.ts";
import { summarize } from "./summary.ts";
import { timelines } from "./timeline.ts";

const DATA = join(import.meta.dirname!, "../../data");
const RUNS = ["laptop-2026-11-24", "cpu-engines-2026-11-27"];

function analysed(run: RunData) {
  const summary = summarize(run);
  const levels = levelRows(summary, run.requests);
  return { summary, levels, server: serverTimeRows(run), timelines: timelines(run) };
}

for (const name of RUNS) {
  const run = readRunFolder(join(DATA, name));

  Deno.test(`${name}: columns read as they are needed give what whole requests give`, () => {
    const whole = { ...run, requests: heldRequests(allRequests(run.requests)) };
    assert.ok(run.requests.size > 0);
    assert.deepEqual(analysed(run), analysed(whole));
  });

  Deno.test(`${name}: what is in Parquet files may be taken out of the journal, as before a commit`, () => {
    if (!existsSync(join(DATA, name, "trials"))) return;
    const dir = Deno.makeTempDirSync();
    try {
      cpSync(join(DATA, name), dir, { recursive: true });
      const journal = join(dir, "journal.ndjson");
      const lines = Deno.readTextFileSync(journal).split("\n");
      const kept = lines.filter((line) => !line.startsWith('{"type":"request"'));
      assert.ok(kept.length < lines.length / 10);
      Deno.writeTextFileSync(journal, kept.join("\n"));
      const shorter = readRunFolder(dir);
      assert.deepEqual(shorter.problems, run.problems);
      assert.deepEqual(analysed({ ...shorter, run_id: run.run_id }), analysed(run));
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  });

  Deno.test(`${name}: the journal alone tells the same`, () => {
    const dir = Deno.makeTempDirSync();
    try {
      const besidesTrials = (from: string) => !from.includes(`${name}/trials`);
      cpSync(join(DATA, name), dir, { recursive: true, filter: besidesTrials });
      const journaled = readRunFolder(dir);
      assert.deepEqual(analysed({ ...journaled, run_id: run.run_id }), analysed(run));
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  });
}
