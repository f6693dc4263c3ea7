/** Two entries at one load, compared over paired blocks: the row behind every verdict. */
import type { LoadPoint } from "@/config/load_point.ts";
import type { ComparedMetric } from "./compared_metrics.ts";
import type { PairResult } from "./pairwise.ts";
import type { Gate } from "./summary_row.ts";

/** One check of a comparison, as data. */
export interface ComparisonGate extends Omit<Gate, "fails_to"> {
  /** What a failed gate makes of the comparison. */
  fails_to: "exploratory" | "not comparable";
}

/** What a comparison takes over from its pair as it is. */
type FromPair = Pick<
  PairResult,
  | "a"
  | "b"
  | "method"
  | "also_tie"
  | "winner"
  | "s_d"
  | "blocks_needed"
  | "p"
  | "p_adjusted"
  | "p_holm"
  | "failed_a"
  | "failed_b"
  | "both_failed"
>;

export interface Comparison extends LoadPoint, FromPair {
  run_id: string;
  /** Real and simulated engines are never compared with each other. */
  simulated: boolean;
  workload: string;
  metric: ComparedMetric;
  /** Use cases whose verdict rests on this metric at this load. */
  use_cases: string[];
  /** Confirmatory: primary metric fixed before the run, every gate passed, five blocks or more. */
  claim: "confirmatory" | "exploratory";
  /** Why it is no claim; empty for a confirmatory one. */
  exploratory_because: string[];
  verdict: PairResult["verdict"] | "not comparable";
  /** Medians of the metric over the blocks that both have, in its unit; null where most launches failed. */
  median_a: number | null;
  median_b: number | null;
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
  /** Blocks of fresh launches that both have; of passes over a running server where one is external. */
  blocks: number;
  unit: "launches" | "passes" | "imported repeats";
  /** Blocks lost to client or environment, for every entry. */
  lost_blocks: number;
  gates: ComparisonGate[];
  sentence: string;
}
