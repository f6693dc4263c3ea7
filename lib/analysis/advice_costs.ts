/** What the use case's tokens cost in money and energy, in sentences. */
import type { Manifest } from "@/records/manifest.ts";
import type { AdviceSentence, Evidence } from "./advice_sentence.ts";
import { fixed, listed, ratioText } from "./number_text.ts";
import type { Recommendation } from "./recommendation.ts";

/** Price, break-even ratio and energy, each where it is known. */
export function costSentences(
  { costs, use_case, finding }: Recommendation,
  manifest: Manifest,
): AdviceSentence[] {
  const { price_per_hour, price_currency = "USD" } = manifest.config.hardware;
  const said: AdviceSentence[] = [];
  const numbers: Evidence[] = [{ kind: "numbers" }];
  const priced = costs.filter(({ price_per_million }) => price_per_million !== null);
  if (priced.length > 0) {
    const each = priced.map(({ entry, price_per_million }) =>
      `${fixed(price_per_million, 2)} (${entry})`
    );
    const text = `A million output tokens cost ${price_currency} ${
      listed(each)
    } at ${price_currency} ${
      fixed(price_per_hour, 2)
    } an hour; input tokens are free in this number.`;
    said.push({ about: "cost", text, evidence: numbers });
  }
  const last = costs.at(-1);
  const apart = costs.slice(0, -1).map(({ entry, break_even_price_ratio: ratio }) =>
    `${ratioText(ratio)} times as much for ${entry} as for ${last!.entry}`
  );
  // Medians of entries that cannot be told apart say nothing.
  if (apart.length > 0 && finding === "winner" && use_case.metric === "output_tokens_per_s") {
    const text = `Medians break even in cost where an hour costs ${listed(apart)}.`;
    said.push({ about: "cost", text, evidence: numbers });
  }
  const energy = costs.filter(({ energy_j_per_token }) => energy_j_per_token !== null)
    .map(({ entry, energy_j_per_token }) => `${fixed(energy_j_per_token, 2)} J (${entry})`);
  if (energy.length > 0) {
    said.push({
      about: "cost",
      text: `An output token took ${listed(energy)}.`,
      evidence: numbers,
    });
  }
  return said;
}
