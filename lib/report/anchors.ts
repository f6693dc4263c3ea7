/** Where in the page things stand, so that sentences can link to what they rest on. */
import type { Evidence } from "@/analysis/advice_sentence.ts";
import { COMPARED } from "@/analysis/compared_metrics.ts";
import type { Recommendation } from "@/analysis/recommendation.ts";
import { figureId, type FigureOptions } from "@/figures/figure.ts";
import { ratioForestName } from "@/figures/ratio_forest.ts";
import type { ReportLink } from "./report_blocks.ts";
import type { ReportInput } from "./report_input.ts";

/** One group of tables and figures: kind of engines, workload, family of loads. */
export interface Place {
  simulated: boolean;
  /** Undefined where the report has one workload for this kind. */
  workload: string | undefined;
  /** Undefined for closed loops. */
  family: string | undefined;
}

/** Where the rows of a workload and family stand. */
export function placeOf(
  input: ReportInput,
  { simulated, workload, load_family }: {
    simulated: boolean;
    workload: string;
    load_family: string;
  },
): Place {
  const own = input.levels.filter((row) => row.simulated === simulated);
  const several = new Set(own.map((row) => row.workload)).size > 1;
  return {
    simulated,
    workload: several ? workload : undefined,
    family: load_family === "closed" ? undefined : load_family,
  };
}

/** The options by which figures of a place get their ids and titles. */
export function figureOptions({ simulated, workload, family }: Place): FigureOptions {
  return {
    idPrefix: simulated ? "simulated" : "real",
    ...(workload === undefined ? {} : { workload }),
    ...(family === undefined ? {} : { family }),
  };
}

/** The id of a section or table of a place. */
export function placeId({ simulated, workload, family }: Place, name: string): string {
  return [simulated ? "simulated" : "real", workload, family, name].filter(Boolean).join("-")
    .replace(/[^A-Za-z0-9_]+/g, "-");
}

/** Links to the evidence of a recommendation's sentence. */
export function evidenceLinks(
  input: ReportInput,
  { simulated, pairs, use_case }: Recommendation,
  evidence: readonly Evidence[],
): ReportLink[] {
  const { load_family } = pairs[0]!;
  const place = placeOf(input, { simulated, workload: use_case.workload, load_family });
  return evidence.map((each): ReportLink => {
    switch (each.kind) {
      case "ratios": {
        const metric = drawnMetric(input, each.metric, simulated);
        return metric === null ? { text: "all comparisons", target: placeId(place, "verdicts") } : {
          text: `ratios of ${COMPARED[metric].label}`,
          target: figureId(figureOptions(place), ratioForestName(metric)),
        };
      }
      case "numbers":
        return { text: "numbers", target: placeId(place, "table") };
      case "comparisons":
        return { text: "all comparisons", target: placeId(place, "verdicts") };
      case "gates":
        return { text: "gates", target: "warnings" };
      case "setup":
        return { text: "set-up", target: "setup" };
      case "config":
        return { text: "configuration", target: "configuration" };
    }
  });
}

/** Null where no ratio of it is bounded, so that it has no figure. */
function drawnMetric(
  { comparisons }: ReportInput,
  metric: keyof typeof COMPARED,
  simulated: boolean,
): keyof typeof COMPARED | null {
  const drawn = comparisons.some((row) =>
    row.metric === metric && row.simulated === simulated && row.ratio !== null
  );
  return drawn ? metric : null;
}
