/** Tables of plain text. */

/** How wide each column is: as its widest cell. */
export function columnWidths(rows: readonly (readonly string[])[]): number[] {
  return rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
}

/** A line for each row, two blanks between columns; those that `isRight` says end flush. */
export function alignedColumns(
  rows: readonly (readonly string[])[],
  isRight: (column: number) => boolean,
): string[] {
  const widths = columnWidths(rows);
  return rows.map((row) =>
    row.map((cell, i) => isRight(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))
      .join("  ").trimEnd()
  );
}
