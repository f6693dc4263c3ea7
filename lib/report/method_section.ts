/** How the numbers came about and how to get them again. */
import { stringify } from "yaml";
import { METRICS } from "@/analysis/metrics.ts";
import { counted } from "@/analysis/number_text.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { LaunchRecord } from "@/records/trial_record.ts";
import { section, textCell, textColumn } from "./report_blocks.ts";
import type { Block, Section } from "./report_blocks.ts";
import type { ReportInput } from "./report_input.ts";

const RULES = [
  "Closed loop: each of C users sends its next request as soon as its last one has ended. Latency counts from that moment (the scheduled start), so delay inside the client is not hidden. Where a server closes the connection after an answer, the user counts as free once the next connection is open; the trial record counts these.",
  "Window: from the first measured send until fewer than C requests are in flight for the first time. Throughput uses the window; latency uses every measured request, both without the start-up.",
  "Start-up: the window begins anew where the output tokens of each second and TTFT in the order of the sends have settled (MSER-5, and a fifth more), whichever is later; where that cuts anything, not before every user had an answer. A start counts only where it moves the mean rate by 3 % or the mean TTFT by 6 % and stands out of noise. Where too little would be left, nothing is cut and the trial is SUSPECT. The trial's record says what was cut and why.",
  "Warm-up: before the window, requests from other prompts are sent and left out of every metric.",
  "Launches: each block starts every entry afresh. A launch is the unit of replication, so a table's value is the median of the launches' own values. Block 0, where there is one, fills compile caches and is never compared.",
  "Comparisons: log ratios inside blocks. Two entries: the paired t interval. More: pooled residuals with Tukey's studentised range over all pairs, or per-pair t with Bonferroni where variances differ more than threefold. Ties go by two one-sided tests. A ratio says how many times as good the first is, for latencies too.",
  "Verdicts: better when the interval lies beyond the margin, a small edge when it only leaves out 1, a tie when it lies inside the margin, else inconclusive. A claim needs a primary metric that was fixed before the run, five blocks, planned looks and passed gates; everything else is exploratory.",
  "Failures: a server's failure is its outcome and counts as infinite latency and no throughput. A block that client or environment spoilt for one entry is dropped for all and run again once.",
  "Failed requests stay in the count of requests. Token counts come from the server's usage field, never from counting events.",
  "A launch's p50, p90 and p99 are shown only from 6, 36 and 368 requests on; a p99 over all launches needs 368 requests and 100 in each.",
];

const OPEN_RULES = [
  "Open loop: requests are sent at times that were drawn from a seed before the run, the same for every entry of a block, whether or not earlier ones have been answered. The draws are stored with the run and not rescaled. Latency counts from the schedule, so a request that leaves late is not flattered.",
  "Window of an open loop: from the first to the last scheduled time. Throughput is what arrived in it; latency uses every measured request without the start-up, and all are waited for. No load comes after the last request, so the last ones may be answered a little faster than under load.",
  "Capped: no more than so many requests at once; the others wait, and their wait counts. This is neither an open nor a closed loop.",
  "Over-saturated: requests in flight and TTFT both rise over the trial (Mann-Kendall, p < 0.01). Then no tail is given, since it tells how long the trial was.",
];

/** Rules, definitions, commands and configuration. */
export function methodSection(input: ReportInput): Section {
  const runs = input.manifests;
  const open = input.summary.some(({ concurrency }) => concurrency === null);
  const rules = open ? [...RULES, ...OPEN_RULES] : RULES;
  const configuration = [...runs.flatMap(configBlocks), ...launchCommands(input.launches)];
  const apart: Block[] = runs.some(({ imported }) => imported)
    ? [{
      kind: "paragraph",
      text:
        "These rules are kept by this project's own runs. What holds for imported trials stands under “Imported results”.",
    }]
    : [];
  return section("method", "Method", [...apart, {
    kind: "list",
    items: [...rules, ...clientRule(runs), ...workersRule(runs)],
  }], [
    section("definitions", "Definitions", [{ kind: "table", table: definitions() }]),
    section("reproduce", "How to reproduce", runs.flatMap(reproduceBlocks)),
    ...(configuration.length === 0
      ? []
      : [section("configuration", "Configuration and commands", configuration)]),
  ]);
}

const TRANSPORTS = {
  socket: "the project's own HTTP/1.1 reader on a TCP socket",
  undici: "undici",
};

