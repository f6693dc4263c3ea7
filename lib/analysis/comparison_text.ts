/** A comparison as a sentence that stands for itself: metric, load, pair, verdict, what it is worth. */
import type { LoadPoint } from "@/config/load_point.ts";
import { COMPARED } from "./compared_metrics.ts";
import type { Comparison } from "./comparison_row.ts";
import { loadInWords } from "./load_axis.ts";
import { counted, levelText } from "./number_text.ts";

type Said = Omit<Comparison, "sentence">;

/** `words` are the verdict's; `unlike` says why the two cannot be compared at all. */
export function comparisonSentence(row: Said, words: string, unlike: readonly string[]): string {
  const { a, b, metric, blocks, lost_blocks, unit } = row;
  const one = `paired ${
    { launches: "launch", passes: "pass", "imported repeats": "imported repeat" }[unit]
  }`;
  const paired = counted(blocks, one, `paired ${unit}`);
  const subject = `${capital(COMPARED[metric].words)} ${placeText(row)}, ${a} against ${b}`;
  if (row.verdict === "not comparable") {
    const why = unlike.length > 0
      ? unlike.join("; ")
      : `${paired} with a usable value, 2 are needed`;
    return `${subject}: not comparable: ${why}.`;
  }
  const size = `${levelText(row.level)} interval, ${paired.replace("paired ", "")} each${
    lost_blocks === 0 ? "" : `, ${counted(lost_blocks, "block")} lost to client or environment`
  }`;
  const worth = row.claim === "confirmatory" ? "" : "; exploratory";
  return `${subject}: ${words} [${size}${worth}].`;
}

/** Where a comparison was made, e.g. `at 8 users`; a largest load is one over all rates. */
export function placeText(row: LoadPoint & Pick<Comparison, "metric">): string {
  return row.metric === "max_load_per_s" ? `over ${row.load} rates` : `at ${loadInWords(row)}`;
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
