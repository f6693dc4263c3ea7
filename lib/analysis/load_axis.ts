/** Load points in words and on an axis: users for closed loops, offered rate for open ones. */
import type { LoadPoint } from "@/config/load_point.ts";

/** Where a point stands on the axis of its family: users, or planned requests a second. */
export function levelValue({ concurrency, offered_requests_per_s }: LoadPoint): number {
  return concurrency ?? offered_requests_per_s ?? 0;
}

/** A load as it follows "at" in a sentence, e.g. `8 users`, `poisson 4/s`. */
export function loadInWords({ load, load_family, concurrency }: LoadPoint): string {
  if (concurrency === null || load_family !== "closed") return load;
  return concurrency === 1 ? "1 user" : `${concurrency} users`;
}

/** A load beside a number in a figure, e.g. `8 concurrent`, `poisson 4/s`. */
export function loadText({ load, load_family, concurrency }: LoadPoint): string {
  return concurrency === null || load_family !== "closed" ? load : `${concurrency} concurrent`;
}

/** What the axis of these points is. */
export interface LoadAxis {
  /** As it follows "by" in a title. */
  name: string;
  /** Below the axis. */
  label: string;
  column: { key: string; label: string; unit: string | null; decimals: number };
}

const CLOSED: LoadAxis = {
  name: "concurrency",
  label: "concurrent requests",
  column: { key: "concurrency", label: "Concurrent", unit: null, decimals: 0 },
};

const OPEN: LoadAxis = {
  name: "offered rate",
  label: "offered requests/s",
  column: { key: "offered_requests_per_s", label: "Offered", unit: "req/s", decimals: 2 },
};

/** Throws when the points are of several families, since these share no axis. */
export function loadAxis(points: readonly LoadPoint[]): LoadAxis {
  const families = [...new Set(points.map(({ load_family }) => load_family))];
  if (families.length > 1) {
    throw new Error(`${families.join(" and ")} share no axis; pass one family of loads at a time`);
  }
  return points.some(({ concurrency }) => concurrency === null) ? OPEN : CLOSED;
}

/** Ascending by family, then by level. */
export function byLoad(a: LoadPoint, b: LoadPoint): number {
  return a.load_family.localeCompare(b.load_family) || levelValue(a) - levelValue(b);
}

/** The columns of a point alone. */
export function pointOf(row: LoadPoint): LoadPoint {
  const { load, load_family, concurrency, offered_requests_per_s } = row;
  return { load, load_family, concurrency, offered_requests_per_s };
}
