/** Curves of different engines, read at the same x. */

/** One level on a curve: both coordinates positive. */
export interface CurvePoint {
  concurrency: number;
  x: number;
  y: number;
}

/** Levels further apart than this factor are too sparse to read between (method note 0b K). */
const WIDEST_STEP = 2;

/**
 * y of the curve at `x`, straight between neighbouring points on log-log axes. Null outside the
 * measured range, and between levels more than a factor of two apart: no claim there.
 */
export function curveAtX(points: readonly CurvePoint[], x: number): number | null {
  const sorted = points.toSorted((a, b) => a.x - b.x);
  const hit = sorted.find((point) => point.x === x);
  if (hit) return hit.y;
  const after = sorted.findIndex((point) => point.x > x);
  const [left, right] = [sorted[after - 1], sorted[after]];
  if (!left || !right) return null;
  const steps = [left.concurrency, right.concurrency];
  if (Math.max(...steps) > WIDEST_STEP * Math.min(...steps)) return null;
  const share = Math.log(x / left.x) / Math.log(right.x / left.x);
  return left.y * (right.y / left.y) ** share;
}

/** y of two engines at `x` in every block in which both curves reach it, by block. */
export function pairsAtX(
  a: readonly (readonly CurvePoint[])[],
  b: readonly (readonly CurvePoint[])[],
  x: number,
): [number, number][] {
  return a.flatMap((curve, block): [number, number][] => {
    const values = [curveAtX(curve, x), curveAtX(b[block] ?? [], x)];
    return values[0] == null || values[1] == null ? [] : [[values[0], values[1]]];
  });
}
