/** The engines and the model of a study: installed, in which version, does it fit, is it served. */
import type { Config, EngineEntry } from "@/config/schema.ts";
import { flagsSource } from "@/engines/flags/flags_source.ts";
import { engineOf } from "@/engines/kinds.ts";
import type { EntryFit, UnknownFit } from "@/engines/support/entry_fit.ts";
import { renderFits } from "../dry_run_fit.ts";
import { blocker, type Check, ok, warning } from "./check.ts";

/** One line for each entry, and one more where its flags are not known. */
export async function engineChecks(config: Config): Promise<Check[]> {
  const installed = await Promise.all(
    Object.entries(config.engines).map(async ([name, entry]) => {
      const topic = `engine ${name}`;
      const engine = engineOf(entry.kind);
      const { available, why, what_to_do } = await engine.availability(entry);
      if (!available) return blocker(topic, `${entry.kind}: ${why}`, what_to_do);
      return ok(topic, (await engine.describe(entry, config)).version);
    }),
  );
  return [
    ...installed,
    ...Object.entries(config.engines).flatMap(([name, entry]) => flagsCheck(name, entry)),
  ];
}

/** Nothing where they are recorded of that version. */
export function flagsCheck(name: string, entry: EngineEntry): Check[] {
  const source = flagsSource(entry);
  if (source === null || source.known === "recorded") return [];
  const to_do = source.asked
    ? "nothing: bench asks its own --help before it starts, and refuses what it does not take"
    : "compare them with its --help; in a container it is not asked, so a wrong one shows at its start";
  return [warning(`flags of ${name}`, source.text, to_do)];
}

/** One line for each entry on a GPU, of its fit and its support. */
export function fitChecks(
  fits: readonly (EntryFit | UnknownFit)[],
  { benchmark }: Config,
): Check[] {
  return fits.map((fit) => {
    const topic = `model for ${fit.entry}`;
    const text = renderFits([fit], benchmark).slice(fit.entry.length + 2);
    if ("unknown" in fit) {
      return warning(topic, text, "name what is missing, to learn it before hours are spent");
    }
    const [headline, ...rest] = text.split("\n").map((line) => line.trim());
    const line = (word: string) => rest.filter((each) => each.startsWith(word)).map(unlabelled);
    const found = [headline!, ...line("left"), ...line("at once"), ...line("support")].join("; ");
    const { verdict } = fit.support;
    if (fit.fit.verdict === "too big" || verdict === "unsupported") {
      return blocker(topic, found, line("instead").join("") || "choose another model");
    }
    const crowded = line("too many");
    const doubts = [
      ...(verdict === "experimental" ? ["check the answers before the speed"] : []),
      ...(fit.fit.verdict === "tight"
        ? ["be ready to raise its share or shorten the context"]
        : []),
    ];
    if (doubts.length + crowded.length === 0) return ok(topic, found);
    const to_do = [...doubts, ...crowded.map((each) => `know that ${each}`)].join("; ");
    return warning(topic, found, to_do);
  });
}

const unlabelled = (line: string) => line.replace(/^(left|at once|too many|support|instead) +/, "");
