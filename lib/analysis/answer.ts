/** The few sentences that answer the question of a run. */
import { levelValue } from "./load_axis.ts";
import type { Comparison } from "./summary_row.ts";

export interface AnswerSentence {
  simulated: boolean;
  text: string;
}

/**
 * For each group (real, simulated), workload and family of loads: throughput at the highest level and,
 * where there is only one pair, what that costs or gains in median TTFT and TPOT there, and throughput
 * at the lowest level. Open loops begin with median TTFT instead. Real engines come first.
 */
export function answer(comparisons: readonly Comparison[]): AnswerSentence[] {
  const groups = Map.groupBy(
    comparisons,
    ({ simulated, workload, load_family }) => JSON.stringify([simulated, workload, load_family]),
  );
  return [...groups.values()]
    .sort(([a], [b]) => Number(a!.simulated) - Number(b!.simulated))
    .flatMap((group) =>
      chosen(group).map(({ simulated, sentence }) => ({
        simulated,
        text: simulated ? `Simulated: ${sentence}` : sentence,
      }))
    );
}

const CLOSED_METRICS = ["output_tokens_per_s", "ttft_ms_p50", "tpot_ms_p50"] as const;
const OPEN_METRICS = ["ttft_ms_p50", "tpot_ms_p50", "output_tokens_per_s"] as const;

function chosen(group: Comparison[]): Pick<Comparison, "simulated" | "sentence">[] {
  if (group.every(({ imported, verdict }) => imported && verdict === "not comparable")) {
    const sentence =
      "The imported results stand side by side and are not compared: no two entries " +
      "have 2 repeats with a usable value at the same number of users.";
    return [{ simulated: false, sentence }];
  }
  const levels = group.map(levelValue);
  const [lowest, highest] = [Math.min(...levels), Math.max(...levels)];
  const pick = (metric: Comparison["metric"], level: number) =>
    group.filter((each) => each.metric === metric && levelValue(each) === level);
  // A server that keeps up with a schedule gives the tokens that the schedule asks for.
  const open = group.some(({ concurrency }) => concurrency === null);
  const [first, ...others] = open ? OPEN_METRICS : CLOSED_METRICS;
  const main = pick(first, highest);
  if (main.length !== 1) return main;
  const below = lowest === highest ? [] : pick(first, lowest);
  return [...main, ...others.flatMap((metric) => pick(metric, highest)), ...below];
}
