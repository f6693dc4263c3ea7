/** What must hold around a trial: cold cache, cool and unshared GPU, nothing set back. */
import type { Gate } from "./summary_row.ts";
import type { TelemetryColumns } from "./telemetry_summary.ts";

export interface Conditions {
  /** Share of prompt tokens that the server said it found in its cache; null where it does not say. */
  cached_share: number | null;
  told: TelemetryColumns;
  /** The config allows other tenants on the GPU that this entry uses. */
  shared_gpu: boolean;
}

/** Unique first lines leave only the chat template's own tokens to be found in a cache. */
const MOST_CACHED = 0.05;

/** What is not told passes, and the value says that it was not told. */
export function conditionGates(conditions: Conditions): Gate[] {
  return [
    cacheCold(conditions),
    notThrottled(conditions),
    preemption(conditions),
    tenants(conditions),
  ];
}

function cacheCold({ cached_share, told }: Conditions): Gate {
  const shares = [cached_share, told.prefix_hit_share].filter((share) => share !== null);
  const most = shares.length === 0 ? null : Math.max(...shares);
  return {
    gate: "cache cold",
    value: most === null ? "not told" : `${(100 * most).toFixed(1)} % of prompt tokens from cache`,
    limit: `at most ${100 * MOST_CACHED} %`,
    pass: most === null || most <= MOST_CACHED,
    cause: "plan",
    fails_to: "SUSPECT",
  };
}

function notThrottled({ told: { throttled_share } }: Conditions): Gate {
  return {
    gate: "throttling",
    value: throttled_share === null
      ? "not told"
      : `${
        (100 * throttled_share).toFixed(1)
      } % of samples slowed by heat, hardware or power brake`,
    limit: "0 %",
    pass: throttled_share === null || throttled_share === 0,
    cause: "environment",
    fails_to: "INVALID",
  };
}

function preemption({ told: { preemptions } }: Conditions): Gate {
  return {
    gate: "preemption",
    value: preemptions === null ? "not told" : `${preemptions} requests set back`,
    limit: "0",
    pass: preemptions === null || preemptions === 0,
    cause: "server",
    fails_to: "SUSPECT",
  };
}

function tenants({ shared_gpu }: Conditions): Gate {
  return {
    gate: "other tenants",
    value: shared_gpu ? "allowed on this GPU by the config" : "none allowed, or no GPU used",
    limit: "none",
    pass: !shared_gpu,
    cause: "environment",
    fails_to: "SUSPECT",
  };
}
