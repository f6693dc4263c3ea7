/** What the entries' settings were: asked, achieved, equal or not, and every departure. */
import {
  armsOf,
  type ParityCell,
  parityFindings,
  type ParityRow,
  parityRows,
} from "@/analysis/parity.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { LaunchRecord } from "@/records/trial_record.ts";
import {
  type Block,
  type ReportTable,
  type Section,
  section,
  textCell,
  textColumn,
} from "./report_blocks.ts";
import type { ReportInput } from "./report_input.ts";

/** A section for each run that recorded settings; none for older runs. */
export function paritySections({ manifests, launchesOf }: ReportInput): Section[] {
  return manifests.flatMap((manifest, i) => {
    const order = Object.keys(manifest.config.engines);
    const launches = (launchesOf?.get(manifest.run_id) ?? [])
      .toSorted((a, b) => order.indexOf(a.entry) - order.indexOf(b.entry));
    const rows = parityRows(launches);
    const facts = departureFacts(manifest);
    if (rows.length === 0 && facts.length === 0) return [];
    const several = manifests.length > 1;
    return [section(
      `parity${several ? `-${i + 1}` : ""}`,
      `Settings: asked, achieved, equal?${several ? ` (${manifest.run_id})` : ""}`,
      blocksOf(manifest, launches, rows, facts, i),
    )];
  });
}

function blocksOf(
  manifest: Manifest,
  launches: LaunchRecord[],
  rows: ParityRow[],
  facts: [string, string][],
  index: number,
): Block[] {
  const findings = parityFindings(manifest, launches);
  return [
    ...(findings.length > 0
      ? [{ kind: "box" as const, tone: "warning" as const, items: findings }]
      : []),
    ...(rows.length > 0 ? [{ kind: "table" as const, table: parityTable(rows, index) }] : []),
    ...(facts.length > 0 ? [{ kind: "facts" as const, facts }] : []),
  ];
}

function parityTable(rows: ParityRow[], index: number): ReportTable {
  const entries = [...new Set(rows.flatMap((row) => row.entries.map(({ entry }) => entry)))];
  return {
    id: `parity-${index + 1}`,
    caption: "What was asked of each server and what it said of itself once it was ready. " +
      "A pool of KV tokens counts as equal within 2 %, since caches come in blocks.",
    columns: [textColumn("Setting"), ...entries.map(textColumn), textColumn("Equal?")],
    rows: rows.map((row) => [
      textCell(row.setting),
      ...entries.map((entry) => valueCell(row.entries.find((cell) => cell.entry === entry))),
      textCell(row.equal ?? "–"),
    ]),
  };
}

function valueCell(cell: ParityCell | undefined) {
  if (cell === undefined) return textCell("–");
  const { asked, achieved, source, verdict } = cell;
  const seen = achieved.length === 0
    ? verdict === "cannot" ? "cannot be set" : "not told"
    : achieved.map(String).join(" or ");
  const note = [asked === null ? "not asked" : `asked ${asked}`, source]
    .filter((part) => part !== "").join("; ");
  return { ...textCell(seen), note, mark: verdict === "unequal" ? "not as asked" : null };
}

/** Arms, and what each entry does differently, as `departures` in the manifest. */
function departureFacts(manifest: Manifest): [string, string][] {
  const arms = [...armsOf(manifest)].filter(([, arm]) => arm !== null);
  const departures = Object.entries(manifest.departures ?? {}).filter(([, list]) =>
    list.length > 0
  );
  return [
    ...(arms.length === 0
      ? []
      : [["Arm", arms.map(([name, arm]) => `${name} ${arm}`).join(", ")] as [string, string]]),
    ...departures.map((
      [name, list],
    ): [string, string] => [`Departures of ${name}`, list.join("; ")]),
  ];
}
