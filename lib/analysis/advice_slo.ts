/** Who keeps the use case's SLO, in a sentence. */
import type { AdviceSentence } from "./advice_sentence.ts";
import { COMPARED } from "./compared_metrics.ts";
import { fixed, listed } from "./number_text.ts";
import type { Recommendation } from "./recommendation.ts";
import { sloText } from "./slo.ts";

/** A faster entry that misses the SLO serves nobody: who keeps it stands with the answer. */
export function sloSentences(
  { costs, missed_slo, groups, use_case: { slo, target, metric } }: Recommendation,
): AdviceSentence[] {
  const known = costs.filter(({ attainment }) => attainment !== null);
  if (slo === null || known.length === 0) return [];
  const percent = (share: number | null) => `${fixed(100 * share!, 1)} %`;
  const each = known.map(({ entry, attainment }) => `${percent(attainment)} (${entry})`);
  const below = known.filter(({ attainment }) => attainment! < target).map(({ entry }) => entry);
  const missed = below.length === 0 ? "" : `; below the target: ${listed(below)}`;
  const ruledOut = missed_slo.length === 0
    ? ""
    : missed_slo.length === groups.length
    ? " Every entry missed it in every launch, so none serves this load; try a lower one."
    : ` Missed in every launch and so no candidate, whatever the ${COMPARED[metric].words}: ${
      listed(missed_slo)
    }.`;
  const text = `Requests that kept the SLO (${sloText(slo)}; target ${
    percent(target)
  }), median over launches: ${listed(each)}${missed}.${ruledOut}`;
  return [{ about: "answer", text, evidence: [{ kind: "numbers" }] }];
}
