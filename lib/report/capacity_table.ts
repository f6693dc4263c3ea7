/** What the servers' logs told of their memory and capacity. */
import { fixed } from "@/analysis/number_text.ts";
import type { StartupRow } from "@/analysis/startup.ts";
import type { Spread } from "@/analysis/summary_row.ts";
import type { ToldAtStart } from "@/records/startup_record.ts";
import { numberCell, numberColumn, textCell, textColumn } from "./report_blocks.ts";
import type { Block, ReportCell, ReportTable } from "./report_blocks.ts";

const TOLD: [keyof ToldAtStart, label: string, unit: string, divisor: number, decimals: number][] =
  [
    ["kv_cache_tokens", "KV cache", "tokens", 1, 0],
    ["kv_cache_bytes", "KV cache", "GiB", 2 ** 30, 2],
    ["weights_bytes", "Weights", "GiB", 2 ** 30, 2],
    ["graphs_bytes", "Graphs", "GiB", 2 ** 30, 2],
    ["max_concurrency", "Most at once", "requests", 1, 2],
  ];

/** The table, unless no log told anything; simulated entries never tell. */
export function capacityBlocks(startups: StartupRow[]): Block[] {
  const rows = startups.filter(({ told }) => Object.values(told).some((value) => value !== null));
  return rows.length === 0 ? [] : [{ kind: "table", table: capacityTable(rows) }];
}

function capacityTable(rows: StartupRow[]): ReportTable {
  return {
    id: "capacity",
    caption:
      "What the servers' logs told of capacity and memory at their start: of one GPU where there are several, by each engine's own counting; – where a log told nothing.",
    columns: [
      textColumn("Engine"),
      ...TOLD.map(([, label, unit]) => numberColumn(label, unit)),
    ],
    rows: rows.map((row) => [
      nameCell(row),
      ...TOLD.map(([field, , , divisor, decimals]) => {
        const write = (value: number) => fixed(value / divisor, decimals);
        return spreadCell(row.told[field], write);
      }),
    ]),
  };
}

/** An entry's name; simulated ones say so. */
export function nameCell({ engine, simulated }: StartupRow): ReportCell {
  return textCell(simulated ? `${engine} (simulated)` : engine);
}

/** The median, with the range below where launches differ. */
export function spreadCell(spread: Spread | null, write: (value: number) => string): ReportCell {
  if (spread === null) return numberCell("–", null);
  const { median, low, high } = spread;
  const range = low === high ? null : `${write(low)} to ${write(high)}`;
  return { ...numberCell(write(median), median), note: range };
}
