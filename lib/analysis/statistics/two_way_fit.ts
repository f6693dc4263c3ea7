/** What is left of a value after its entry and its block are taken out. */

export interface TwoWayFit {
  /** Residual sum of squares / df; null without degrees of freedom. */
  residual_variance: number | null;
  df: number;
}

/**
 * Least-squares fit of value = entry + block to `cells[entry][block]`, null where a cell is missing.
 * Row and column means are taken out in turn until nothing moves, which ends at the least-squares
 * residuals also with missing cells. df = cells − entries − blocks + connected parts.
 */
export function twoWayFit(cells: readonly (readonly (number | null)[])[]): TwoWayFit {
  const known = cells.flatMap((row, entry) =>
    row.flatMap((value, block) => value === null ? [] : [{ entry, block, value }])
  );
  const df = known.length - parameters(known);
  if (df < 1) return { residual_variance: null, df: 0 };
  const size = Math.max(...known.map(({ value }) => Math.abs(value)), 1e-300);
  for (let round = 0; round < 2000; round++) {
    const moved = Math.max(takeOut(known, "entry"), takeOut(known, "block"));
    if (moved <= 1e-14 * size) break;
  }
  const squares = known.reduce((sum, { value }) => sum + value ** 2, 0);
  return { residual_variance: squares / df, df };
}

interface Cell {
  entry: number;
  block: number;
  value: number;
}

/** Subtracts the mean of each entry or block in place; the largest mean taken out. */
function takeOut(known: Cell[], side: "entry" | "block"): number {
  let moved = 0;
  for (const group of Map.groupBy(known, (cell) => cell[side]).values()) {
    const mean = group.reduce((sum, { value }) => sum + value, 0) / group.length;
    for (const cell of group) cell.value -= mean;
    moved = Math.max(moved, Math.abs(mean));
  }
  return moved;
}

/** Entries and blocks that have cells, less one for each connected part: what the fit estimates. */
function parameters(known: readonly Cell[]): number {
  const part = new Map<string, string>();
  const rootOf = (node: string): string => {
    const up = part.get(node) ?? node;
    return up === node ? node : rootOf(up);
  };
  for (const { entry, block } of known) {
    const [row, column] = [`entry ${entry}`, `block ${block}`];
    for (const node of [row, column]) if (!part.has(node)) part.set(node, node);
    part.set(rootOf(row), rootOf(column));
  }
  const nodes = [...part.keys()];
  return nodes.length - new Set(nodes.map(rootOf)).size;
}
