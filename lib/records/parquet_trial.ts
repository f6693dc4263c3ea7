/** A trial's Parquet file, of which only the columns that are asked for are read. */
import pl from "polars";
import { COLUMNS, missingColumns } from "./parquet.ts";
import type { RequestRecord } from "./request_record.ts";
import { keptTokens } from "./token_seconds.ts";
import {
  insideOf,
  type RequestRow,
  type SendOrder,
  type TimeSlices,
  type TimeWindow,
  type TrialRequests,
} from "./trial_requests.ts";

const { token_ms: _list, text_events: _count, ...ROW_COLUMNS } = COLUMNS;

/**
 * The requests in the file at `path`, of which it tells here how many there are. Throws when its end
 * is damaged or it lacks a column; what reads it later throws when the rest is damaged.
 */
export function openTrialFile(path: string): { requests: TrialRequests; count: number } {
  const { columns } = pl.scanParquet(path);
  const missing = missingColumns(columns);
  if (missing.length > 0) throw new Error(`${path} lacks the columns ${missing.join(", ")}`);
  const count = pl.scanParquet(path).select(pl.len().alias("count")).collectSync()
    .getColumn("count").get(0) as number;
  const file = { path, stored: columns, count };
  return {
    count,
    requests: {
      records: () => recordsOf(file),
      select: (names) => rowsOf(file, names),
      tokenTimes: () => tokenLists(pl.scanParquet(path)),
      eventsInside: (window) => eventsInside(file, window),
      tokensBySlice: (slices) => keptTokens(path, count, slices) ?? tokensBySlice(file, slices),
      sendOrder: () => sendOrder(path),
      tells: (name) => valuesIn(file, [name])[name] !== null,
    },
  };
}

/** All requests of the file at `path`; throws as above. */
export function readRequests(path: string): RequestRecord[] {
  return openTrialFile(path).requests.records();
}

interface TrialFile {
  path: string;
  /** Names of its columns. */
  stored: readonly string[];
  count: number;
}

type Value = RequestRow[keyof RequestRow];
type Columns<K extends keyof RequestRow> = { [name in K]: ArrayLike<RequestRow[name]> | null };

/** The columns that are asked for; null for one in which nothing is told. */
function valuesIn<K extends keyof RequestRow>(
  { path, stored }: TrialFile,
  names: readonly K[],
): Columns<K> {
  const found = names.filter((name) => stored.includes(name) || name === "text_events");
  if (found.length === 0) return namedBy(names, () => null);
  const asked = found.map((name) => stored.includes(name) ? storedColumn(name) : counted());
  const frame = pl.scanParquet(path).select(...asked).collectSync();
  const values = (name: K) => found.includes(name) ? valuesOf(frame.getColumn(name)) : null;
  return namedBy(names, values);
}

function namedBy<K extends keyof RequestRow>(
  names: readonly K[],
  value: (name: K) => ArrayLike<Value> | null,
): Columns<K> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Columns<K>;
}

/** Other tools may store whole numbers as integers. */
function storedColumn(name: keyof RequestRow): pl.Expr {
  return COLUMNS[name] === pl.Float64 ? pl.col(name).cast(pl.Float64) : pl.col(name);
}

/** `text_events` of a file that lacks it. */
function counted(): pl.Expr {
  return pl.col("token_ms").lst.lengths().cast(pl.Float64).alias("text_events");
}

/** Numbers without a gap come much faster as a typed array, and one text for all as one. */
function valuesOf(series: pl.Series): ArrayLike<Value> | null {
  const nulls = series.nullCount();
  if (nulls === series.length) return null;
  if (nulls === 0 && series.isString() && series.nUnique() === 1) {
    return new Array<Value>(series.length).fill(series.get(0));
  }
  return nulls === 0 && series.isNumeric() ? series.toTypedArray() : series.toArray() as Value[];
}

function rowsOf<K extends keyof RequestRow>(
  file: TrialFile,
  names: readonly K[],
): Pick<RequestRow, K>[] {
  const columns = valuesIn(file, names);
  const told = names.filter((name) => columns[name] !== null);
  // A copy of one row keeps its shape, so that all rows share it.
  const empty = Object.fromEntries(names.map((name) => [name, null])) as Record<K, Value>;
  const rows = Array.from({ length: file.count }, () => ({ ...empty }));
  for (const name of told) {
    const values = columns[name]!;
    rows.forEach((row, i) => row[name] = values[i]!);
  }
  return rows as Pick<RequestRow, K>[];
}

function recordsOf(file: TrialFile): RequestRecord[] {
  const lists = tokenLists(pl.scanParquet(file.path));
  const names = Object.keys(ROW_COLUMNS) as Exclude<keyof RequestRow, "text_events">[];
  return rowsOf(file, names).map((row, i) => ({ ...row, token_ms: Array.from(lists[i]!) }));
}

