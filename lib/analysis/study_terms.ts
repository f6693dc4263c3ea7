/** What was fixed before a run: margins, primary metrics, and when it may end. */
import { plannedTrials } from "@/config/plan.ts";
import { DEFAULT_MARGINS, type Margins } from "@/config/use_case_schema.ts";
import type { UseCase } from "@/config/use_cases.ts";
import type { Manifest } from "@/records/manifest.ts";
import { levelValue } from "./load_axis.ts";
import { lookErrors } from "./statistics/alpha_spending.ts";
import type { SummaryRow } from "./summary_row.ts";

export interface StudyTerms {
  margins: Margins;
  use_cases: UseCase[];
  /** False for runs from before use cases were recorded: theirs are chosen by rule when read. */
  recorded: boolean;
  planned_blocks: number;
  /** Counts of blocks at which the run might end; null for the planned blocks alone. */
  looks: number[] | null;
}

/** The terms of a run. Runs from before they were recorded get defaults and say so. */
export function studyTerms({ plan, config }: Manifest, rows: readonly SummaryRow[]): StudyTerms {
  return {
    margins: config.benchmark.margins ?? DEFAULT_MARGINS,
    use_cases: plan.use_cases ?? byRule(rows),
    recorded: plan.use_cases !== undefined,
    planned_blocks: plannedTrials(plan).reduce((most, { block }) => Math.max(most, block), 0),
    looks: plan.looks ?? null,
  };
}

/** Output throughput at the highest load of each workload, as a config without use cases gets. */
function byRule(rows: readonly SummaryRow[]): UseCase[] {
  return [...Map.groupBy(rows, ({ workload }) => workload)].map(([workload, own]) => {
    const top = own.reduce((best, row) => levelValue(row) > levelValue(best) ? row : best);
    const metric = top.concurrency === null ? "ttft_ms_p50" : "output_tokens_per_s";
    return { name: workload, workload, metric, load: top.load, slo: null, target: 0.9 };
  });
}

/** The error that the comparisons may spend after `blocks`, and why they are no claim, if so. */
export function lookAt(
  { looks, planned_blocks }: StudyTerms,
  blocks: number,
): { level: number; unplanned: string | null } {
  const index = looks?.indexOf(blocks) ?? (blocks === planned_blocks ? 0 : -1);
  if (index < 0) {
    const planned = looks === null ? `${planned_blocks}` : `a look at ${looks.join(", ")}`;
    return { level: 0.95, unplanned: `${blocks} blocks were run, ${planned} were planned` };
  }
  return { level: looks === null ? 0.95 : 1 - lookErrors(looks)[index]!, unplanned: null };
}
