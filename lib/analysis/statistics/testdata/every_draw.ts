/**
 * Calls `draw` once for every combination of what its calls of `random` can choose, when the i-th
 * call chooses among `choices[i]` items. So a bootstrap is enumerated instead of sampled.
 */
export function everyDraw<T>(choices: readonly number[], draw: (random: () => number) => T): T[] {
  const results: T[] = [];
  const digits = choices.map(() => 0);
  for (;;) {
    let call = 0;
    results.push(draw(() => {
      const chosen = (digits[call]! + 0.5) / choices[call]!;
      call++;
      return chosen;
    }));
    if (call !== choices.length) throw new Error(`${call} draws, not ${choices.length}`);
    let at = digits.length - 1;
    while (at >= 0 && digits[at] === choices[at]! - 1) digits[at--] = 0;
    if (at < 0) return results;
    digits[at]!++;
  }
}
