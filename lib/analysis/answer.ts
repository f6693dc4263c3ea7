/** The few sentences that answer the question of a run. */
import type { Comparison } from "./summary_row.ts";

export interface AnswerSentence {
  simulated: boolean;
  text: string;
}

/**
 * For each group (real, simulated) and workload: throughput at the highest level and, where there is
 * only one pair, what that costs or gains in median TTFT and TPOT there, and throughput at the lowest
 * level. Real engines come first.
 */
export function answer(comparisons: readonly Comparison[]): AnswerSentence[] {
  const groups = Map.groupBy(comparisons, ({ simulated, workload }) => `${simulated} ${workload}`);
  return [...groups.values()]
    .sort(([a], [b]) => Number(a!.simulated) - Number(b!.simulated))
    .flatMap((group) =>
      chosen(group).map(({ simulated, sentence }) => ({
        simulated,
        text: simulated ? `Simulated: ${sentence}` : sentence,
      }))
    );
}

function chosen(group: Comparison[]): Pick<Comparison, "simulated" | "sentence">[] {
  if (group.every(({ imported, verdict }) => imported && verdict === "not comparable")) {
    const sentence =
      "The imported results stand side by side and are not compared: no two entries " +
      "have 2 repeats with a usable value at the same number of users.";
    return [{ simulated: false, sentence }];
  }
  const levels = group.map(({ concurrency }) => concurrency);
  const [lowest, highest] = [Math.min(...levels), Math.max(...levels)];
  const pick = (metric: Comparison["metric"], level: number) =>
    group.filter((each) => each.metric === metric && each.concurrency === level);
  const main = pick("output_tokens_per_s", highest);
  if (main.length !== 1) return main;
  const below = lowest === highest ? [] : pick("output_tokens_per_s", lowest);
  return [...main, ...pick("ttft_ms_p50", highest), ...pick("tpot_ms_p50", highest), ...below];
}
