/** Colour, symbol and dash of each engine entry: the same entry looks the same in every figure. */

import type { StartupPhase } from "@/records/startup_record.ts";

export interface EntryStyle {
  colour: string;
  symbol: "circle" | "square" | "triangle" | "diamond" | "star" | "wye" | "cross";
  /** Value of `stroke-dasharray`. */
  dash: string;
}

/** Okabe-Ito colours with at least 3:1 contrast on white and on #14171a. */
export const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"] as const;
const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "wye", "cross"] as const;
const DASHES = ["none", "6 3", "2 3", "8 3 2 3"] as const;

/** A style for each entry, in the order given; colours repeat after four, symbols and dashes shift. */
export function entryStyles(entries: string[]): Map<string, EntryStyle> {
  return new Map([...new Set(entries)].map((entry, i) => [entry, {
    colour: COLOURS[i % COLOURS.length]!,
    symbol: SYMBOLS[i % SYMBOLS.length]!,
    dash: DASHES[(i + Math.floor(i / COLOURS.length)) % DASHES.length]!,
  }]));
}

/** A colour for each phase of a start, with the same contrasts; neighbours differ in lightness too. */
export const PHASE_COLOURS: Record<StartupPhase, string> = {
  importing: "#80868B",
  loading_weights: "#0072B2",
  compiling: "#CC79A7",
  allocating_kv: "#009E73",
  capturing_graphs: "#D55E00",
  warming_up: "#8C6D1F",
};
