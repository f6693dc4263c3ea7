/** What a search for the largest load found. */
import { CONFIRMATIONS } from "@/analysis/slo_search.ts";
import { LOOKS } from "@/config/search_schema.ts";
import { attainmentByRate } from "@/figures/attainment_by_rate.ts";
import { SIMULATED_NOTE } from "./answer_section.ts";
import { type Block, type Section, section } from "./report_blocks.ts";
import type { ReportInput } from "./report_input.ts";

const RULES = [
  `A rate passes when the exact lower bound of its attainment reaches the target and fails when the upper bound stays below it; at most ${LOOKS} looks at a growing sample share an error of 5 %. A rate that is undecided after that ends the bracket as a failed one does.`,
  `The rate doubles until it fails, then the bracket is halved on a log scale down to 3 %. Both ends are tried again on ${CONFIRMATIONS} fresh launches.`,
  "Each probe begins with an empty server. Where the tokens of each second or TTFT in the order of the sends show its start-up (MSER-5, beyond noise), the requests sent in it do not count; the trial's record says which. A start-up that reaches into the second half is told there and nothing is left out.",
  "The requests of one run share batches and queues, so their misses cluster. The bounds therefore count how many independent requests they are worth (Geyer's initial positive sequence over what kept the limits, and half of them, in the order of the sends).",
];

/** One section a search; none where there was none. */
export function searchSections({ searches }: ReportInput): Section[] {
  return searches.map((result, i) => {
    const blocks: Block[] = result.simulated ? [{ kind: "paragraph", text: SIMULATED_NOTE }] : [];
    const options = { idPrefix: result.simulated ? "simulated" : "real" };
    const figure = attainmentByRate(result, options);
    if (figure !== null) blocks.push({ kind: "figures", figures: [figure] });
    blocks.push({ kind: "list", items: RULES });
    const said = result.simulated ? " (simulated)" : "";
    return section(
      `search-${i + 1}`,
      `Largest load under the SLO: ${result.engine}${said}`,
      blocks,
    );
  });
}
