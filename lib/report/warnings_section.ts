/** What a reader must know before trusting a number: invalid trials, failures, gaps, small samples. */
import { byLoad, levelValue } from "@/analysis/load_axis.ts";
import type { LoadPoint } from "@/config/load_point.ts";
import { fullSampleSize } from "@/config/plan.ts";
import type { Comparison, ComparisonGate } from "@/analysis/comparison_row.ts";
import { MEASURED_HERE, type SummaryRow } from "@/analysis/summary_row.ts";
import { counted, fixed, listed } from "@/analysis/number_text.ts";
import { clientWarnings } from "./client_section.ts";
import { entryWarnings } from "./entry_warnings.ts";
import type { Block, Section } from "./report_blocks.ts";
import { section } from "./report_blocks.ts";
import type { ReportInput } from "./report_input.ts";

/** Launches of each entry from which on a comparison is more than a first look. */
const ENOUGH_LAUNCHES = 5;

/** The warnings of a report, or the sentence that there are none. */
export function warningsSection(input: ReportInput): Section {
  const items = warningsOf(input);
  const blocks: Block[] = items.length === 0
    ? [{
      kind: "box",
      tone: "fine",
      items: ["None: every trial is valid, no request failed, nothing is missing."],
    }]
    : [{ kind: "box", tone: "warning", items }];
  return section("warnings", "Warnings", blocks);
}

/** Every warning, one sentence or two each, the gravest first. */
export function warningsOf(input: ReportInput): string[] {
  const compared = input.summary.filter(({ role }) => role === "compared");
  return [
    ...importedTrials(input.summary),
    ...notRun(input).map((text) => /not run/i.test(text) ? text : `Not run: ${text}`),
    ...verdictWarnings(compared, "INVALID"),
    ...unlike(input),
    ...measuredAgain(input),
    ...failedRequests(input.summary),
    ...input.problems.map((text) => `Problem in the data: ${text}`),
    ...failedLaunches(input),
    ...verdictWarnings(compared, "SUSPECT"),
    ...doubtful(input),
    ...entryWarnings(input),
    ...externalServers(input),
    ...smallRun(input),
    ...clientWarnings(input),
    ...conditions(input),
  ];
}

function notRun(input: ReportInput): string[] {
  return [...new Set([...input.not_run, ...input.manifests.flatMap((m) => m.not_run)])];
}

function verdictWarnings(summary: SummaryRow[], verdict: "INVALID" | "SUSPECT"): string[] {
  const found = summary.filter((row) => row.verdict === verdict);
  const pairs = found.flatMap((row) =>
    (row.reasons.length > 0 ? row.reasons : ["no reason was recorded"])
      .map((reason) => ({ row, reason }))
  );
  // Reasons carry the measured value; trials that differ only in it belong together.
  const groups = Map.groupBy(pairs, ({ reason }) => reason.replace(/\d+([.,]\d+)*/g, "#"));
  return [...groups.values()].map((members) => {
    const trials = new Set(members.map(({ row }) => row.trial_id)).size;
    const where = Map.groupBy(members, ({ row }) => nameOf(row));
    const places = [...where].map(([name, rows]) => {
      return `${name} at ${loadsText(rows.map(({ row }) => row))}`;
    });
    const example = members.length > 1 ? "for example: " : "";
    return `${verdict}, ${counted(trials, "trial")} of ${summary.length} (${
      places.join("; ")
    }): ${example}${members[0]!.reason}`;
  });
}

/** Pairs that did not do the same work. */
function unlike({ comparisons }: ReportInput): string[] {
  return gateWarnings(comparisons, "not comparable", "Not comparable");
}

/** Comparisons that a failed gate keeps from being a claim; those of no use case are none anyway. */
function doubtful({ comparisons }: ReportInput): string[] {
  const primary = comparisons.filter(({ use_cases }) => use_cases.length > 0);
  return gateWarnings(primary, "exploratory", "Exploratory only");
}

function gateWarnings(
  comparisons: readonly Comparison[],
  fails_to: ComparisonGate["fails_to"],
  word: string,
): string[] {
  const failed = comparisons.flatMap((row) =>
    row.gates.filter((gate) => !gate.pass && gate.fails_to === fails_to)
      .map((gate) => ({ row, gate }))
  );
  return [...Map.groupBy(failed, ({ gate }) => gate.gate)].map(([name, members]) => {
    const pairs = [...new Set(members.map(({ row }) => `${row.a} and ${row.b}`))];
    const { value, limit } = members[0]!.gate;
    return `${word}, ${counted(members.length, "comparison")} (${
      listed(pairs)
    }): ${name}: ${value}, limit ${limit}`;
  });
}

