import assert from "node:assert/strict";

/** Holds `actual` to every digit that `printed` shows: half a unit of its last one. */
export function assertPrinted(actual: number, printed: string, what = ""): void {
  const decimals = printed.split(".")[1]?.length ?? 0;
  const allowed = 0.5 * 10 ** -decimals * (1 + 1e-6);
  assert(
    Math.abs(actual - Number(printed)) <= allowed,
    `${what} ${actual}, not ${printed}`.trim(),
  );
}

/** The same for several numbers, printed with blanks between. */
export function assertAllPrinted(actual: Iterable<number>, printed: string, what = ""): void {
  const [values, texts] = [[...actual], printed.trim().split(/\s+/)];
  assert.equal(values.length, texts.length, what);
  for (const [i, text] of texts.entries()) assertPrinted(values[i]!, text, `${what} [${i}]`);
}

/** Within `tolerance`, absolute. */
export function assertNear(actual: number, expected: number, tolerance: number, what = ""): void {
  assert(
    Math.abs(actual - expected) <= tolerance,
    `${what} ${actual}, not ${expected} ± ${tolerance}`.trim(),
  );
}
