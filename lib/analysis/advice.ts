/** A recommendation in sentences, each with the evidence that it stands on. */
import type { Manifest } from "@/records/manifest.ts";
import { COMPARED, type ComparedMetric } from "./compared_metrics.ts";
import type { Comparison } from "./comparison_row.ts";
import { placeText } from "./comparison_text.ts";
import { fixed, listed } from "./number_text.ts";
import { sloText } from "./slo.ts";
import { costSentences } from "./advice_costs.ts";
import type { AdviceSentence, Evidence } from "./advice_sentence.ts";
import { sloSentences } from "./advice_slo.ts";
import { ratioWords, sizeOver } from "./pair_words.ts";
import { involves, type Recommendation, winnerOf } from "./recommendation.ts";

export interface Advice {
  use_case: string;
  simulated: boolean;
  run_id: string;
  /** Use case, workload and primary metric. */
  title: string;
  claim: Comparison["claim"];
  sentences: AdviceSentence[];
}

/** The sentences, in reading order. */
export function adviceOf(found: Recommendation, manifest: Manifest): Advice {
  const { use_case, simulated, run_id, claim } = found;
  const { metric } = use_case;
  return {
    use_case: use_case.name,
    simulated,
    run_id,
    title: titleOf(found),
    claim,
    sentences: [
      { about: "answer", text: answerText(found), evidence: ratios(metric, "numbers") },
      ...medianSentences(found),
      ...worthSentences(found),
      ...sloSentences(found),
      { about: "conditions", text: conditionsText(found, manifest), evidence: [{ kind: "setup" }] },
      ...changeSentences(found),
      ...costSentences(found, manifest),
      { about: "next", text: nextText(found), evidence: [{ kind: "config" }] },
    ],
  };
}

function titleOf({ use_case, pairs, simulated }: Recommendation): string {
  const { name, workload, metric } = use_case;
  const of = name === workload ? "" : `, workload ${workload}`;
  return `${name}: ${COMPARED[metric].words} ${placeText(pairs[0]!)}${of}${
    simulated ? " (simulated)" : ""
  }`;
}

function ratios(metric: ComparedMetric, ...more: ("numbers" | "comparisons")[]): Evidence[] {
  return [{ kind: "ratios", metric }, ...more.map((kind) => ({ kind }))];
}

/** Never a name by point estimate: a winner has verdicts, and without one all in question are named. */
function answerText(found: Recommendation): string {
  const { finding, entries, pairs, use_case, claim, simulated } = found;
  const prefix = [simulated ? "Simulated" : "", claim === "exploratory" ? "exploratory" : ""]
    .filter((word) => word !== "").join(", ");
  const start = prefix === "" ? "" : `${prefix[0]!.toUpperCase()}${prefix.slice(1)}: `;
  const words = COMPARED[use_case.metric].words;
  if (finding === "not comparable") return `${start}nothing can be compared. ${pairs[0]!.sentence}`;
  if (finding === "winner") {
    const [winner] = entries;
    const over = pairs.filter((pair) => winnerOf(pair) === winner).map((pair) =>
      sizeOver(pair, winner!)
    );
    const better = `Its ${words} is better than that of ${listed(over)}.`;
    return `${start}${winner}. ${over.length > 0 ? better : "It alone kept the SLO."}`;
  }
  const between = pairs.filter((pair) =>
    entries.includes(pair.a) && entries.includes(pair.b) && winnerOf(pair) === null
  );
  const beaten = pairs.filter((pair) => winnerOf(pair) !== null);
  const others = beaten.length === 0 ? "" : ` Shown: ${
    listed(
      beaten.map((pair) => `${winnerOf(pair)} is better than ${sizeOver(pair, winnerOf(pair)!)}`),
    )
  }.`;
  return `${start}No clear winner between ${listed(entries)} for ${use_case.name}: ${
    between.map(ratioWords).join("; ")
  }.${others} Choose on other grounds: start-up time, features, memory.`;
}

/** What the ratios are ratios of. */
function medianSentences({ pairs, use_case: { metric } }: Recommendation): AdviceSentence[] {
  const { unit, decimals } = COMPARED[metric];
  const medians = new Map<string, number>();
  for (const { a, b, median_a, median_b, verdict } of pairs) {
    if (verdict === "not comparable") continue;
    if (median_b !== null) medians.set(b, median_b);
    if (median_a !== null) medians.set(a, median_a);
  }
  if (medians.size === 0) return [];
  const each = [...medians].map(([entry, value]) => `${fixed(value, decimals)} ${unit} (${entry})`);
  const text = `In the median over the compared launches: ${listed(each)}.`;
  return [{ about: "answer", text, evidence: [{ kind: "numbers" }] }];
}

