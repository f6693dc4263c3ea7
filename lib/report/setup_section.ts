/** What was measured, where and with what. */
import { agreementText } from "@/analysis/agreement.ts";
import { loadLabel } from "@/config/load_point.ts";
import { plannedLoads } from "@/config/planned_loads.ts";
import { workloadText } from "@/config/workload_lengths.ts";
import { givesLengths } from "@/config/workload_schema.ts";
import { counted, fixed, listed } from "@/analysis/number_text.ts";
import type { Manifest } from "@/records/manifest.ts";
import { capacityBlocks } from "./capacity_table.ts";
import { importedFacts } from "./imported_section.ts";
import type { Section } from "./report_blocks.ts";
import { section } from "./report_blocks.ts";
import type { ReportInput } from "./report_input.ts";

/** The facts of each run; several runs stand below each other. */
export function setupSection(input: ReportInput): Section {
  const runs = input.manifests.map((manifest) => ({
    kind: "facts" as const,
    facts: [...factsOf(manifest), ...agreementFacts(input, manifest.run_id)],
  }));
  const title = "What was measured, and where";
  const capacity = capacityBlocks(input.startups);
  if (runs.length === 1) return section("setup", title, [...runs, ...capacity]);
  return section(
    "setup",
    title,
    capacity,
    input.manifests.map(({ run_id }, i) => section(`setup-${i + 1}`, run_id, [runs[i]!])),
  );
}

