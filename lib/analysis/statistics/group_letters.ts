/** Letters for entries: two that share one cannot be told apart. */

/**
 * Compact letter display (insert and absorb: Piepho 2004). `separable(i, j)` says whether entries i
 * and j differ; with entries given best first, `a` is the best group. No library looked at has it.
 */
export function groupLetters(
  count: number,
  separable: (i: number, j: number) => boolean,
): string[] {
  let groups: number[][] = [Array.from({ length: count }, (_, i) => i)];
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      if (separable(i, j)) groups = absorbed(groups.flatMap((group) => split(group, i, j)));
    }
  }
  groups.sort((a, b) => {
    const at = a.findIndex((entry, i) => entry !== b[i]);
    return (a[at] ?? Infinity) - (b[at] ?? Infinity);
  });
  return Array.from(
    { length: count },
    (_, entry) => groups.map((group, g) => group.includes(entry) ? letter(g) : "").join(""),
  );
}

function split(group: number[], i: number, j: number): number[][] {
  if (!group.includes(i) || !group.includes(j)) return [group];
  return [group.filter((entry) => entry !== j), group.filter((entry) => entry !== i)];
}

/** Without groups that lie inside another. */
function absorbed(groups: number[][]): number[][] {
  return groups.filter((group, g) =>
    !groups.some((other, o) =>
      o !== g && group.every((entry) => other.includes(entry)) &&
      (other.length > group.length || o < g)
    )
  );
}

/** a … z, then aa, ab, …. */
function letter(index: number): string {
  const rest = Math.floor(index / 26);
  return (rest > 0 ? letter(rest - 1) : "") + String.fromCharCode(97 + index % 26);
}