function worthSentences({ exploratory_because }: Recommendation): AdviceSentence[] {
  if (exploratory_because.length === 0) return [];
  const text = `It is no claim: ${exploratory_because.join("; ")}.`;
  return [{ about: "answer", text, evidence: [{ kind: "gates" }] }];
}

function conditionsText({ use_case, pairs }: Recommendation, manifest: Manifest): string {
  const { machine, models, versions, config } = manifest;
  const entries = [...new Set(pairs.flatMap(({ b, a }) => [b, a]))];
  const plain = (entry: string) => entry.replace(` (${manifest.run_id})`, "");
  const served = [
    ...new Set(entries.flatMap((entry) => models[plain(entry)]?.split(",")[0] ?? [])),
  ];
  const engines = entries.map((entry) => {
    const version = versions[plain(entry)];
    return version === undefined ? entry : `${entry} (${version})`;
  });
  const { output_length, max_tokens } = config.benchmark;
  const lengths = output_length === "varied" ? `0.8–1.0 × ${max_tokens}` : `${max_tokens}`;
  const slo = use_case.slo === null ? "" : `, SLO ${sloText(use_case.slo)}`;
  return `Holds for ${served.join(" / ") || config.model.name} on ${
    machine.gpu ?? machine.cpu
  }, ${lengths} output tokens, ${listed(engines)}, a margin of ${
    fixed(100 * pairs[0]!.margin, 1)
  } %${slo}.`;
}

/** Most changes that are told; the table has all. */
const MOST_CHANGES = 4;

/** Other loads and metrics at which the answer is another one. */
function changeSentences(found: Recommendation): AdviceSentence[] {
  const winner = found.finding === "winner" ? found.entries[0]! : null;
  const differing = found.others.filter((pair) =>
    pair.verdict !== "not comparable" &&
    (winner === null
      ? pair.verdict === "better"
      : involves(pair, winner) && winnerOf(pair) !== winner)
  );
  // A winner elsewhere says more than a pair that cannot be told apart.
  const ranked = differing.toSorted((x, y) =>
    Number(winnerOf(y) !== null) - Number(winnerOf(x) !== null)
  );
  const alike = Map.groupBy(
    ranked,
    (pair) => JSON.stringify([pair.metric, pair.a, pair.b, winnerOf(pair)]),
  );
  return [...alike.values()].slice(0, MOST_CHANGES).map(changeSentence);
}

/** Pairs with the same finding at several loads: the last of them with its size. */
function changeSentence(pairs: Comparison[]): AdviceSentence {
  const pair = pairs.at(-1)!;
  const { metric } = pair;
  const where = `${COMPARED[metric].words} ${placeText(pair)}`;
  const better = winnerOf(pair);
  const elsewhere = pairs.slice(0, -1).map(placeText);
  const too = elsewhere.length === 0 ? "" : `, and so ${listed(elsewhere)}`;
  const text = better === null
    ? `By ${where} it does not hold: ${ratioWords(pair)}${too}.`
    : `By ${where} ${better} is better than ${sizeOver(pair, better)}${too}.`;
  return { about: "would change", text, evidence: ratios(metric, "comparisons") };
}

/** The experiment that would make the answer firmer. */
function nextText({ pairs, exploratory_because, finding, use_case }: Recommendation): string {
  const needed = pairs.map(({ blocks_needed }) => blocks_needed).filter((k) => k !== null);
  const most = needed.length === 0 ? null : Math.max(...needed);
  const because = exploratory_because.join("; ");
  if (/blocks that a claim needs/.test(because)) {
    return "Run 6 blocks of fresh launches, so that a verdict can be a claim.";
  }
  if (/recorded before the run|no use case/.test(because)) {
    return `Name this use case in the config (use_cases) and run it again, so that its metric is fixed before the numbers are known.`;
  }
  if (because !== "") {
    return `Put right what made it exploratory (${because}) and run it again.`;
  }
  if (finding !== "winner" && most !== null) {
    return `About ${most} blocks would resolve half the margin at the spread that was seen (benchmark.blocks: ${most}).`;
  }
  return use_case.metric === "max_load_per_s"
    ? "The same on another card or model; a verdict holds for this one."
    : "Offer open loads with an SLO (benchmark.loads), since users who do not wait for each other load a server otherwise than a closed loop does.";
}
