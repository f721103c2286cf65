/** Snapping: what is near the pointer among lines and points in view. Plane coordinates (EPSG:3857), tolerance too. */

export type XY = readonly [x: number, y: number];

export interface Target {
  readonly id: string;
  /** What it is called when caught: "ถนนลาดยาง อบต.". */
  readonly label: string;
  readonly points: readonly XY[];
  readonly closed?: boolean;
}

export type Catch = "end" | "vertex" | "edge";

export interface Snapped {
  readonly target: Target;
  readonly kind: Catch;
  readonly at: XY;
  /** Vertex caught, or the vertex at which the caught leg ends. */
  readonly index: number;
  readonly distance: number;
}

export interface Box {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

export function boxOf(points: readonly XY[]): Box {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    minX = Math.min(minX, x);
    minY = Math.min(minY, y);
    maxX = Math.max(maxX, x);
    maxY = Math.max(maxY, y);
  }
  return { minX, minY, maxX, maxY };
}

export function nearestOnLeg(point: XY, from: XY, to: XY): readonly [at: XY, share: number] {
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  const squared = dx * dx + dy * dy;
  const raw = squared === 0 ? 0 : ((point[0] - from[0]) * dx + (point[1] - from[1]) * dy) / squared;
  const share = Math.min(1, Math.max(0, raw));
  return [[from[0] + share * dx, from[1] + share * dy], share];
}

const distance = (a: XY, b: XY): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** A set of targets with their boxes worked out once. */
export class SnapIndex {
  private readonly entries: readonly { readonly target: Target; readonly box: Box }[];

  constructor(readonly targets: readonly Target[]) {
    this.entries = targets
      .filter(({ points }) => points.length > 0)
      .map((target) => ({ target, box: boxOf(target.points) }));
  }

  /** The nearest end, else vertex, else place on a leg; vertices win over legs within the tolerance. */
  snap(point: XY, tolerance: number, skip?: (target: Target, index: number) => boolean): Snapped | null {
    let vertex: Snapped | null = null;
    let edge: Snapped | null = null;
    for (const { target, box } of this.entries) {
      if (point[0] < box.minX - tolerance || point[0] > box.maxX + tolerance) continue;
      if (point[1] < box.minY - tolerance || point[1] > box.maxY + tolerance) continue;
      vertex = nearer(vertex, nearestVertex(target, point, tolerance, skip));
      if (!vertex) edge = nearer(edge, nearestEdge(target, point, tolerance, skip));
    }
    return vertex ?? edge;
  }
}

function nearer(best: Snapped | null, other: Snapped | null): Snapped | null {
  if (!best || !other) return best ?? other;
  return other.distance < best.distance ? other : best;
}

type Skip = ((target: Target, index: number) => boolean) | undefined;

function nearestVertex(target: Target, point: XY, tolerance: number, skip: Skip): Snapped | null {
  let best: Snapped | null = null;
  target.points.forEach((at, index) => {
    const away = distance(at, point);
    if (away > tolerance || (best && away >= best.distance) || skip?.(target, index)) return;
    const end = !target.closed && (index === 0 || index === target.points.length - 1);
    best = { target, kind: end ? "end" : "vertex", at, index, distance: away };
  });
  return best;
}

function nearestEdge(target: Target, point: XY, tolerance: number, skip: Skip): Snapped | null {
  let best: Snapped | null = null;
  const count = target.points.length;
  for (let index = 1; index < count + (target.closed ? 1 : 0); index += 1) {
    const from = target.points[index - 1] as XY;
    const to = target.points[index % count] as XY;
    if (skip?.(target, index % count) || skip?.(target, index - 1)) continue;
    const [at] = nearestOnLeg(point, from, to);
    const away = distance(at, point);
    if (away > tolerance || (best && away >= best.distance)) continue;
    best = { target, kind: "edge", at, index, distance: away };
  }
  return best;
}
