/** Between stored positions (lon/lat) and the map's plane (EPSG:3857). */

import { fromLonLat, toLonLat } from "ol/proj";
import type { Drawing, Position } from "./drawing";
import type { Target, XY } from "./snapping";

export function toPlane(position: Position): XY {
  const [x = 0, y = 0] = fromLonLat([position[0], position[1]]);
  return [x, y];
}

export function toPosition(xy: readonly number[]): Position {
  const [lon = 0, lat = 0] = toLonLat([xy[0] ?? 0, xy[1] ?? 0]);
  return [lon, lat];
}

/** The drawing itself as snap targets: segments meet exactly where the hand only nearly met. */
export function ownTargets(drawing: Drawing, label: (number: number) => string): Target[] {
  return drawing.segments.map((segment, i) => ({
    id: `own:${segment.id}`,
    label: label(i + 1),
    points: segment.positions.map(toPlane),
    closed: segment.shape === "Polygon",
  }));
}
