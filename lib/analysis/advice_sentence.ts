/** One sentence of advice and where it can be checked. */
import type { ComparedMetric } from "./compared_metrics.ts";

/** Where a sentence can be checked. */
export type Evidence =
  | { kind: "ratios"; metric: ComparedMetric }
  | { kind: "numbers" | "comparisons" | "setup" | "gates" | "config" };

export interface AdviceSentence {
  about: "answer" | "conditions" | "would change" | "cost" | "next";
  text: string;
  evidence: Evidence[];
}
