/** The comparison of one group of engines: table, then figures. Real and simulated never mix. */
import { loadAxis } from "@/analysis/load_axis.ts";
import type { Comparison } from "@/analysis/comparison_row.ts";
import type { LevelRow } from "@/analysis/summary_row.ts";
import type { LoadPoint } from "@/config/load_point.ts";
import type { Figure, FigureOptions } from "@/figures/figure.ts";
import { latencyByConcurrency } from "@/figures/latency_by_concurrency.ts";
import { memory } from "@/figures/memory.ts";
import { entryStyles } from "@/figures/palette.ts";
import { ratioForest } from "@/figures/ratio_forest.ts";
import { throughputScaling } from "@/figures/throughput_scaling.ts";
import { counted } from "@/analysis/number_text.ts";
import { figureOptions, type Place, placeId, placeOf } from "./anchors.ts";
import { realTitle, SIMULATED_NOTE } from "./answer_section.ts";
import { levelTable } from "./level_table.ts";
import { verdictTable } from "./verdict_table.ts";
import type { Block, Section } from "./report_blocks.ts";
import { section } from "./report_blocks.ts";
import { serverSections } from "./server_section.ts";
import type { ReportInput } from "./report_input.ts";

const LATENCIES = ["ttft_ms", "tpot_ms", "e2e_ms"] as const;

/** One section for real and one for simulated engines, where there are any. */
export function comparisonSections(input: ReportInput): Section[] {
  return [false, true].flatMap((simulated) => {
    const levels = input.levels.filter((row) => row.simulated === simulated);
    if (levels.length === 0) return [];
    const comparisons = input.comparisons.filter((row) => row.simulated === simulated);
    const name = simulated ? "simulated" : "real";
    const workloads = [...new Set(levels.map((row) => row.workload))];
    const styles = entryStyles(levels.map((row) => row.engine));
    const cells = workloads.flatMap((workload) =>
      familiesOf(levels.filter((row) => row.workload === workload))
        .map((family) => ({ workload, family }))
    );
    const parts = cells.flatMap(({ workload, family }) => {
      const place = placeOf(input, { simulated, workload, load_family: family });
      const options: FigureOptions = { ...figureOptions(place), styles };
      const of = (row: LoadPoint & { simulated: boolean; workload: string }) =>
        row.simulated === simulated && row.workload === workload && row.load_family === family;
      return workloadParts(
        levels.filter(of),
        comparisons.filter(of),
        {
          summary: input.summary.filter(of),
          server_times: input.server_times.filter(of),
          timelines: input.timelines.filter(of),
        },
        options,
        place,
      );
    });
    const title = `Comparison of ${simulated ? "simulated engines" : realTitle(levels)}`;
    const blocks: Block[] = simulated ? [{ kind: "paragraph", text: SIMULATED_NOTE }] : [];
    return [section(`comparison-${name}`, title, blocks, parts)];
  });
}

/** Closed loops first; points of different families never share a table or an axis. */
function familiesOf(levels: LevelRow[]): string[] {
  const families = [...new Set(levels.map((row) => row.load_family))];
  return families.sort((a, b) => Number(b === "closed") - Number(a === "closed"));
}

function workloadParts(
  levels: LevelRow[],
  comparisons: Comparison[],
  told: Parameters<typeof serverSections>[0],
  options: FigureOptions,
  place: Place,
): Section[] {
  const said = [
    options.workload === undefined ? "" : `, workload ${options.workload}`,
    options.family === undefined ? "" : `, ${options.family}`,
    levels[0]!.simulated ? " (simulated)" : "",
  ].join("");
  const id = (name: string) => placeId(place, name);
  const figures = (title: string, name: string, made: (Figure | null)[]) => {
    const drawn = made.filter((figure) => figure !== null);
    return drawn.length === 0
      ? []
      : [section(id(name), `${title}${said}`, [{ kind: "figures", figures: drawn }])];
  };
  return [
    section(id("table"), `Numbers by ${loadAxis(levels).name}${said}`, [
      { kind: "table", table: levelTable(levels, comparisons, id("levels"), said) },
    ]),
    ...figures(
      "Ratios with intervals",
      "ratios",
      [...new Set(comparisons.map(({ metric }) => metric))].map((metric) =>
        ratioForest(comparisons, metric, options)
      ),
    ),
    ...(comparisons.length === 0 ? [] : [
      section(id("verdicts"), `All comparisons${said}`, [{
        kind: "details",
        summary: `${counted(comparisons.length, "comparison")}, each with its interval and verdict`,
        blocks: [{ kind: "table", table: verdictTable(comparisons, id("verdict-rows"), said) }],
      }]),
    ]),
    ...figures("Latency, throughput and memory", "figures", [
      ...LATENCIES.map((metric) => latencyByConcurrency(levels, metric, options)),
      throughputScaling(levels, options),
      memory(levels, options),
    ]),
    ...serverSections(told, options, said),
  ];
}