function eventsInside(file: TrialFile, window: TimeWindow): Float64Array {
  const names = ["first_token_ms", "last_token_ms", "text_events"] as const;
  const { first_token_ms, last_token_ms, text_events } = valuesIn(file, names);
  const counts = new Float64Array(file.count).map((_, i) => {
    const [first, last] = [first_token_ms?.[i] ?? null, last_token_ms?.[i] ?? null];
    return countWithoutTimes(first, last, text_events![i]!, window);
  });
  const unknown = [...counts.keys()].filter((row) => Number.isNaN(counts[row]));
  for (const { from, length, members } of stretches(unknown)) {
    const lists = tokenLists(pl.scanParquet(file.path).slice(from, length));
    for (const row of members) counts[row] = insideOf(lists[row - from]!, window);
  }
  return counts;
}

/** Of a request that is wholly inside or outside; NaN for those across an edge, whose times decide. */
function countWithoutTimes(
  first: number | null,
  last: number | null,
  text_events: number,
  { start_ms, end_ms }: TimeWindow,
): number {
  if (text_events === 0) return 0;
  if (first === null || last === null) return NaN;
  if (first > end_ms || last < start_ms) return 0;
  return first >= start_ms && last <= end_ms ? text_events : NaN;
}

/** Rows that are this near to each other are read together. */
const NEAR_ROWS = 1000;

function stretches(rows: readonly number[]) {
  const found: { from: number; length: number; members: number[] }[] = [];
  for (const row of rows) {
    const last = found.at(-1);
    if (last !== undefined && row - (last.from + last.length) < NEAR_ROWS) {
      last.members.push(row);
      last.length = row - last.from + 1;
    } else found.push({ from: row, length: 1, members: [row] });
  }
  return found;
}

/** The token times of each row, out of one array for all. */
function tokenLists(file: pl.LazyDataFrame): Float64Array[] {
  const frame = file.select(pl.col("token_ms"), pl.col("token_ms").lst.lengths().alias("length"))
    .collectSync();
  const lengths = frame.getColumn("length").toArray() as number[];
  // An empty list would be unfolded into one null.
  const times = frame.filter(pl.col("length").gt(pl.lit(0))).getColumn("token_ms").explode()
    .toTypedArray() as Float64Array;
  let at = 0;
  return lengths.map((length) => times.subarray(at, at += length));
}

/** Worked out in Polars, so that no token time becomes a JavaScript value. */
function tokensBySlice({ path }: TrialFile, { start_ms, slice_ms, count }: TimeSlices): number[] {
  const events = pl.col("token_ms").lst.lengths().cast(pl.Float64);
  const sums = pl.scanParquet(path)
    .filter(pl.col("failure").isNull())
    .select(pl.col("token_ms"), pl.col("output_tokens").div(events).alias("tokens"))
    .explode("token_ms")
    .select(
      pl.col("token_ms").sub(pl.lit(start_ms)).div(pl.lit(slice_ms)).floor().alias("slice"),
      pl.col("tokens"),
    )
    .filter(pl.col("slice").gtEq(pl.lit(0)).and(pl.col("slice").lt(pl.lit(count))))
    .groupBy("slice").agg(pl.col("tokens").sum()).collectSync();
  const slices = new Array<number>(count).fill(0);
  const tokens = sums.getColumn("tokens").toArray() as number[];
  (sums.getColumn("slice").toArray() as number[]).forEach((slice, i) => slices[slice] = tokens[i]!);
  return slices;
}

/** As above: two arrays of numbers are all that leaves Polars. */
function sendOrder(path: string): SendOrder {
  const measured = pl.scanParquet(path).filter(pl.col("phase").eq(pl.lit("measured")));
  const ttft_ms = storedColumn("first_token_ms").sub(storedColumn("scheduled_ms"));
  const answered = measured.filter(pl.col("failure").isNull())
    .select(storedColumn("sent_ms"), ttft_ms.alias("ttft_ms"), pl.col("request_index"))
    .filter(pl.col("ttft_ms").isNotNull())
    .collectSync().sort(["sent_ms", "request_index"]);
  const users = measured.filter(pl.col("user_index").isNotNull())
    .groupBy("user_index").agg(storedColumn("end_ms").min()).collectSync();
  const column = (name: string) => Float64Array.from(answered.getColumn(name).toTypedArray());
  return {
    sent_ms: column("sent_ms"),
    ttft_ms: column("ttft_ms"),
    every_user_ended_ms: users.height === 0 ? null : users.getColumn("end_ms").max(),
  };
}
