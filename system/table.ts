/**
 * A table as text: columns separated by two spaces, the first column flush left.
 * @param align where the cells of all further columns stand
 */
export function textTable(rows: readonly (readonly string[])[], align: "left" | "right" = "left"): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const pad = (cell: string, column: number) =>
    column === 0 || align === "left" ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}
