/** What the search of the tuned arm tried before a study, all of it, and what it chose. */
import type { Settings } from "@/config/settings.ts";

export interface TuningRecord {
  /** The run folder with the search's raw data, beside the study's. */
  run_id: string;
  /** What candidates were judged by. */
  use_case: string;
  workload: string;
  load: string;
  metric: string;
  /** Of its prompts and lengths. */
  seed: number;
  /** Prompts that only the search asked; empty where its workload makes up its own. */
  prompt_ids: string[];
  minutes_per_entry: number;
  /** In the order in which they ran. */
  candidates: CandidateRecord[];
  /** Tuned entries that searched nothing. */
  recipes: string[];
}

export interface CandidateRecord {
  /** As in the search's run folder, e.g. `vllm.2`. */
  name: string;
  entry: string;
  simulated: boolean;
  /** What a program called itself that only stood in for an engine. */
  stand_in?: string;
  settings: Settings;
  extra_args: string[];
  env: Record<string, string>;
  minutes: number;
  /** From its launch until the machine was free again. */
  spent_minutes: number;
  /** The metric of each round that ended; null where it counts for nothing, the reason in `left_out`. */
  rounds: (number | null)[];
  /** Why rounds count for nothing, one sentence for each kind. */
  left_out: string[];
  /** Median of the rounds; null where there is none. */
  value: number | null;
  /** Why it could not be chosen; null where it could. */
  why_not: string | null;
  chosen: boolean;
}