function factsOf(manifest: Manifest): [string, string][] {
  if (manifest.imported) return importedFacts(manifest, manifest.imported);
  const { config, machine, git, pinning } = manifest;
  const entries = Object.entries(config.engines);
  const facts: [string, string][] = [
    [
      "Engine entries",
      listed(
        entries.map(([name, entry]) =>
          `${name} (${entry.kind}${
            entry.kind === "simulated" ? `, wire format ${entry.wire}` : ""
          })`
        ),
      ),
    ],
    ["Replicas", replicasText(manifest)],
    ["Model", modelText(manifest)],
    ["Load", loadText(manifest)],
    [
      "Blocks",
      blocksText(manifest),
    ],
    ["Lengths in tokens", lengthsText(manifest)],
    [
      "Prompts",
      `${manifest.prompts.name}, ${counted(manifest.prompts.count, "prompt")}, sha256 ${
        manifest.prompts.sha256.slice(0, 12)
      }`,
    ],
    [
      Object.values(config.engines).some(({ kind }) => kind === "external")
        ? "Machine of the client"
        : "Machine",
      `${machine.gpu === null ? "no GPU" : machine.gpu}; ${machine.cpu}, ${
        counted(machine.cores, "core")
      }, ${fixed(machine.memory_bytes / 2 ** 30, 1)} GiB; ${machine.os}`,
    ],
    [
      "Cores",
      pinning.server_cores === null
        ? "not pinned"
        : `servers on ${pinning.server_cores}, client on ${pinning.client_cores ?? "any"}`,
    ],
    ["GPU telemetry", manifest.telemetry?.gpu ?? ""],
    ["Versions", Object.entries(manifest.versions).map(([k, v]) => `${k} ${v}`).join(", ")],
    ["Date", manifest.created_at.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC")],
    ["Commit", git === null ? "not known" : `${git.commit}${git.dirty ? " with changes" : ""}`],
  ];
  return facts.filter(([, value]) => value !== "");
}

/** Workloads that give lengths, in words; empty where all ask prompts of the prompts file. */
function lengthsText({ config }: Manifest): string {
  return Object.entries(config.workloads).flatMap(([name, workload]) => {
    const text = workloadText(workload, config.benchmark);
    return text === null ? [] : [`${name}: ${text}`];
  }).join("; ");
}

/** Whether entries of one model began their answers alike: what was seen, no verdict. */
function agreementFacts({ agreements }: ReportInput, run_id: string): [string, string][] {
  const found = agreements.get(run_id) ?? [];
  return found.length === 0
    ? []
    : [["Agreement of the first tokens", found.map(agreementText).join("; ")]];
}

function blocksText({ config, plan }: Manifest): string {
  if (isSearch(plan)) {
    const launches = counted(plan.launches.length, "launch", "launches");
    return `none; ${launches} of one entry, the last ones to confirm what was found`;
  }
  const rounds = plan.launches.flatMap(({ trials }) => trials).filter(({ round }) => round);
  if (rounds.length > 0) {
    return `none; each candidate launched once, ${counted(rounds.length, "round")} in all`;
  }
  const external = Object.entries(config.engines).filter(([, { kind }]) => kind === "external");
  const launched = plan.launches.filter(({ entry }) => config.engines[entry]!.kind !== "external");
  const running = external.length === 0
    ? ""
    : `; ${listed(external.map(([name]) => name))} ran already and was only asked again`;
  const afresh = launched.length === 0
    ? "in its own order"
    : `launches every entry afresh, in its own order, ${
      counted(launched.length, "launch", "launches")
    } in all`;
  return `${config.benchmark.blocks}; each ${
    launched.length === 0 ? "asks every entry " : ""
  }${afresh}${running}`;
}

/** Which servers stand behind an entry, and which levels are too small to reach them all. */
function replicasText({ config }: Manifest): string {
  return Object.entries(config.engines).flatMap(([name, entry]) => {
    const urls = entry.kind === "external" ? [entry.base_url].flat() : [];
    if (urls.length < 2) return [];
    const few = config.benchmark.concurrency_levels.filter((users) => users < urls.length);
    const idle = few.length === 0
      ? ""
      : `; at ${listed(few.map(String))} ${
        few.length === 1 && few[0] === 1 ? "user" : "users"
      } not all of them are used`;
    return [`${name}: users in turn on ${listed(urls)}${idle}`];
  }).join("; ");
}

function modelText({ models }: Manifest): string {
  const served = Map.groupBy(Object.entries(models), ([, model]) => model);
  const each = [...served].map(([model, entries]) =>
    `${model} (${listed(entries.map(([name]) => name))})`
  );
  return each.join("; ");
}

function isSearch(plan: Manifest["plan"]): boolean {
  return plan.launches.some(({ trials }) => trials.some(({ probe }) => probe !== undefined));
}

function loadText({ config, plan }: Manifest): string {
  const { benchmark } = config;
  const free = Object.values(config.engines).some(({ ignore_eos }) => !ignore_eos);
  const requests = benchmark.requests_per_level === "auto"
    ? "the larger of 20 and 10 for each user"
    : fixed(benchmark.requests_per_level, 0);
  const given = Object.values(config.workloads).every(givesLengths);
  const length = given
    ? "output lengths of the workloads"
    : benchmark.output_length === "fixed"
    ? `${free ? "at most " : ""}${fixed(benchmark.max_tokens, 0)} output tokens each`
    : `${free ? "at most " : ""}80 to 100 % of ${
      fixed(benchmark.max_tokens, 0)
    } output tokens each`;
  const levels = benchmark.concurrency_levels;
  const closed = levels.length === 0 ? [] : [
    `closed loop at ${listed(levels.map(String))} concurrent requests`,
    `measured requests of each trial: ${requests}`,
  ];
  const open = plannedLoads(config).filter(({ mode }) => mode !== "closed").map(loadLabel);
  if (isSearch(plan)) {
    const { start_rate_per_s, max_rate_per_s, n_max } = benchmark.search!;
    return `a search: Poisson from ${start_rate_per_s} up to ${max_rate_per_s} requests/s, ` +
      `at most ${n_max} requests a rate; ${length}`;
  }
  return [
    ...closed,
    ...(benchmark.ramp_s === undefined ? [] : [`users start over ${benchmark.ramp_s} s`]),
    ...(benchmark.think_ms === undefined
      ? []
      : [`each pauses ${benchmark.think_ms} ms on average before its next request`]),
    ...(open.length === 0 ? [] : [`on a schedule: ${listed(open)}`]),
    length,
  ].join("; ");
}
