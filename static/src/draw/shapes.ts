/** Shapes of the drawing as the map draws them: segments, their vertices and mid-points. */

import Feature from "ol/Feature";
import { LineString, Point, Polygon } from "ol/geom";
import type { Style } from "ol/style";
import type { Segment } from "./drawing";
import * as look from "./look";
import { toPlane } from "./planar";
import type { XY } from "./snapping";

export function olGeometry(segment: Omit<Segment, "id">): Point | LineString | Polygon | undefined {
  const plane = segment.positions.map((position) => [...toPlane(position)]);
  if (segment.shape === "Point") return plane[0] ? new Point(plane[0]) : undefined;
  if (segment.shape === "LineString" || plane.length < 3) {
    return plane.length > 1 ? new LineString(plane) : undefined;
  }
  const holes = (segment.holes ?? []).map((ring) => ring.map((position) => [...toPlane(position)]));
  return new Polygon([
    [...plane, plane[0] as number[]],
    ...holes.map((ring) => [...ring, ring[0] as number[]]),
  ]);
}

export function bodyStyles(segment: Segment, marked: boolean): Style[] {
  if (segment.shape === "Point") return [];
  const styles = segment.shape === "Polygon" ? look.draftArea : look.draftLine;
  return marked ? [look.activeHalo, ...styles] : styles;
}

/** Mid-points with the index before which a new vertex goes. */
export function middles(segment: Segment, plane: readonly XY[]): [number, XY][] {
  const found: [number, XY][] = [];
  const legs = segment.shape === "Polygon" && plane.length > 2 ? plane.length : plane.length - 1;
  for (let i = 0; i < legs; i += 1) {
    const a = plane[i] as XY;
    const b = plane[(i + 1) % plane.length] as XY;
    found.push([i + 1, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]]);
  }
  return found;
}

/** Vertices and mid-points of a segment, to be taken hold of. */
export function addHandles(
  into: Feature[],
  segment: Segment,
  {
    active,
    vertex,
    touch,
  }: { readonly active: boolean; readonly vertex: number | null; readonly touch: boolean },
): void {
  const plane = segment.positions.map(toPlane);
  plane.forEach((xy, index) => {
    const feature = new Feature({ geometry: new Point([...xy]), segment: segment.id, vertex: index });
    const isActive = active && vertex === index;
    feature.setStyle(
      segment.shape === "Point" ? look.pointStyle(isActive) : look.vertexStyle(isActive, touch),
    );
    into.push(feature);
  });
  if (!active || segment.shape === "Point") return;
  for (const [index, middle] of middles(segment, plane)) {
    const feature = new Feature({ geometry: new Point([...middle]), segment: segment.id, before: index });
    feature.setStyle(touch ? look.midPointTouch : look.midPoint);
    into.push(feature);
  }
}
