/** What is wrong with entries themselves: stand-ins, worse answers, unequal settings. */
import { worseEntries } from "@/analysis/accuracy.ts";
import { listed } from "@/analysis/number_text.ts";
import { parityFindings } from "@/analysis/parity.ts";
import type { ReportInput } from "./report_input.ts";

/** A sentence each, the gravest first. */
export function entryWarnings(input: ReportInput): string[] {
  return [...standIns(input), ...worseAnswers(input), ...unequalSettings(input)];
}

/** Programs in the place of engines. */
function standIns({ launches }: ReportInput): string[] {
  const titles = new Map(
    launches.flatMap(({ entry, stand_in }) => stand_in ? [[entry, stand_in] as const] : []),
  );
  if (titles.size === 0) return [];
  return [
    `Stand-ins, no engines: ${
      listed([...titles].map(([entry, title]) => `${entry} is a ${title}`))
    }. ` +
    "They load no model and use no GPU; no number here says anything about a product.",
  ];
}

/** Entries that speed cannot save. */
function worseAnswers({ accuracy }: ReportInput): string[] {
  return [...accuracy?.values() ?? []].flatMap((findings) =>
    [...worseEntries(findings)].map(([entry, why]) => `No speed verdict for ${entry}: ${why}.`)
  );
}

/** Only what differs; what is not known stands with the settings. */
function unequalSettings({ manifests, launchesOf }: ReportInput): string[] {
  return manifests.flatMap((manifest) =>
    parityFindings(manifest, launchesOf?.get(manifest.run_id) ?? [])
      .filter((finding) => !finding.startsWith("Whether"))
  );
}
