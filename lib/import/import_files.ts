/** Result files of other tools into a run folder. One bad file loses nothing of the others. */
import { basename } from "node:path";
import { createRunFolder, type RunFolder } from "@/records/run_folder.ts";
import { type FileProblem, ImportProblem } from "./import_problem.ts";
import { entryName, type ImportedRun, importedRun, type NamedTrial } from "./import_run.ts";
import { readTrials } from "./readers.ts";
import { readSource, type SourceFile } from "./source_file.ts";
import { trialRecords } from "./trial_records.ts";

/** A file to import and the entry that its levels belong to; null takes the name from the file. */
export interface FileToImport {
  path: string;
  entry: string | null;
}

export interface ImportOptions {
  output: string;
  /** A tool of `READERS`; null recognises it from the content. */
  tool: string | null;
  /** Users of a file that does not tell. */
  concurrency: number | null;
  argv: string[];
  now: Date;
}

export interface ImportResult {
  /** Null when no file could be read; then nothing was written. */
  run: ImportedRun | null;
  /** Each file that was left out. */
  problems: FileProblem[];
}

/** Reads all `files`, then writes the run folder `output`. */
export async function importFiles(
  files: readonly FileToImport[],
  options: ImportOptions,
): Promise<ImportResult> {
  const { named, problems } = readAll(files, options);
  if (named.length === 0) return { run: null, problems };
  const { output, argv, now } = options;
  const run = importedRun(named, { run_id: basename(output), argv, problems, now });
  using folder = createRunFolder(output, run.manifest);
  const at = now.toISOString();
  folder.journal.append({ type: "run", state: "started", at });
  for (const one of run.trials) await writeTrial(folder, one);
  folder.journal.append({ type: "run", state: "finished", at });
  folder.journal.sync();
  return { run, problems };
}

function readAll(files: readonly FileToImport[], options: ImportOptions) {
  const named: NamedTrial[] = [];
  const problems: FileProblem[] = [];
  const taken = new Map<string, string>();
  for (const { path, entry } of files) {
    try {
      const { tool, trials } = readTrials(readSource(path), options);
      // A level whose other file was named before has been read with it.
      const fresh = trials.filter(({ files: [first] }) => !taken.has(first!.sha256));
      if (fresh.length === 0 && isSameAgain(trials[0]!.files, path, taken)) {
        problems.push(problemOf(path, new ImportProblem("was given twice; it is taken once")));
      }
      named.push(
        ...fresh.map((trial) => ({
          entry: entryName(entry ?? trial.engine),
          given: entry !== null,
          tool,
          trial,
        })),
      );
      for (const { files: [first] } of trials) taken.set(first!.sha256, first!.path);
    } catch (error) {
      if (!(error instanceof ImportProblem)) throw error;
      problems.push(problemOf(path, error));
    }
  }
  return { named, problems };
}

function problemOf(path: string, { message }: ImportProblem): FileProblem {
  return { path, sentence: `${path}${message.startsWith(":") ? "" : " "}${message}` };
}

/** A level's second file is no mistake; the same content once more is. */
function isSameAgain(read: SourceFile[], path: string, taken: Map<string, string>): boolean {
  const [first] = read;
  return first!.path === path && (taken.get(first!.sha256) !== path || read.length === 1);
}

async function writeTrial(
  folder: RunFolder,
  { trial, planned }: ImportedRun["trials"][number],
): Promise<void> {
  const { trial_id, launch_id } = planned;
  const { records, window } = trialRecords(trial.requests ?? [], trial_id, trial.concurrency);
  const sink = folder.openTrial(trial_id);
  for (const record of records) sink.append(record);
  folder.journal.append({
    type: "trial",
    trial_id,
    launch_id,
    outcome: "finished",
    started_at: trial.started_at ?? "not known",
    window_start_ms: window?.start_ms ?? null,
    window_end_ms: window?.end_ms ?? null,
    client: null,
    memory: null,
    error: null,
  });
  await sink.finish();
}