function measuredAgain({ summary }: ReportInput): string[] {
  const replaced = summary.filter(({ role }) => role === "replaced");
  if (replaced.length === 0) return [];
  const blocks = [...new Set(replaced.map(({ block }) => String(block)))];
  return [
    `Measured again: ${counted(replaced.length, "trial")} of block ${
      listed(blocks)
    }, since client or environment spoilt one of them; the first ones are shown and not compared.`,
  ];
}

function failedRequests(summary: SummaryRow[]): string[] {
  const groups = Map.groupBy(summary.filter((row) => row.failed > 0), nameOf);
  return [...groups].map(([name, rows]) => {
    const all = summary.filter((row) => nameOf(row) === name);
    const failed = rows.reduce((sum, row) => sum + row.failed, 0);
    const sent = all.reduce((sum, row) => sum + row.requests, 0);
    return `Failed requests: ${fixed(failed, 0)} of ${
      fixed(sent, 0)
    } of ${name}. They count as infinitely slow in its percentiles.`;
  });
}

function failedLaunches(input: ReportInput): string[] {
  return input.launches.filter((launch) => launch.outcome === "failed").map((launch) =>
    `Launch failed: ${launch.entry}${
      launch.simulated ? " (simulated)" : ""
    }, block ${launch.block}: ${launch.error ?? launch.exit ?? "no cause was recorded"}`
  );
}

function smallRun(input: ReportInput): string[] {
  const said: string[] = [];
  const own = input.levels.filter((row) => row.measured_by === MEASURED_HERE);
  const launches = own.map((row) => row.launches);
  const fewest = Math.min(...launches);
  if (launches.length > 0 && fewest < ENOUGH_LAUNCHES) {
    const most = Math.max(...launches);
    said.push(
      `Small run: ${
        fewest === most ? counted(fewest, "launch", "launches") : `${fewest} to ${most} launches`
      } of each entry (from ${ENOUGH_LAUNCHES} on the intervals become useful). Take the results as exploratory.`,
    );
  }
  const few = input.levels.filter((row) =>
    row.launches > 0 && row.concurrency !== null &&
    row.requests / row.launches < fullSampleSize(row.concurrency)
  );
  if (few.length > 0) {
    said.push(
      `Few requests at ${
        loadsText(few)
      }: fewer than the larger of 20 and 10 for each user in every launch, so percentiles there are rough.`,
    );
  }
  return said;
}

function conditions(input: ReportInput): string[] {
  const said: string[] = [];
  const { manifests } = input;
  for (const { run_id, config_notes, git, pinning, imported } of manifests) {
    const where = manifests.length > 1 ? ` (${run_id})` : "";
    said.push(
      ...config_notes.map((note) => `${imported ? "Imported" : "Config"}${where}: ${note}`),
    );
    if (git?.dirty) {
      said.push(
        `The project had uncommitted changes${where}, so its commit does not say everything.`,
      );
    }
    if (pinning.server_cores === null && !imported) {
      said.push(
        `Server and client shared the processor's cores${where}, so each may have slowed the other.${
          pinning.note === null ? "" : ` ${pinning.note}`
        }`,
      );
    }
  }
  const own = manifests.filter((manifest) => !manifest.imported);
  const machines = new Set(own.map((m) => `${m.machine.gpu ?? ""} ${m.machine.cpu}`));
  if (machines.size > 1) said.push("The runs come from different machines.");
  return said;
}

/** Loads by family, e.g. `1 and 8 concurrent` or `poisson 4/s`. */
function loadsText(rows: LoadPoint[]): string {
  const families = Map.groupBy(rows.toSorted(byLoad), ({ load_family }) => load_family);
  return listed(
    [...families].flatMap(([family, points]) => {
      const levels = [...new Set(points.map((point) => String(levelValue(point))))];
      return family === "closed"
        ? [`${listed(levels)} concurrent`]
        : [...new Set(points.map(({ load }) => load))];
    }),
  );
}

function nameOf(row: SummaryRow): string {
  return row.simulated ? `${row.engine} (simulated)` : row.engine;
}

/** A server that was not relaunched cannot show how much launches differ. */
function externalServers(input: ReportInput): string[] {
  const names = [
    ...new Set(input.summary.filter(({ kind }) => kind === "external").map((row) => row.engine)),
  ];
  if (names.length === 0) return [];
  return [
    `${
      listed(names)
    } ran already and was not started anew for each block: the interval says how much passes over one ` +
    "running server differ, not how much launches do.",
  ];
}

/** Another tool's numbers never stand here without its name. */
function importedTrials(summary: SummaryRow[]): string[] {
  const rows = summary.filter(({ measured_by }) => measured_by !== MEASURED_HERE);
  if (rows.length === 0) return [];
  const tools = [...new Set(rows.map(({ measured_by }) => measured_by))];
  return [
    `Imported, measured by ${listed(tools)}: ${
      counted(rows.length, "trial")
    } of ${summary.length}. This project saw neither servers nor requests; comparisons are exploratory at most. What each file cannot tell stands under “Imported results”.`,
  ];
}
