/**
 * The lines in view as a network, to follow them: "ลากตาม" between two clicks, "ปักหัวท้าย" between two ends.
 * Plane coordinates (EPSG:3857); ends that nearly touch another line are joined to it.
 */

import { nearestOnLeg, type Snapped, type Target, type XY } from "./snapping";

interface Edge {
  readonly to: number;
  readonly length: number;
}

const GRID = 0.5;

export class Network {
  private readonly nodes: XY[] = [];
  private readonly edges: Edge[][] = [];
  private readonly byPlace = new Map<string, number>();

  constructor(targets: readonly Target[], joinWithin = 3) {
    const lines = targets.filter((target) => target.points.length > 1);
    for (const { points, closed } of withJoints(lines, joinWithin)) {
      const ring = closed ? [...points, points[0] as XY] : points;
      for (let i = 1; i < ring.length; i += 1) this.link(ring[i - 1] as XY, ring[i] as XY);
    }
  }

  /** The way between two caught places, both included; null when the lines do not connect. */
  path(from: Snapped, to: Snapped): readonly XY[] | null {
    const start = this.place(from);
    const goal = this.place(to);
    if (start === goal) return [from.at, to.at];
    const before = this.search(start, goal);
    if (!before) return null;
    const way: number[] = [];
    for (let node: number | undefined = goal; node !== undefined; node = before.get(node)) {
      way.push(node);
      if (node === start) break;
    }
    return way.reverse().map((node) => this.nodes[node] as XY);
  }

  private node(at: XY): number {
    const key = `${Math.round(at[0] / GRID)}/${Math.round(at[1] / GRID)}`;
    const known = this.byPlace.get(key);
    if (known !== undefined) return known;
    this.nodes.push(at);
    this.edges.push([]);
    this.byPlace.set(key, this.nodes.length - 1);
    return this.nodes.length - 1;
  }

  private link(a: XY, b: XY): void {
    const [from, to] = [this.node(a), this.node(b)];
    if (from === to) return;
    const length = Math.hypot(a[0] - b[0], a[1] - b[1]);
    this.edges[from]?.push({ to, length });
    this.edges[to]?.push({ to: from, length });
  }

  /** A place on a leg becomes a node between the two ends of the leg. */
  private place({ target, index, kind, at }: Snapped): number {
    if (kind !== "edge") return this.node(at);
    const count = target.points.length;
    this.link(target.points[index - 1] as XY, at);
    this.link(at, target.points[index % count] as XY);
    return this.node(at);
  }

  /** Dijkstra; the network of one view is a few thousand nodes. */
  private search(start: number, goal: number): Map<number, number> | null {
    const best = new Map<number, number>([[start, 0]]);
    const before = new Map<number, number>();
    const done = new Set<number>();
    const queue: [distance: number, node: number][] = [[0, start]];
    for (let item = pop(queue); item; item = pop(queue)) {
      const [length, node] = item;
      if (node === goal) return before;
      if (done.has(node)) continue;
      done.add(node);
      for (const edge of this.edges[node] ?? []) {
        const total = length + edge.length;
        if (total >= (best.get(edge.to) ?? Infinity)) continue;
        best.set(edge.to, total);
        before.set(edge.to, node);
        push(queue, [total, edge.to]);
      }
    }
    return null;
  }
}

type Item = [distance: number, node: number];

function push(heap: Item[], item: Item): void {
  heap.push(item);
  let i = heap.length - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if ((heap[parent] as Item)[0] <= (heap[i] as Item)[0]) return;
    [heap[parent], heap[i]] = [heap[i] as Item, heap[parent] as Item];
    i = parent;
  }
}

function pop(heap: Item[]): Item | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (!top || !last || heap.length === 0) return top;
  heap[0] = last;
  for (let i = 0; ; ) {
    const left = 2 * i + 1;
    if (left >= heap.length) return top;
    const right = left + 1;
    const child = right < heap.length && (heap[right] as Item)[0] < (heap[left] as Item)[0] ? right : left;
    if ((heap[i] as Item)[0] <= (heap[child] as Item)[0]) return top;
    [heap[i], heap[child]] = [heap[child] as Item, heap[i] as Item];
    i = child;
  }
}

/** Lines with a vertex wherever the end of another line touches one of their legs. */
function withJoints(lines: readonly Target[], within: number): Target[] {
  const ends = lines.flatMap(({ points, closed, id }) =>
    closed ? [] : [points[0] as XY, points.at(-1) as XY].map((at) => ({ id, at })),
  );
  return lines.map((line) => {
    const points: XY[] = [line.points[0] as XY];
    for (let i = 1; i < line.points.length; i += 1) {
      const from = line.points[i - 1] as XY;
      const to = line.points[i] as XY;
      const joints = ends
        .filter(({ id, at }) => id !== line.id && touches(at, from, to, within))
        .map(({ at }) => ({ at, share: nearestOnLeg(at, from, to)[1] }))
        .sort((a, b) => a.share - b.share);
      points.push(...joints.map(({ at }) => at), to);
    }
    return { ...line, points };
  });
}

function touches(at: XY, from: XY, to: XY, within: number): boolean {
  if (at[0] < Math.min(from[0], to[0]) - within || at[0] > Math.max(from[0], to[0]) + within) return false;
  if (at[1] < Math.min(from[1], to[1]) - within || at[1] > Math.max(from[1], to[1]) + within) return false;
  const [near] = nearestOnLeg(at, from, to);
  return Math.hypot(near[0] - at[0], near[1] - at[1]) <= within;
}
