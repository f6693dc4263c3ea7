/** The end of a dry run on a GPU, for who reads no more: how much, what of it can run, what is not proven. */
import type { Plan } from "@/config/plan.ts";
import type { Config } from "@/config/schema.ts";
import type { Tuning } from "@/config/tuning.ts";
import { weightBytes } from "@/config/fit/weights.ts";
import { usesGpu } from "@/engines/engine.ts";
import type { EntryFit, UnknownFit } from "@/engines/support/entry_fit.ts";
import { costInShort } from "./dry_run_cost.ts";
import { fitInShort } from "./dry_run_fit.ts";

/** Empty where no entry computes on a GPU. */
export function renderShort(
  config: Config,
  plan: Plan,
  { fits, tuning }: { fits: readonly (EntryFit | UnknownFit)[]; tuning: Tuning | null },
): string {
  const kinds = new Set(Object.values(config.engines).filter(usesGpu).map(({ kind }) => kind));
  if (kinds.size === 0) return "";
  const amounts = [
    ...(tuning === null ? [] : [`a search among ${tuning.candidates.length} candidates`]),
    `${plan.launches.length} launches`,
    costInShort(config, plan, tuning),
    ...weights(fits).map((bytes) =>
      `weights of about ${(bytes / 1e9).toFixed(0)} GB to fetch once`
    ),
  ];
  const verdicts = [...Map.groupBy(fits, (fit) => verdict(fit, config))]
    .map(([said, own]) => `  ${own.map(({ entry }) => entry).join(", ")}: ${said}`);
  return [
    `in short, without --dry-run: ${amounts.join("; ")}`,
    ...verdicts,
    `  NOT RUN YET by this project on a GPU: ${
      [...kinds].join(", ")
    }; all of this is arithmetic and assumption`,
  ].join("\n");
}

/** Of the checkpoint with all that it holds, by its shape; none where that is not known. */
function weights(fits: readonly (EntryFit | UnknownFit)[]): number[] {
  const question = fits.flatMap((fit) => "question" in fit ? [fit.question] : [])[0];
  if (question === undefined) return [];
  return [weightBytes(question.shape, question.quantization, { ...question, vision: true })];
}

function verdict(fit: EntryFit | UnknownFit, { accuracy }: Config): string {
  const doubted = "support" in fit && fit.support.verdict === "experimental";
  const gate = doubted && accuracy
    ? ": its speed is judged only if it answers as well as the others"
    : "";
  return `${fitInShort(fit)}${gate}`;
}
