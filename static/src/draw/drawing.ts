/**
 * What is being drawn: numbered segments of positions, never changed in place. Every function answers a new drawing
 * (or the same one when there was nothing to do), so that undo is a list of drawings and nothing can be missed by it.
 */

import { inverse, lineLength, type Position, polygonArea } from "./geodesic";

export type { Position } from "./geodesic";
export type Shape = "LineString" | "Point" | "Polygon";

export interface Segment {
  /** Stays with the segment when its number changes. */
  readonly id: number;
  readonly shape: Shape;
  /** A polygon's outer ring without the repeated last position. */
  readonly positions: readonly Position[];
  /** Rings inside a polygon that came from a file; kept, not edited. */
  readonly holes?: readonly (readonly Position[])[];
}

export interface Drawing {
  readonly segments: readonly Segment[];
  readonly nextId: number;
}

export const EMPTY: Drawing = { segments: [], nextId: 1 };

/** Positions that a finished segment needs. */
export const ENOUGH: Readonly<Record<Shape, number>> = { Point: 1, LineString: 2, Polygon: 3 };

export function segmentOf(drawing: Drawing, id: number | null): Segment | undefined {
  return drawing.segments.find((segment) => segment.id === id);
}

export function isComplete(segment: Segment): boolean {
  return segment.positions.length >= ENOUGH[segment.shape];
}

export function vertexCount(drawing: Drawing): number {
  return drawing.segments.reduce((count, segment) => count + segment.positions.length, 0);
}

function replace(drawing: Drawing, id: number, change: (segment: Segment) => Segment): Drawing {
  let changed = false;
  const segments = drawing.segments.map((segment) => {
    if (segment.id !== id) return segment;
    const next = change(segment);
    changed ||= next !== segment;
    return next;
  });
  return changed ? { ...drawing, segments } : drawing;
}

function withPositions(segment: Segment, positions: readonly Position[]): Segment {
  return { ...segment, positions };
}

export function addSegment(
  drawing: Drawing,
  shape: Shape,
  positions: readonly Position[] = [],
): readonly [Drawing, number] {
  const id = drawing.nextId;
  const segments = [...drawing.segments, { id, shape, positions }];
  return [{ segments, nextId: id + 1 }, id];
}

export function removeSegment(drawing: Drawing, id: number): Drawing {
  const segments = drawing.segments.filter((segment) => segment.id !== id);
  return segments.length === drawing.segments.length ? drawing : { ...drawing, segments };
}

/** Give a segment another number: `by` -1 is one earlier. */
export function moveSegment(drawing: Drawing, id: number, by: number): Drawing {
  const from = drawing.segments.findIndex((segment) => segment.id === id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= drawing.segments.length) return drawing;
  const segments = [...drawing.segments];
  const [moved] = segments.splice(from, 1);
  segments.splice(to, 0, moved as Segment);
  return { ...drawing, segments };
}

/** Put a position before vertex `index`; at the end without one. A point has one position only: it is moved. */
export function addVertex(drawing: Drawing, id: number, position: Position, index?: number): Drawing {
  return replace(drawing, id, (segment) => {
    if (segment.shape === "Point") return withPositions(segment, [position]);
    const positions = [...segment.positions];
    positions.splice(index ?? positions.length, 0, position);
    return withPositions(segment, positions);
  });
}

export function addVertices(drawing: Drawing, id: number, positions: readonly Position[]): Drawing {
  return positions.reduce((next, position) => addVertex(next, id, position), drawing);
}

export function moveVertex(drawing: Drawing, id: number, index: number, position: Position): Drawing {
  return replace(drawing, id, (segment) => {
    const old = segment.positions[index];
    if (!old || (old[0] === position[0] && old[1] === position[1])) return segment;
    return withPositions(segment, segment.positions.with(index, position));
  });
}

/** Take a vertex away; a segment without any vertex goes too. */
export function deleteVertex(drawing: Drawing, id: number, index: number): Drawing {
  const segment = segmentOf(drawing, id);
  if (!segment || index < 0 || index >= segment.positions.length) return drawing;
  if (segment.positions.length === 1) return removeSegment(drawing, id);
  return replace(drawing, id, (old) => withPositions(old, old.positions.toSpliced(index, 1)));
}

/** Cut a line at a vertex between its ends into two segments that share it; the second gets the next number. */
export function splitAtVertex(drawing: Drawing, id: number, index: number): Drawing {
  const at = drawing.segments.findIndex((segment) => segment.id === id);
  const segment = drawing.segments[at];
  if (segment?.shape !== "LineString") return drawing;
  if (index <= 0 || index >= segment.positions.length - 1) return drawing;
  const tail: Segment = {
    id: drawing.nextId,
    shape: "LineString",
    positions: segment.positions.slice(index),
  };
  const segments = drawing.segments.toSpliced(
    at,
    1,
    withPositions(segment, segment.positions.slice(0, index + 1)),
    tail,
  );
  return { segments, nextId: drawing.nextId + 1 };
}

