/** What a study costs in hours and money, and what it can resolve, before either is spent. */
import type { Plan, PlannedTrial } from "@/config/plan.ts";
import type { Config } from "@/config/schema.ts";
import { perPairDesign, pooledDesign } from "@/analysis/statistics/interval_design.ts";
import { resolvableDifference, tiePower } from "@/analysis/statistics/power.ts";
import { usesGpu } from "@/engines/engine.ts";

/** Method note 0b M, for three engines on one H100. */
const PROFILES = [
  { name: "screen", what: "chat, 3 blocks", hours: 1.5 },
  { name: "decide", what: "chat and RAG, 6 blocks", hours: 7.5 },
  { name: "full", what: "five workloads, 6 blocks", hours: 22 },
] as const;
const PROFILE_ENGINES = 3;

/** Assumed, not measured: the load of 60 GB of weights with graphs, and a busy server's step. */
const START_MINUTES = 4;
const TOKEN_MS = 25;

/** Assumed spreads of a pair's log ratios over blocks, since none is known before the run. */
const SPREADS = [0.01, 0.02, 0.05];
/** What a user cares about (method note 0b E). */
const MARGINS = { "throughput and TPOT": 0.05, "TTFT": 0.1 };

/** Hours of GPU time and their price; empty where no entry computes on a GPU. */
export function renderCost(config: Config, plan: Plan): string {
  const entries = Object.values(config.engines).filter(usesGpu).length;
  if (entries === 0) return "";
  const { price_per_hour: price, price_currency: currency = "USD" } = config.hardware;
  const money = (hours: number) =>
    price === undefined ? "" : `, ${(hours * price).toFixed(0)} ${currency}`;
  const told = (hours: number) => `${hours.toFixed(1)} h${money(hours)}`;
  const profiles = PROFILES.map(({ name, what, hours }) =>
    `  ${name}  ${told(hours * entries / PROFILE_ENGINES)} (${what})`
  );
  const priced = price === undefined
    ? "; set hardware.price_per_hour for its price"
    : ` at ${price} ${currency} an hour`;
  return [
    `time of the machine for ${entries} ${entries === 1 ? "entry" : "entries"} on a GPU${priced}:`,
    `  this study  ${
      told(studyHours(plan, config))
    }, assuming ${START_MINUTES} minutes a start and ` +
    `${TOKEN_MS} ms a token`,
    ...profiles,
  ].join("\n");
}

/** Starts, and waves of requests of the level's users at the assumed speed. */
function studyHours({ launches }: Plan, { engines }: Config): number {
  const own = launches.filter(({ entry }) => usesGpu(engines[entry]!));
  const ms = own.flatMap(({ trials }) => trials).reduce((sum, trial) => sum + trialMs(trial), 0);
  return own.length * START_MINUTES / 60 + ms / 3_600_000;
}

/** Waves of a closed loop's users, or as long as an open loop's schedule takes. */
function trialMs(trial: PlannedTrial): number {
  const { requests, warmup_requests, concurrency, max_tokens, output_length } = trial;
  const sent = requests + warmup_requests;
  if (concurrency === null) return 1000 * sent / (trial.offered_requests_per_s ?? Infinity);
  const tokens = max_tokens * (output_length === "varied" ? 0.9 : 1);
  return sent / concurrency * tokens * TOKEN_MS;
}

/** The true differences that the planned blocks show as "better", at assumed spreads. */
export function renderResolution(config: Config): string {
  const { blocks } = config.benchmark;
  const entries = Object.keys(config.engines).length;
  if (entries < 2) return "";
  if (blocks < 2) return "what it can resolve: nothing, since an interval needs 2 blocks";
  const design = entries === 2 ? perPairDesign(blocks, 1) : pooledDesign(blocks, entries);
  const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
  const lines = Object.entries(MARGINS).flatMap(([metric, margin]) =>
    SPREADS.map((sd) => {
      const input = { design, sd, margin };
      return `  ${metric}, launches that spread by ${percent(sd)}: ${
        percent(resolvableDifference(input))
      }; a true tie is shown in ${percent(tiePower(input))}`;
    })
  );
  return [
    `what ${blocks} blocks of ${entries} entries can resolve: the true difference that is called ` +
    `"better" in 80 % of such studies, beyond the margin (${
      Object.entries(MARGINS).map(([metric, margin]) => `${metric} ${percent(margin)}`).join(", ")
    })`,
    ...lines,
    ...(blocks < 5 ? ["  with fewer than 5 blocks all of it is exploratory"] : []),
  ].join("\n");
}
