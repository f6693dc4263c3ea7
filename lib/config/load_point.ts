/** How a trial's load is offered: by so many users (closed loop), or on a schedule (open loop). */

/** C users, each sending its next request when its last answer has ended. */
export interface ClosedLoad {
  mode: "closed";
  concurrency: number;
  /** Users start one after the other, spread evenly over so many seconds; at once if absent. */
  ramp_s?: number;
  /** Mean of the exponential pause of a user before its next request; none if absent. */
  think_ms?: number;
}

/** Requests sent at times that were drawn before the run, whatever the server does. */
export type OpenLoad = ArrivalProcess & {
  /** Their number; absent where the duration decides. */
  requests?: number;
  duration_s?: number;
  /** No more than so many at once; the others wait. A third model, neither open nor closed: "capped". */
  max_in_flight?: number;
};

export type ArrivalProcess =
  /** Equal gaps. */
  | { mode: "constant"; rate_per_s: number }
  /** Exponential gaps. */
  | { mode: "poisson"; rate_per_s: number }
  /** Gamma gaps of that shape: CV² = 1 / burstiness, so 1 is Poisson and less comes in bursts. */
  | { mode: "gamma"; rate_per_s: number; burstiness: number }
  /** Poisson, its rate constant within each step. */
  | { mode: "steps"; steps: { rate_per_s: number; duration_s: number }[] }
  /** Poisson, its rate going evenly from one value to the other. */
  | { mode: "ramp"; from_per_s: number; to_per_s: number; duration_s: number }
  /** Times, and lengths if it has them, of a recorded trace; they are multiplied by the time scale. */
  | { mode: "trace"; name: string; file: string; time_scale: number; limit?: number };

export type Load = ClosedLoad | OpenLoad;

/** The columns by which trials are grouped, in every table and on every axis. */
export interface LoadPoint {
  /** One load in words, e.g. `closed 8`, `poisson 4/s`, `gamma 4/s, burstiness 0.25`. */
  load: string;
  /** What points on one axis share: the load without its level, e.g. `closed`, `poisson`. */
  load_family: string;
  /** Users of a closed loop; null in an open one. */
  concurrency: number | null;
  /** Planned requests a second, over the planned list; null in a closed loop. */
  offered_requests_per_s: number | null;
}

/** The columns of a closed loop without pauses. */
export function closedPoint(concurrency: number): LoadPoint {
  return loadPointOf({ load: { mode: "closed", concurrency }, concurrency });
}

/** A planned trial's columns. */
export function loadPointOf(
  { load, concurrency, offered_requests_per_s }: {
    load: Load;
    concurrency: number | null;
    offered_requests_per_s?: number | null;
  },
): LoadPoint {
  return {
    load: loadLabel(load),
    load_family: loadFamily(load),
    concurrency,
    offered_requests_per_s: offered_requests_per_s ?? null,
  };
}

/** A load in words. */
export function loadLabel(load: Load): string {
  return [`${load.mode} ${levelOf(load)}`, ...manner(load)].join(", ") + cap(load);
}

/** A load in words, without its level. */
export function loadFamily(load: Load): string {
  const named = load.mode === "trace" ? `trace ${load.name}` : load.mode;
  return [named, ...manner(load)].join(", ") + cap(load);
}

/** A load as part of a file's name. */
export function loadSlug(load: Load): string {
  if (load.mode === "closed") return `c${load.concurrency}`;
  return loadLabel(load).replaceAll("/s", "").replace(/[^A-Za-z0-9.]+/g, "-");
}

/** Whether users start one after the other. */
export function startsInTurn(load: Load): boolean {
  return load.mode === "closed" && load.ramp_s !== undefined;
}

function levelOf(load: Load): string {
  switch (load.mode) {
    case "closed":
      return String(load.concurrency);
    case "steps":
      return `${load.steps.map(({ rate_per_s }) => rate_per_s).join("-")}/s`;
    case "ramp":
      return `${load.from_per_s} to ${load.to_per_s}/s`;
    case "trace":
      return load.name;
    default:
      return `${load.rate_per_s}/s`;
  }
}

function manner(load: Load): string[] {
  if (load.mode === "closed") {
    return load.think_ms === undefined ? [] : [`thinking ${load.think_ms} ms`];
  }
  if (load.mode === "gamma") return [`burstiness ${load.burstiness}`];
  return load.mode === "trace" && load.time_scale !== 1 ? [`time × ${load.time_scale}`] : [];
}

function cap(load: Load): string {
  return load.mode === "closed" || load.max_in_flight === undefined
    ? ""
    : ` capped at ${load.max_in_flight}`;
}
