/** What the client is put to, and what it must reach there. */

export interface Scenario {
  name: string;
  users: number;
  requests: number;
  max_tokens: number;
  ttft_ms: number;
  gap_ms: number;
  /** `step`: all streams' tokens leave together, as an engine's do. */
  mode: "independent" | "step";
}

const A = { users: 100, requests: 1000, max_tokens: 100, ttft_ms: 50, gap_ms: 10 };
const B = { users: 1000, requests: 3000, max_tokens: 100, ttft_ms: 100, gap_ms: 20 };

/** More than one core of a client takes well: for its workers. */
const C = { users: 4000, requests: 8000, max_tokens: 100, ttft_ms: 200, gap_ms: 40 };

export const SCENARIOS: readonly Scenario[] = [
  { name: "A", mode: "independent", ...A },
  { name: "B", mode: "independent", ...B },
  { name: "A-step", mode: "step", ...A },
  { name: "B-step", mode: "step", ...B },
  { name: "C", mode: "independent", ...C },
];

export function describe({ users, requests, max_tokens, ttft_ms, gap_ms, mode }: Scenario): string {
  const per_s = 1000 / gap_ms;
  const how = mode === "step" ? "in steps" : "each at its own time";
  return `${users} streams × ${per_s} tok/s ${how}, TTFT ${ttft_ms} ms, ` +
    `${max_tokens} tokens, ${requests} requests`;
}

/** One client on one scenario: errors of what it reports against the server's log, and its cost. */
export interface Measured {
  /** Of the time from send to first token: size of the difference from the server's. */
  ttft_error_p50_ms: number;
  ttft_error_p99_ms: number;
  /** Of the mean gap between tokens, relative. */
  itl_error: number;
  /** Of each request's mean gap, relative: the mean size. */
  tpot_error: number;
  gap_p99_ms: number;
  /** What the client says itself, from its sends: the median first token and the median mean gap. */
  ttft_p50_ms: number;
  tpot_p50_ms: number;
  /** The same by the server's log, from when its kernel had each request. */
  true_ttft_p50_ms: number;
  true_tpot_p50_ms: number;
  /** How late tokens were stamped after the server had sent them. */
  lateness_p50_ms: number;
  lateness_p99_ms: number;
  /** Null when every request and token was counted; else what was not. */
  miscounted: string | null;
  tokens_per_s: number;
  /** While every user was at work, as a trial's throughput is told. */
  window_tokens_per_s: number;
  /** CPU time of the client from its first request to its last answer, for each token. */
  cpu_us_per_token: number;
  startup_cpu_s: number;
  peak_bytes: number;
  /** As for the client, of the server itself: how late it sent tokens, and the gaps it really made. */
  server_lateness_p50_ms: number;
  server_lateness_p99_ms: number;
  server_gap_p99_ms: number;
}

export type Metric = Exclude<keyof Measured, "miscounted"> | "cpu_ratio";

export interface Target {
  metric: Metric;
  least?: number;
  most?: number;
}

const FOR_ALL: Target[] = [
  { metric: "cpu_ratio", most: 2 },
  { metric: "startup_cpu_s", most: 2 },
  { metric: "peak_bytes", most: 250e6 },
];

/** What the project's client must reach, by scenario. */
export const TARGETS: Record<string, readonly Target[]> = {
  A: [
    { metric: "ttft_error_p50_ms", most: 0.2 },
    { metric: "ttft_error_p99_ms", most: 2 },
    { metric: "itl_error", most: 0.001 },
    { metric: "tpot_error", most: 0.001 },
    ...FOR_ALL,
  ],
  B: [
    { metric: "ttft_error_p50_ms", most: 1 },
    { metric: "ttft_error_p99_ms", most: 20 },
    { metric: "itl_error", most: 0.002 },
    { metric: "gap_p99_ms", most: 25 },
    { metric: "tokens_per_s", least: 47_000 },
    ...FOR_ALL,
  ],
};