/** Over what the requests of this project's runs went; those that do not say are older than the choice. */
function clientRule(runs: Manifest[]): string[] {
  const used = runs.filter(({ imported }) => !imported)
    .flatMap(({ transport }) => Object.values(transport ?? { all: ["undici" as const] }).flat());
  if (used.length === 0) return [];
  const names = [...new Set(used)].map((name) => TRANSPORTS[name]);
  return [
    `Client: one kept-alive connection a user, over ${
      names.join(" or ")
    }. Each read is stamped when it returns; what it says is worked out after the answer has ended.`,
  ];
}

/** How many threads sent the loads, and why; runs that do not say had one. */
function workersRule(runs: Manifest[]): string[] {
  const choices = runs.flatMap(({ workers }) => workers ?? []);
  if (choices.length === 0) return [];
  if (choices.every(({ count }) => count === 1)) {
    const reasons = [...new Set(choices.map(({ load, why }) => `${load}: ${why}`))];
    return [`One thread of the client sends every load (${reasons.join("; ")}).`];
  }
  const told = choices.map(({ load, count, why }) =>
    `${load}: ${counted(count, "worker")}, ${why}`
  );
  return [
    `Workers: the client's users or arrivals are divided over threads of equal standing, each with connections and an event loop of its own; their raw records are merged on one clock, checked to 1 ms, and of their health the worst counts. ${
      [...new Set(told)].join("; ")
    }.`,
  ];
}

function definitions() {
  return {
    id: "metric-definitions",
    caption: "What each metric is",
    columns: ["Metric", "Column", "Unit", "Better", "Definition"].map(textColumn),
    rows: Object.values(METRICS).map((metric) => [
      textCell(metric.label),
      textCell(metric.name),
      textCell(metric.unit),
      textCell(metric.better),
      textCell(metric.definition),
    ]),
  };
}

function reproduceBlocks(manifest: Manifest): Block[] {
  const { git, argv, plan, run_id } = manifest;
  if (manifest.imported) return reimportBlocks(manifest);
  const words = argv[0] === undefined || argv[0].startsWith("-") ? ["bench", ...argv] : argv;
  const lines = [
    ...(git === null ? [] : [`git checkout ${git.commit}`]),
    `npx -y deno@${manifest.versions["deno"] ?? "2.9.6"} task ${commandText(words)}`,
  ];
  return [
    {
      kind: "paragraph",
      text:
        `Run ${run_id}: seed ${plan.seed} decides the order of entries, the prompts and the output lengths, so the same config asks the same things. Speed itself depends on the machine.`,
    },
    { kind: "code", language: "sh", text: lines.join("\n") },
    ...nextBlocks(manifest),
  ];
}

/** Studies that answer what this one could not. */
function nextBlocks({ config }: Manifest): Block[] {
  const items = Object.entries(config.next ?? {}).map(([file, why]) =>
    `deno task bench --config ${file}: ${why}`
  );
  if (items.length === 0) return [];
  return [
    { kind: "paragraph", text: "What this study leaves open, the next ones answer:" },
    { kind: "list", items },
  ];
}

/** The measuring itself can only be done again with the tool that did it. */
function reimportBlocks({ run_id, argv }: Manifest): Block[] {
  return [{
    kind: "paragraph",
    text:
      `Run ${run_id} was imported: its numbers come from other tools' files, whose names and checksums stand above. The same files give the same run folder:`,
  }, { kind: "code", language: "sh", text: `deno task ${commandText(argv)}` }];
}

function configBlocks(manifest: Manifest): Block[] {
  if (manifest.imported) return [];
  return [{
    kind: "details",
    summary: `Config of ${manifest.run_id} (${manifest.config_name}), defaults filled in`,
    blocks: [{ kind: "code", language: "yaml", text: stringify(manifest.config).trimEnd() }],
  }];
}

function launchCommands(launches: LaunchRecord[]): Block[] {
  const first = [...Map.groupBy(launches, (launch) => launch.entry).values()]
    .map((members) => members[0]!).filter((launch) => launch.argv.length > 0);
  if (first.length === 0) return [];
  return [{
    kind: "details",
    summary: "Command of each entry's first launch (folders shortened)",
    blocks: [{
      kind: "code",
      language: "sh",
      text: first.map((launch) =>
        `# ${launch.entry}${launch.simulated ? " (simulated)" : ""}\n${commandText(launch.argv)}`
      ).join("\n"),
    }],
  }];
}

/** Arguments as one line; folders are shortened, so that a shared report names no one's home. */
function commandText(argv: string[]): string {
  return argv.map((word) => word.replace(/(^|[=:,])(?:\/[^/\s,:=]+)+\/(?=[^/\s]+)/g, "$1…/"))
    .map((word) => /^[\w@%+=:,./…-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
    .join(" ");
}
