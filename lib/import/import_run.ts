/** Several foreign levels become one run: entries, blocks, plan and manifest. */
import { basename } from "node:path";
import type { Plan, PlannedTrial } from "@/config/plan.ts";
import { configSchema } from "@/config/schema.ts";
import type { ImportedTrial } from "@/records/imported_trial.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { ForeignTrial } from "./foreign_trial.ts";
import type { FileProblem } from "./import_problem.ts";

/** A level with the name of its entry, as the user or the file gives it. */
export interface NamedTrial {
  entry: string;
  /** The user named it; else the file did. */
  given: boolean;
  tool: string;
  trial: ForeignTrial;
}

export interface ImportedRun {
  manifest: Manifest;
  /** Each level under its trial's name. */
  trials: (NamedTrial & { planned: PlannedTrial })[];
}

const WORKLOAD = "imported";
/** Mean lengths that differ by more than this factor are not the same work. */
const SAME_LENGTH = 1.1;

interface RunFacts {
  run_id: string;
  argv: string[];
  /** Files that were left out. */
  problems: readonly FileProblem[];
  now: Date;
}

/**
 * The run of `given`, in their order. The same entry, tool and level once more is a further block; a
 * name that files of several tools bear is told apart by them.
 */
export function importedRun(
  given: readonly NamedTrial[],
  about: RunFacts,
): ImportedRun {
  const named = withToolNames(given);
  const seen = new Map<string, number>();
  const trials = named.map((one) => {
    const level = `${one.entry} ${one.trial.concurrency}`;
    const block = (seen.get(level) ?? 0) + 1;
    seen.set(level, block);
    return { ...one, planned: plannedOf(one, block) };
  });
  return { manifest: manifestOf(trials, about), trials };
}

function withToolNames(trials: readonly NamedTrial[]): NamedTrial[] {
  const entries = Map.groupBy(trials, ({ entry }) => entry);
  return trials.map((one) => {
    const members = entries.get(one.entry)!;
    // A name that the user gave is kept for the files that they gave it to.
    const rivals = one.given ? members.filter(({ given }) => given) : members;
    return rivals.every(({ tool, given }) => tool === one.tool && given === one.given)
      ? one
      : { ...one, entry: `${one.entry}-${one.tool}` };
  });
}

/** A name that an entry may have, out of a name of a model or an engine. */
export function entryName(text: string): string {
  const name = text.split("/").at(-1)!.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[._-]+/, "");
  return name === "" ? WORKLOAD : name;
}

function plannedOf({ entry, trial }: NamedTrial, block: number): PlannedTrial {
  const launch_id = `b${block}-${entry}`;
  return {
    trial_id: `${launch_id}-${WORKLOAD}-c${trial.concurrency}`,
    launch_id,
    entry,
    kind: WORKLOAD,
    simulated: false,
    workload: WORKLOAD,
    load: { mode: "closed", concurrency: trial.concurrency },
    concurrency: trial.concurrency,
    block,
    requests: trial.sent,
    warmup_requests: 0,
    max_tokens: 0,
    output_length: "fixed",
    ignore_eos: false,
    prompt_seed: 0,
  };
}

type Trials = ImportedRun["trials"];

function planOf(trials: Trials): Plan {
  const launches = Map.groupBy(trials, ({ planned }) => planned.launch_id);
  return {
    seed: 0,
    launches: [...launches].map(([launch_id, members]) => {
      const { entry, block } = members[0]!.planned;
      return { launch_id, entry, block, trials: members.map(({ planned }) => planned) };
    }),
  };
}

function manifestOf(trials: Trials, { run_id, argv, problems, now }: RunFacts): Manifest {
  const entries = new Map(trials.map(({ entry, trial }) => [entry, trial]));
  const blocks = Math.max(...trials.map(({ planned }) => planned.block));
  const levels = [...new Set(trials.map(({ trial }) => trial.concurrency))].sort((a, b) => a - b);
  // The defaults of a study, for readers that look at it; what was measured is in `imported`.
  const config = configSchema.parse({
    model: { name: trials[0]!.trial.model },
    engines: Object.fromEntries(
      [...entries].map(([name, { url, model }]) => [name, {
        kind: "external",
        base_url: publicUrl(url) ?? "http://not-in-the-file",
        model,
      }]),
    ),
    workloads: { [WORKLOAD]: {} },
    benchmark: { concurrency_levels: levels, blocks, warmup_requests: 0 },
  });
  return {
    form: 1,
    run_id,
    created_at: now.toISOString(),
    config_name: "none, imported",
    config,
    config_notes: [
      ...problems.map(({ path, sentence }) =>
        `${sentence.replace(path, () => basename(path))}; so it was left out`
      ),
      ...lengthNotes(trials),
    ],
    plan: planOf(trials),
    not_run: [],
    prompts: { name: "not known, imported", sha256: "", count: 0 },
    argv,
    git: null,
    machine: { cpu: "machine not known", cores: 0, memory_bytes: 0, os: "not known", gpu: null },
    versions: { deno: Deno.version.deno },
    models: Object.fromEntries([...entries].map(([name, { model }]) => [name, model])),
    pinning: { server_cores: null, client_cores: null, note: null },
    imported: trials.map(importedOf),
  };
}

/** Without user, password, query and fragment, which may hold a secret; null if there is none. */
function publicUrl(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const { protocol, host, pathname } = new URL(url);
  return /^https?:$/.test(protocol) ? `${protocol}//${host}${pathname}`.replace(/\/$/, "") : null;
}

function importedOf({ planned, trial }: Trials[number]): ImportedTrial {
  const { measured_by, files, said, limits, reported, numbers, model } = trial;
  const url = publicUrl(trial.url);
  return {
    trial_id: planned.trial_id,
    measured_by,
    files: files.map(({ name, sha256 }) => ({ name, sha256 })),
    said: [
      ["Model", model],
      ...(url === null ? [] : [["Server", url] as [string, string]]),
      ...said,
    ],
    limits,
    reported,
    ...(numbers === null ? {} : { numbers }),
  };
}

/** Entries that were asked for answers of different lengths did not do the same work. */
function lengthNotes(trials: Trials): string[] {
  const levels = Map.groupBy(trials, ({ trial }) => trial.concurrency);
  return [...levels].flatMap(([concurrency, members]) =>
    (["prompt_tokens", "output_tokens"] as const).flatMap((key) => {
      const means = members.map(({ entry, trial }) => ({
        entry: `${entry} (${trial.files[0]!.name})`,
        mean: meanOf(trial, key),
      }))
        .filter((one): one is { entry: string; mean: number } => one.mean !== null);
      const low = means.toSorted((a, b) => a.mean - b.mean)[0];
      const high = means.toSorted((a, b) => b.mean - a.mean)[0];
      if (!low || !high || high.mean <= SAME_LENGTH * low.mean) return [];
      const what = key === "prompt_tokens" ? "prompts" : "answers";
      return [
        `at ${concurrency} concurrent the ${what} have ${
          low.mean.toFixed(0)
        } tokens in the mean for ${low.entry} and ${
          high.mean.toFixed(0)
        } for ${high.entry}: this is not the same work`,
      ];
    })
  );
}

function meanOf({ requests, numbers }: ForeignTrial, key: "prompt_tokens" | "output_tokens") {
  if (requests === null) {
    const sum = numbers?.[key] ?? null;
    return sum === null || !numbers ? null : sum / Math.max(1, numbers.requests - numbers.failed);
  }
  const counts = requests.map((request) => request[key]).filter((count) => count !== null);
  return counts.length === 0 ? null : counts.reduce((a, b) => a + b, 0) / counts.length;
}
