/** All that the analysis finds in one run: rows, comparisons, recommendations and advice. */
import type { Manifest } from "@/records/manifest.ts";
import type { RunData } from "@/records/run_folder.ts";
import { accuracyFindings, withoutWorse, worseEntries } from "./accuracy.ts";
import { type Advice, adviceOf } from "./advice.ts";
import { compareEntries, evidenceOf } from "./comparison.ts";
import type { Comparison } from "./comparison_row.ts";
import { levelRows } from "./levels.ts";
import { compareMaxLoads } from "./max_load.ts";
import { type Recommendation, recommendations } from "./recommendation.ts";
import { type StudyTerms, studyTerms } from "./study_terms.ts";
import { summarize } from "./summary.ts";
import type { LevelRow, SummaryRow } from "./summary_row.ts";

export interface RunFindings {
  terms: StudyTerms;
  summary: SummaryRow[];
  levels: LevelRow[];
  comparisons: Comparison[];
  recommendations: Recommendation[];
  advice: Advice[];
}

/** The findings of `run`; `named` may rename entries, so that those of several runs differ. */
export function runFindings(
  run: RunData,
  named: <R extends { engine: string }>(row: R) => R = (row) => row,
): RunFindings {
  const { manifest, requests } = run;
  const summary = inConfigOrder(summarize(run), manifest).map(named);
  const levels = levelRows(summary, requests);
  const terms = studyTerms(manifest, summary);
  const compared = summary.filter(({ role }) => role === "compared");
  const accuracy = accuracyFindings(manifest, run.accuracy ?? []);
  const worse = [...worseEntries(accuracy)].map(([engine, why]) =>
    [named({ engine }).engine, why] as const
  );
  const comparisons = withoutWorse([
    ...compareEntries(compared, terms, requests),
    ...compareMaxLoads(compared, evidenceOf(compared, terms, requests)),
  ], new Map(worse));
  const all = recommendations({
    use_cases: terms.use_cases,
    comparisons,
    levels,
    price_per_hour: manifest.config.hardware?.price_per_hour ?? null,
  });
  // Imported results without repeats stand side by side; there is no advice in that.
  const found = all.filter(({ finding }) => !manifest.imported || finding !== "not comparable");
  const advice = found.map((each) => adviceOf(each, manifest));
  return { terms, summary, levels, comparisons, recommendations: found, advice };
}

/** The config's first entry is the one that others are compared with, whatever ran first. */
export function inConfigOrder<R extends { engine: string }>(
  rows: R[],
  { config }: Manifest,
): R[] {
  const entries = Object.keys(config.engines);
  return rows.toSorted((a, b) => entries.indexOf(a.engine) - entries.indexOf(b.engine));
}
