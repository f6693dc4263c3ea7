/** What a plan can resolve, told before the hours are spent (method note 0b C). */
import { lookErrors } from "@/analysis/statistics/alpha_spending.ts";
import {
  type IntervalDesign,
  perPairDesign,
  pooledDesign,
} from "@/analysis/statistics/interval_design.ts";
import { resolvableDifference, tiePower } from "@/analysis/statistics/power.ts";
import { COMPARED } from "@/analysis/compared_metrics.ts";
import { FEWEST_BLOCKS } from "@/analysis/verdict.ts";
import { plannedBlocks } from "@/config/plan.ts";
import type { Config } from "@/config/schema.ts";
import { useCases } from "@/config/use_cases.ts";

/** Assumed standard deviations of a pair's log ratios over blocks. */
const SPREADS = [0.01, 0.02, 0.05];

/** Lines about primary metrics, margins, and what blocks and entries can show. */
export function resolutionText(config: Config): string {
  const cases = useCases(config).map(({ name, workload, metric, load }) =>
    `  ${name}: ${COMPARED[metric].words} at ${load}, workload ${workload}`
  );
  return [
    "verdicts rest on (everything else is exploratory):",
    ...cases,
    ...groupsOf(config).flatMap(({ name, entries }) => resolutionOf(config, name, entries)),
  ].join("\n");
}

/** Real and simulated entries are never compared with each other. */
function groupsOf({ engines }: Config): { name: string; entries: number }[] {
  const all = Object.values(engines);
  const simulated = all.filter(({ kind }) => kind === "simulated").length;
  return [
    { name: "real", entries: all.length - simulated },
    { name: "simulated", entries: simulated },
  ].filter(({ entries }) => entries > 1);
}

function resolutionOf(config: Config, name: string, entries: number): string[] {
  const { looks, margins } = config.benchmark;
  const blocks = plannedBlocks(config);
  if (blocks < 2) {
    return [`${blocks} block of ${entries} ${name} entries shows nothing: no interval`];
  }
  const at = looks ?? [blocks];
  const levels = looks === undefined ? [0.95] : lookErrors(looks).map((error) => 1 - error);
  const lines = at.flatMap((k, i) => {
    const level = levels[i]!;
    // Ties go by two one-sided tests, which is the 1 − 2α interval.
    const designs = [designFor(k, entries, level), designFor(k, entries, 2 * level - 1)] as const;
    const few = k < FEWEST_BLOCKS ? ` (exploratory: fewer than ${FEWEST_BLOCKS})` : "";
    const head = `${k} blocks of ${entries} ${name} entries${few} resolve, if log ratios spread by`;
    return [head, ...SPREADS.map((sd) => lineFor(designs, sd, margins))];
  });
  return lines;
}

function designFor(k: number, entries: number, level: number): IntervalDesign {
  return entries === 2 ? perPairDesign(k, 1, level) : pooledDesign(k, entries, level);
}

function lineFor(
  [design, narrow]: readonly [IntervalDesign, IntervalDesign],
  sd: number,
  margins: Config["benchmark"]["margins"],
): string {
  const parts = [
    ["throughput", margins.throughput_percent],
    ["TPOT", margins.tpot_percent],
    ["TTFT", margins.ttft_percent],
  ] as const;
  const byMargin = Map.groupBy(parts, ([, percent]) => percent);
  const said = [...byMargin].map(([percent, of]) => {
    const margin = percent / 100;
    const difference = 100 * resolvableDifference({ design, sd, margin });
    const tie = 100 * tiePower({ design: narrow, sd, margin });
    const names = of.map(([name]) => name).join(", ");
    return `${names} (margin ${percent} %): better from a true ${
      difference.toFixed(1)
    } %, a true tie in ${tie.toFixed(0)} %`;
  });
  return `  ${(100 * sd).toFixed(0)} %: ${said.join("; ")}`;
}
