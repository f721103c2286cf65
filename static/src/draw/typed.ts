/** What was typed, beside the vertices that it made: evidence for as long as one of them still stands. */

import type { Drawing, Position } from "./drawing";

export interface TypedVertices {
  /** As the person wrote it. */
  readonly text: string;
  readonly positions: readonly Position[];
}

const KEPT = 500;

export function withTyped(
  typed: readonly TypedVertices[],
  text: string,
  positions: readonly Position[],
): readonly TypedVertices[] {
  return [...typed, { text, positions }].slice(-KEPT);
}

/** Those of which a vertex stands in the drawing; what was undone, deleted or moved by hand was not typed. */
export function stillStanding(typed: readonly TypedVertices[], drawing: Drawing): readonly TypedVertices[] {
  const standing = new Set(drawing.segments.flatMap(({ positions }) => positions.map(String)));
  return typed.filter(({ positions }) => positions.some((position) => standing.has(String(position))));
}
