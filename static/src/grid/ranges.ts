/** Rectangles of cells: a corner that stays, a corner that moves, and what a block of values covers when it is put down. */

export interface Place {
  /** Position among the lines that are shown. */
  readonly line: number;
  readonly column: number;
}

export interface Range {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export function rangeOf(one: Place, other: Place): Range {
  return {
    top: Math.min(one.line, other.line),
    bottom: Math.max(one.line, other.line),
    left: Math.min(one.column, other.column),
    right: Math.max(one.column, other.column),
  };
}

export function contains(range: Range, place: Place): boolean {
  return (
    place.line >= range.top &&
    place.line <= range.bottom &&
    place.column >= range.left &&
    place.column <= range.right
  );
}

export function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

export interface Target {
  readonly row: number;
  readonly column: number;
  readonly text: string;
}

/**
 * Where the cells of a block go, relative to the selection's top left. One value fills the whole selection; a block
 * that fits into it several times over is repeated, as spreadsheets do; otherwise it is put down once.
 */
export function laidOut(block: readonly (readonly string[])[], rows: number, columns: number): Target[] {
  const height = block.length;
  const width = block[0]?.length ?? 0;
  if (height === 0 || width === 0) return [];
  const tallest = rows % height === 0 ? Math.max(rows, height) : height;
  const widest = columns % width === 0 ? Math.max(columns, width) : width;
  const targets: Target[] = [];
  for (let row = 0; row < tallest; row += 1)
    for (let column = 0; column < widest; column += 1)
      targets.push({ row, column, text: block[row % height]?.[column % width] ?? "" });
  return targets;
}

/** First and last line in view, with some above and below so that quick scrolling shows no holes. */
export function linesInView(
  scrolled_px: number,
  height_px: number,
  line_px: number,
  lines: number,
  spare = 6,
): { readonly first: number; readonly last: number } {
  const first = Math.floor(scrolled_px / line_px) - spare;
  const last = Math.ceil((scrolled_px + height_px) / line_px) + spare;
  return { first: clamp(first, 0, Math.max(0, lines - 1)), last: clamp(last, -1, lines - 1) };
}
