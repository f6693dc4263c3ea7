/** What a study costs in hours and money, before they are spent. */
import type { Plan, PlannedTrial } from "@/config/plan.ts";
import type { Config } from "@/config/schema.ts";
import type { Tuning } from "@/config/tuning.ts";
import { usesGpu } from "@/engines/engine.ts";

/** Method note 0b M, for three engines on one H100. */
const PROFILES = [
  { name: "screen", what: "chat, 3 blocks", hours: 1.5 },
  { name: "decide", what: "chat and RAG, 6 blocks", hours: 7.5 },
  { name: "full", what: "five workloads, 6 blocks", hours: 22 },
] as const;
const PROFILE_ENGINES = 3;

/** Assumed, not measured: the load of 60 GB of weights with graphs, and a busy server's step. */
export const START_MINUTES = 4;
const TOKEN_MS = 25;

/** Hours of GPU time and their price; empty where no entry computes on a GPU. */
export function renderCost(config: Config, plan: Plan, tuning: Tuning | null = null): string {
  const entries = Object.values(config.engines).filter(usesGpu).length;
  if (entries === 0) return "";
  const { price_per_hour: price, price_currency: currency = "USD" } = config.hardware;
  const told = (hours: number) => timeAndMoney(hours, config);
  const profiles = PROFILES.map(({ name, what, hours }) =>
    `  ${name}  ${told(hours * entries / PROFILE_ENGINES)} (${what})`
  );
  const priced = price === undefined
    ? "; --price or hardware.price_per_hour gives its price"
    : ` at ${price} ${currency} an hour`;
  const assumed = `assuming ${START_MINUTES} minutes a start and ${TOKEN_MS} ms a token`;
  return [
    `time of the machine for ${entries} ${entries === 1 ? "entry" : "entries"} on a GPU${priced}:`,
    ...searchCost(config, tuning).map((hours) => `  the search before it  ${told(hours)}`),
    `  this study  ${told(studyHours(plan, config))}, ${assumed}`,
    ...profiles,
  ].join("\n");
}

/** Hours of the machine that the study takes with its search, and their price where it is known. */
export function costInShort(config: Config, plan: Plan, tuning: Tuning | null): string {
  const search = searchCost(config, tuning).reduce((sum, hours) => sum + hours, 0);
  return `about ${timeAndMoney(search + studyHours(plan, config), config)}`;
}

function timeAndMoney(hours: number, { hardware }: Config): string {
  const { price_per_hour: price, price_currency: currency = "USD" } = hardware;
  const money = price === undefined ? "" : `, ${(hours * price).toFixed(0)} ${currency}`;
  return `${hours.toFixed(1)} h${money}`;
}

/** Hours of the search on a GPU, as the config budgets them; none where there is no search. */
function searchCost({ engines }: Config, tuning: Tuning | null): number[] {
  if (tuning === null) return [];
  const own = tuning.candidates.filter(({ entry }) => usesGpu(engines[entry]!));
  const minutes = own.reduce((sum, each) => sum + each.minutes, 0);
  return minutes === 0 ? [] : [minutes / 60];
}

/** Starts, and waves of requests of the level's users at the assumed speed. */
function studyHours({ launches }: Plan, { engines }: Config): number {
  const own = launches.filter(({ entry }) => usesGpu(engines[entry]!));
  const ms = own.flatMap(({ trials }) => trials).reduce((sum, trial) => sum + trialMs(trial), 0);
  return own.length * START_MINUTES / 60 + ms / 3_600_000;
}

/** Waves of a closed loop's users at the assumed speed, or as long as an open loop's schedule takes. */
export function trialMs(trial: PlannedTrial): number {
  const { requests, warmup_requests, concurrency, max_tokens, output_length } = trial;
  const sent = requests + warmup_requests;
  if (concurrency === null) return 1000 * sent / (trial.offered_requests_per_s ?? Infinity);
  const tokens = max_tokens * (output_length === "varied" ? 0.9 : 1);
  return sent / concurrency * tokens * TOKEN_MS;
}
