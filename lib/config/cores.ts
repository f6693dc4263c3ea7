/** Lists of CPU cores as `taskset` writes them. */

/** The cores that a list such as "0,2-4" names; none for undefined. */
export function coresOf(list: string | undefined): number[] {
  if (list === undefined) return [];
  return list.split(",").flatMap((part) => {
    const [from, to = from] = part.split("-").map(Number) as [number, number?];
    return Array.from({ length: to! - from + 1 }, (_, i) => from + i);
  });
}
