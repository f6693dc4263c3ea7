/** What is known of a trial that another tool measured and whose result file was imported. */

export interface ImportedTrial {
  trial_id: string;
  /** The tool with its version where its file tells one, e.g. `AIPerf 0.13.0`. */
  measured_by: string;
  /** Names of the files it was read from, without folders, and their SHA-256. */
  files: { name: string; sha256: string }[];
  /** Facts that the file tells of itself, such as the tool's command line. */
  said: [label: string, value: string][];
  /** What the file cannot tell or tells differently, a sentence each. */
  limits: string[];
  /** Key numbers as the tool printed them, under its own names. */
  reported: ReportedNumber[];
  /** Of a file without single requests: its numbers whose definition is this project's. */
  numbers?: ImportedNumbers;
}

/** A number under the tool's own name and definition. */
export interface ReportedNumber {
  name: string;
  value: number;
  unit: string;
  /** What the tool means by it, as far as it differs from this project's metric. */
  meaning: string;
}

/** Columns of the summary that a file of percentiles can fill. */
export interface ImportedNumbers {
  requests: number;
  failed: number;
  prompt_tokens: number | null;
  output_tokens: number | null;
  ttft_from_send_ms_p50: number | null;
  tpot_ms_p50: number | null;
  tpot_ms_p90: number | null;
  tpot_ms_p99: number | null;
}
