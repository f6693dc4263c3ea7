/** What every figure gives: a picture, a sentence of what is seen, and the numbers behind it. */
import { cutText } from "@/config/cut_text.ts";
import type { LevelRow } from "@/analysis/summary_row.ts";
import type { EntryStyle } from "./palette.ts";
import { entryStyles } from "./palette.ts";

export interface Figure {
  /** Unique in a report; also the name of its SVG file. */
  id: string;
  title: string;
  /** One sentence of what the data show; no verdict. */
  finding: string;
  how_to_read: string;
  /** What could not be drawn and why, one sentence each. */
  missing: string[];
  /** Self-contained SVG whose text takes the colour of the page around it. */
  svg: string;
  /** Size in CSS pixels. */
  width: number;
  height: number;
  alt: string;
  table: FigureTable;
}

export interface FigureTable {
  columns: FigureColumn[];
  rows: Record<string, number | string | null>[];
}

export interface FigureColumn {
  key: string;
  label: string;
  unit: string | null;
  decimals: number | null;
}

/** A column of text. */
export function textColumn(key: string, label: string): FigureColumn {
  return { key, label, unit: null, decimals: null };
}

/** A column of numbers. */
export function numberColumn(
  key: string,
  label: string,
  unit: string | null,
  decimals: number,
): FigureColumn {
  return { key, label, unit, decimals };
}

export interface FigureOptions {
  /** Put before the figure's own id and read in its title, e.g. `real` or `simulated`. */
  idPrefix?: string;
  /** Styles shared by all figures of a report; without them the rows' own order decides. */
  styles?: Map<string, EntryStyle>;
  /** Said in the title where a report has several workloads. */
  workload?: string;
  /** Family of loads, said in the title; absent for closed loops without pauses. */
  family?: string;
}

/** The alternative text of a figure. */
export function altText(title: string, finding: string): string {
  return `${title}. ${finding} The numbers are in the table with the figure.`;
}

/** An id that is safe in HTML, in a class name and as a file name. */
export function figureId(options: FigureOptions, name: string): string {
  return [options.idPrefix, options.workload, options.family, name].filter((part) =>
    part !== undefined
  )
    .join("-").toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

/** A figure's title, which names workload and family of loads if asked and always says when numbers are simulated. */
export function figureTitle(text: string, simulated: boolean, options: FigureOptions): string {
  const workload = options.workload === undefined ? "" : `, workload ${options.workload}`;
  const family = options.family === undefined ? "" : `, ${options.family}`;
  return `${text}${workload}${family}${simulated ? " (simulated)" : ""}`;
}

/** An entry's label in a figure, shortened to fit; simulated ones say so. */
export function entryLabel(engine: string, simulated: boolean): string {
  const name = cutText(engine, 24);
  return simulated ? `${name} (simulated)` : name;
}

/** Room for a label in pixels, for the widest font that may be used (DejaVu Sans). */
export function labelWidth(text: string, fontSize = 12): number {
  return Math.ceil(text.length * fontSize * 0.62);
}

/**
 * The rows' shared facts. Throws when they mix simulated with real engines or several workloads,
 * since one figure shows one comparison.
 */
export function oneComparison(
  rows: LevelRow[],
  options: FigureOptions,
): { simulated: boolean; entries: string[]; styles: Map<string, EntryStyle> } {
  const kinds = new Set(rows.map((row) => row.simulated));
  const workloads = new Set(rows.map((row) => row.workload));
  if (kinds.size > 1) {
    throw new Error("a figure got real and simulated engines together; pass them separately");
  }
  if (workloads.size > 1) {
    throw new Error(
      `a figure got rows of ${[...workloads].join(" and ")}; pass one workload at a time`,
    );
  }
  const entries = [...new Set(rows.map((row) => row.engine))];
  return {
    simulated: rows[0]?.simulated ?? false,
    entries,
    styles: options.styles ?? entryStyles(entries),
  };
}
