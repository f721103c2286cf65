/** Tables on the clipboard as spreadsheets write them: tab between cells, a line a row, quotes round what needs them. */

/**
 * Read a table. A cell that begins with a quote runs to the closing one, tabs and line ends included; a quote inside
 * it is written twice. A quote later in a cell is a quote (3" pipe). The last line end closes the last row.
 */
export function parseTable(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  const source = text.replaceAll("\0", "");
  while (at < source.length) {
    const quoted = source[at] === '"' ? quotedCell(source, at) : null;
    const end = quoted ? quoted.end : plainEnd(source, at);
    row.push(quoted ? quoted.text : source.slice(at, end));
    at = end;
    if (source[at] === "\t") {
      at += 1;
      if (at === source.length) row.push("");
      continue;
    }
    if (source[at] === "\r" && source[at + 1] === "\n") at += 1;
    at += 1;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return squared(rows);
}

function plainEnd(source: string, from: number): number {
  for (let at = from; at < source.length; at += 1) {
    const letter = source[at];
    if (letter === "\t" || letter === "\n" || letter === "\r") return at;
  }
  return source.length;
}

/** The cell in quotes that begins here; null when the quote is never closed in front of a tab or a line end. */
function quotedCell(source: string, from: number): { readonly text: string; readonly end: number } | null {
  let text = "";
  for (let at = from + 1; at < source.length; at += 1) {
    if (source[at] !== '"') {
      text += source[at];
      continue;
    }
    if (source[at + 1] === '"') {
      text += '"';
      at += 1;
      continue;
    }
    const after = source[at + 1];
    const closes = after === undefined || after === "\t" || after === "\n" || after === "\r";
    return closes ? { text: text.replaceAll("\r\n", "\n").replaceAll("\r", "\n"), end: at + 1 } : null;
  }
  return null;
}

/** Every row as long as the longest: a spreadsheet leaves empty cells at the end away. */
function squared(rows: string[][]): string[][] {
  const width = Math.max(0, ...rows.map((row) => row.length));
  for (const row of rows) while (row.length < width) row.push("");
  return rows;
}

export function writeTable(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(written).join("\t")).join("\r\n");
}

function written(cell: string): string {
  return /["\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
