/**
 * Traces of real traffic: CSV or JSON lines. The Azure LLM inference trace (`TIMESTAMP,
 * ContextTokens,GeneratedTokens`) and the Mooncake trace (`timestamp` in ms, `input_length`,
 * `output_length`, `hash_ids`) are read as they are published.
 */
import { csvParseRows } from "d3-dsv";
import { ConfigError } from "../yaml_source.ts";
import type { Arrival } from "./arrival.ts";

/** Names by which a column is known, in lower case, in the order in which they are looked for. */
const NAMES = {
  time_ms: ["time_ms", "timestamp_ms", "timestamp"],
  time_s: ["time_s", "timestamp_s", "time"],
  input_tokens: ["input_tokens", "contexttokens", "input_length"],
  output_tokens: ["output_tokens", "generatedtokens", "output_length"],
  prefix_group: ["prefix_group", "prefix_hash", "hash_ids"],
  prompt: ["prompt"],
};

interface Row {
  line: number;
  /** Values by name in lower case. */
  values: Map<string, unknown>;
}

export interface TraceOptions {
  time_scale?: number;
  limit?: number;
}

/** The trace's arrivals, the first at 0. Throws `ConfigError` with every problem at its line. */
export function parseTrace(text: string, file: string, options: TraceOptions = {}): Arrival[] {
  const { time_scale = 1, limit = Infinity } = options;
  const problems: string[] = [];
  const arrivals: Arrival[] = [];
  let first_ms: number | null = null;
  let last_ms = -Infinity;
  for (const { line, values } of rowsOf(text, file)) {
    if (arrivals.length >= limit || problems.length >= 10) break;
    const problem = (message: string) => problems.push(`${file}:${line}: ${message}`);
    const at_ms = timeOf(values);
    if (at_ms === null) {
      problem(`no time; expected a column ${[...NAMES.time_ms, ...NAMES.time_s].join(", ")}`);
      continue;
    }
    if (Number.isNaN(at_ms)) problem("the time is neither a number nor a date");
    else if (at_ms < 0) problem(`the time is negative, ${at_ms} ms`);
    else if (at_ms < last_ms) problem("the time is before that of the line above; sort the trace");
    const lengths = lengthsOf(values, problem);
    last_ms = at_ms;
    first_ms ??= at_ms;
    arrivals.push({
      at_ms: Math.round((at_ms - first_ms) * time_scale * 1000) / 1000,
      ...lengths,
      ...wordsOf(values),
    });
  }
  if (arrivals.length === 0 && problems.length === 0) problems.push(`${file}: the trace is empty`);
  if (problems.length > 0) throw new ConfigError(problems);
  return arrivals;
}

function* rowsOf(text: string, file: string): Generator<Row> {
  if (/^\s*[{]/.test(text)) yield* jsonRows(text, file);
  else yield* csvRows(text, file);
}

function* jsonRows(text: string, file: string): Generator<Row> {
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new ConfigError([`${file}:${i + 1}: not a JSON object`]);
    }
    yield { line: i + 1, values: byName(Object.entries(value as object)) };
  }
}

function* csvRows(text: string, file: string): Generator<Row> {
  const [head, ...rows]: string[][] = csvParseRows(text.replace(/^\uFEFF/, ""));
  let line = 1;
  for (const row of rows) {
    line++;
    const begun = line;
    line += row.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);
    if (row.length === 1 && row[0] === "") continue;
    if (row.length !== head!.length) {
      const seen = `${row.length} values under ${head!.length} columns`;
      throw new ConfigError([`${file}:${begun}: ${seen}`]);
    }
    yield { line: begun, values: byName(row.map((cell, i) => [head![i]!, cell] as const)) };
  }
}

function byName(entries: Iterable<readonly [string, unknown]>): Map<string, unknown> {
  const named = [...entries].filter(([, value]) => value !== "" && value !== null);
  return new Map(named.map(([name, value]) => [name.trim().toLowerCase(), value]));
}

function valueOf(values: Map<string, unknown>, names: string[]): unknown {
  const name = names.find((name) => values.has(name));
  return name === undefined ? undefined : values.get(name);
}

/** Milliseconds; null without a time, NaN if it says none. */
function timeOf(values: Map<string, unknown>): number | null {
  const ms = valueOf(values, NAMES.time_ms);
  if (ms !== undefined) return Number.isFinite(Number(ms)) ? Number(ms) : dateMs(String(ms));
  const s = valueOf(values, NAMES.time_s);
  return s === undefined ? null : Number(s) * 1000;
}

const DATE = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?$/;

/** A date and time with any number of decimals, which `Date` would cut to milliseconds. */
function dateMs(text: string): number {
  const [, day, time, decimals = "0", zone = "Z"] = text.trim().match(DATE) ?? [];
  return Date.parse(`${day}T${time}${zone}`) + Number(decimals) * 1000;
}

function lengthsOf(values: Map<string, unknown>, problem: (message: string) => void) {
  const lengths: Partial<Pick<Arrival, "input_tokens" | "output_tokens">> = {};
  for (const name of ["input_tokens", "output_tokens"] as const) {
    const value = valueOf(values, NAMES[name]);
    if (value === undefined) continue;
    lengths[name] = Number(value);
    if (!Number.isInteger(lengths[name]) || lengths[name] < 0) {
      problem(`${name} is no count: ${JSON.stringify(value)}`);
    }
  }
  return lengths;
}

/** Of a list of block hashes the first is the group: those who share it share their first block. */
function wordsOf(values: Map<string, unknown>): Partial<Arrival> {
  const group = valueOf(values, NAMES.prefix_group);
  const prompt = valueOf(values, NAMES.prompt);
  const first = Array.isArray(group) ? group[0] : group;
  return {
    ...(first === undefined ? {} : { prefix_group: String(first) }),
    ...(prompt === undefined ? {} : { prompt: String(prompt) }),
  };
}