/** Cut a line at a position on the leg that ends at vertex `leg`. */
export function splitAt(drawing: Drawing, id: number, leg: number, position: Position): Drawing {
  const segment = segmentOf(drawing, id);
  if (segment?.shape !== "LineString") return drawing;
  for (const index of [leg - 1, leg]) {
    const vertex = segment.positions[index];
    if (vertex && vertex[0] === position[0] && vertex[1] === position[1])
      return splitAtVertex(drawing, id, index);
  }
  return splitAtVertex(addVertex(drawing, id, position, leg), id, leg);
}

type Join = readonly [gap_m: number, positions: readonly Position[]];

/** Join two lines at their nearest ends; the joined line keeps the number and direction of the first. */
export function mergeSegments(drawing: Drawing, firstId: number, secondId: number): Drawing {
  const first = segmentOf(drawing, firstId);
  const second = segmentOf(drawing, secondId);
  if (!first || !second || firstId === secondId) return drawing;
  if (first.shape !== "LineString" || second.shape !== "LineString") return drawing;
  if (!isComplete(first) || !isComplete(second)) return drawing;
  const gap = (a: Position | undefined, b: Position | undefined): number =>
    a && b ? inverse(a, b).length_m : Number.POSITIVE_INFINITY;
  const a = first.positions;
  const b = second.positions;
  const turned = [...b].reverse();
  const choices: readonly Join[] = [
    [gap(a.at(-1), b[0]), [...a, ...b]],
    [gap(a.at(-1), b.at(-1)), [...a, ...turned]],
    [gap(a[0], b.at(-1)), [...b, ...a]],
    [gap(a[0], b[0]), [...turned, ...a]],
  ];
  const [, positions] = choices.reduce((best, join) => (join[0] < best[0] ? join : best));
  const joined = replace(drawing, firstId, (segment) => withPositions(segment, withoutRepeats(positions)));
  return removeSegment(joined, secondId);
}

export function reverseSegment(drawing: Drawing, id: number): Drawing {
  return replace(drawing, id, (segment) =>
    segment.positions.length < 2 ? segment : withPositions(segment, [...segment.positions].reverse()),
  );
}

export const REPEAT_M = 0.05;

/** Drop vertices closer than 5 cm to the one before: a slip of the hand, not a bend of the road. */
export function withoutRepeats(positions: readonly Position[], limit_m = REPEAT_M): readonly Position[] {
  const kept = positions.filter((position, i) => {
    const before = positions[i - 1];
    return !before || inverse(before, position).length_m > limit_m;
  });
  return kept.length === positions.length ? positions : kept;
}

export function dropRepeats(drawing: Drawing, limit_m = REPEAT_M): Drawing {
  return drawing.segments.reduce((next, { id }) => {
    return replace(next, id, (segment) => {
      let positions = withoutRepeats(segment.positions, limit_m);
      const [first, last] = [positions[0], positions.at(-1)];
      if (segment.shape === "Polygon" && positions.length > 3 && first && last) {
        if (inverse(first, last).length_m <= limit_m) positions = positions.slice(0, -1);
      }
      return positions === segment.positions ? segment : withPositions(segment, positions);
    });
  }, drawing);
}

/** Put other lines in the place of one: the first keeps its id and number, the others follow. */
export function replaceLine(drawing: Drawing, id: number, lines: readonly (readonly Position[])[]): Drawing {
  const at = drawing.segments.findIndex((segment) => segment.id === id);
  const segment = drawing.segments[at];
  const [first, ...others] = lines;
  if (segment?.shape !== "LineString" || !first) return drawing;
  const added = others.map(
    (positions, i): Segment => ({ id: drawing.nextId + i, shape: "LineString", positions }),
  );
  const segments = drawing.segments.toSpliced(at, 1, withPositions(segment, first), ...added);
  return { segments, nextId: drawing.nextId + added.length };
}

/** Segments that nobody finished: one tap of the line tool and then another tool. */
export function dropIncomplete(drawing: Drawing): Drawing {
  const segments = drawing.segments.filter(isComplete);
  return segments.length === drawing.segments.length ? drawing : { ...drawing, segments };
}

export function segmentLength(segment: Segment): number {
  return segment.shape === "LineString" ? lineLength(segment.positions) : 0;
}

export function segmentArea(segment: Segment): number {
  if (segment.shape !== "Polygon" || segment.positions.length < 3) return 0;
  return polygonArea([segment.positions, ...(segment.holes ?? [])]);
}

export function totalLength(drawing: Drawing): number {
  return drawing.segments.reduce((sum, segment) => sum + segmentLength(segment), 0);
}

export function totalArea(drawing: Drawing): number {
  return drawing.segments.reduce((sum, segment) => sum + segmentArea(segment), 0);
}
