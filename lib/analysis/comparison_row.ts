/** Two entries at one load, compared over paired blocks: the row behind every verdict. */
import type { LoadPoint } from "@/config/load_point.ts";
import type { ComparedMetric } from "./compared_metrics.ts";
import type { PairMethod } from "./pair_intervals.ts";
import type { Gate } from "./summary_row.ts";
import type { Verdict } from "./verdict.ts";

/** One check of a comparison, as data. */
export interface ComparisonGate extends Omit<Gate, "fails_to"> {
  /** What a failed gate makes of the comparison. */
  fails_to: "exploratory" | "not comparable";
}

export interface Comparison extends LoadPoint {
  run_id: string;
  /** Real and simulated engines are never compared with each other. */
  simulated: boolean;
  workload: string;
  metric: ComparedMetric;
  a: string;
  b: string;
  /** Use cases whose verdict rests on this metric at this load. */
  use_cases: string[];
  /** Confirmatory: primary metric fixed before the run, every gate passed, five blocks or more. */
  claim: "confirmatory" | "exploratory";
  /** Why it is no claim; empty for a confirmatory one. */
  exploratory_because: string[];
  verdict: Verdict["verdict"] | "not comparable";
  /** Which side "better" and "small edge" name. */
  winner: "a" | "b" | null;
  also_tie: boolean;
  /** How many times as good a is as b, for latencies too; null without a bounded one. */
  ratio: number | null;
  /** Ends of the simultaneous interval of the ratio; 0 and null where failures leave it open. */
  low: number | null;
  high: number | null;
  /** The 1 − 2α interval of the tests for a tie. */
  tie_low: number | null;
  tie_high: number | null;
  /** 0.05: differences below 5 % do not matter. */
  margin: number;
  /** Simultaneous level of the interval: 0.95, or more at an early look. */
  level: number;
  method: PairMethod;
  /** Blocks of fresh launches that both have; of passes over a running server where one is external. */
  blocks: number;
  unit: "launches" | "passes" | "imported repeats";
  /** Blocks lost to client or environment, for every entry. */
  lost_blocks: number;
  /** Standard deviation of the log ratios over blocks. */
  s_d: number | null;
  /** Blocks for a half-width below half the margin. */
  blocks_needed: number | null;
  p: number | null;
  p_adjusted: number | null;
  /** Holm over all pairs of this metric at this load. */
  p_holm: number | null;
  /** Blocks in which one side's server failed and the other's did not, and both did. */
  failed_a: number;
  failed_b: number;
  both_failed: number;
  gates: ComparisonGate[];
  sentence: string;
}
