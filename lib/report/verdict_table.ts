/** Every comparison as a row: ratio, interval, p, verdict and what it is worth. */
import { COMPARED } from "@/analysis/compared_metrics.ts";
import type { Comparison } from "@/analysis/comparison_row.ts";
import { levelValue, loadText } from "@/analysis/load_axis.ts";
import { fixed, ratioText } from "@/analysis/number_text.ts";
import {
  numberCell,
  numberColumn,
  type ReportTable,
  textCell,
  textColumn,
} from "./report_blocks.ts";

/** The rows in the order of metric, pair and load. */
export function verdictTable(rows: readonly Comparison[], id: string, said: string): ReportTable {
  return {
    id,
    caption:
      `All comparisons${said}, with medians over the compared launches. A ratio says how many times as good the first is; intervals hold together over all pairs of a metric at a load. A claim is what a use case was fixed for before the run and no gate forbids; all else is exploratory.`,
    columns: [
      textColumn("Metric"),
      numberColumn("Load"),
      textColumn("First"),
      textColumn("Second"),
      numberColumn("Ratio", "above 1: first better"),
      numberColumn("Margin", "%"),
      numberColumn("Blocks", "launches of each"),
      numberColumn("p", "Holm"),
      numberColumn("s_d", "%, of log ratios"),
      textColumn("Verdict"),
      textColumn("Worth"),
    ],
    rows: rows.map((row) => [
      textCell(COMPARED[row.metric].label),
      { ...textCell(loadText(row)), sort: levelValue(row) },
      { ...textCell(row.a), note: medianNote(row.metric, row.median_a) },
      { ...textCell(row.b), note: medianNote(row.metric, row.median_b) },
      { ...numberCell(ratioText(row.ratio), row.ratio), note: intervalNote(row) },
      numberCell(fixed(100 * row.margin, 1), row.margin),
      { ...numberCell(String(row.blocks), row.blocks), note: blockNote(row) },
      { ...numberCell(pText(row.p_holm), row.p_holm), note: row.method },
      numberCell(fixed(row.s_d === null ? null : 100 * row.s_d, 1), row.s_d),
      textCell(verdictWords(row)),
      { ...textCell(row.claim), note: whyNote(row) },
    ]),
  };
}

/** What the caption says of all rows is not said again in each. */
function whyNote({ use_cases, exploratory_because }: Comparison): string | null {
  return use_cases.length === 0 ? null : exploratory_because.join("; ") || null;
}

function medianNote(metric: Comparison["metric"], median: number | null): string | null {
  const { unit, decimals } = COMPARED[metric];
  return median === null ? null : `${fixed(median, decimals)} ${unit}`;
}

function intervalNote({ low, high, verdict }: Comparison): string | null {
  if (verdict === "not comparable") return null;
  return `${ratioText(low)} to ${high === null ? "unbounded" : ratioText(high)}`;
}

function blockNote({ lost_blocks, failed_a, failed_b, both_failed }: Comparison): string | null {
  const notes = [
    [lost_blocks, "lost"],
    [failed_a, "first failed"],
    [failed_b, "second failed"],
    [both_failed, "both failed"],
  ].filter(([count]) => count !== 0).map(([count, what]) => `${count} ${what}`);
  return notes.length === 0 ? null : notes.join(", ");
}

function verdictWords({ verdict, winner, a, b, also_tie }: Comparison): string {
  const word = verdict.replace("_", " ");
  const named = winner === null ? word : `${word}: ${winner === "a" ? a : b}`;
  return also_tie ? `${named}, and tie` : named;
}

function pText(p: number | null): string {
  return p === null ? "–" : p < 0.0001 ? "< 0.0001" : fixed(p, 4);
}
