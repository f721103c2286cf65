/** Between a drawing and GeoJSON as the server takes and gives it: one feature per segment, `seq` from 1. */

import {
  addSegment,
  type Drawing,
  EMPTY,
  isComplete,
  type Position,
  type Segment,
  type Shape,
} from "./drawing";

export interface Geometry {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: nesting depends on the type
  readonly coordinates?: any;
  readonly geometries?: readonly Geometry[];
}

export interface Feature {
  readonly type: "Feature";
  readonly geometry: Geometry;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface FeatureCollection {
  readonly type: "FeatureCollection";
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly features: readonly Feature[];
}

const DIGITS = 1e9; // 0.1 mm: what was typed or snapped is sent as it is

function rounded([lon, lat]: Position): [number, number] {
  return [Math.round(lon * DIGITS) / DIGITS, Math.round(lat * DIGITS) / DIGITS];
}

function closed(ring: readonly Position[]): [number, number][] {
  const positions = ring.map(rounded);
  return positions[0] ? [...positions, positions[0]] : [];
}

export function segmentGeometry(segment: Segment): Geometry {
  if (segment.shape === "Point")
    return { type: "Point", coordinates: rounded(segment.positions[0] as Position) };
  if (segment.shape === "Polygon") {
    return {
      type: "Polygon",
      coordinates: [closed(segment.positions), ...(segment.holes ?? []).map(closed)],
    };
  }
  return { type: "LineString", coordinates: segment.positions.map(rounded) };
}

/** Complete segments only; numbers follow the order on the screen. */
export function toFeatureCollection(
  drawing: Drawing,
  properties: Readonly<Record<string, unknown>> = {},
): FeatureCollection {
  const features = drawing.segments.filter(isComplete).map(
    (segment, i): Feature => ({
      type: "Feature",
      geometry: segmentGeometry(segment),
      properties: { seq: i + 1 },
    }),
  );
  return { type: "FeatureCollection", properties, features };
}

function open(ring: readonly Position[]): readonly Position[] {
  const [first, last] = [ring[0], ring.at(-1)];
  return first && last && ring.length > 1 && first[0] === last[0] && first[1] === last[1]
    ? ring.slice(0, -1)
    : ring;
}

const plain = (position: readonly number[]): Position => [position[0] as number, position[1] as number];

/** Simple parts of any geometry, in order. */
export function parts(geometry: Geometry | null | undefined): Omit<Segment, "id">[] {
  if (!geometry) return [];
  const { type, coordinates } = geometry;
  if (geometry.geometries) return geometry.geometries.flatMap(parts);
  if (type.startsWith("Multi")) {
    const single = type.slice("Multi".length);
    return (coordinates as unknown[]).flatMap((part) => parts({ type: single, coordinates: part }));
  }
  if (type === "Point") return [{ shape: "Point", positions: [plain(coordinates)] }];
  if (type === "LineString") {
    return [{ shape: "LineString", positions: (coordinates as number[][]).map(plain) }];
  }
  if (type !== "Polygon") return [];
  const [outer = [], ...holes] = (coordinates as number[][][]).map((ring) => open(ring.map(plain)));
  return [{ shape: "Polygon", positions: outer, ...(holes.length > 0 ? { holes } : {}) }];
}

export function fromGeometries(geometries: readonly (Geometry | null)[]): Drawing {
  return geometries.flatMap(parts).reduce<Drawing>((drawing, part) => {
    const [next, id] = addSegment(drawing, part.shape as Shape, part.positions);
    if (!part.holes) return next;
    const { holes } = part;
    return { ...next, segments: next.segments.map((s) => (s.id === id ? { ...s, holes } : s)) };
  }, EMPTY);
}
