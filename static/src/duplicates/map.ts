/** Two works on one map: the part that both have as a band, one work in its own style over it, the other dashed. */

import { createEmpty, extend, isEmpty } from "ol/extent";
import Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import type Geometry from "ol/geom/Geometry";
import Point from "ol/geom/Point";
import SimpleGeometry from "ol/geom/SimpleGeometry";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import Circle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";
import { createBaseMap } from "../map/base";
import { namesLayer, tileLayer, tileSource } from "../map/layers";
import { COLOURS, limitNameStyle, limitStyle } from "../map/style";

export interface PairShapes {
  readonly a: unknown;
  readonly b: unknown;
  readonly common: unknown;
}

type Role = "common" | "first" | "second";

const format = new GeoJSON({ featureProjection: "EPSG:3857" });
const FIRST = "#2F4B9C";
const SECOND = "#7A4A00";
const WHITE = "#ffffff";

function dot(colour: string, radius: number): Circle {
  return new Circle({
    radius,
    fill: new Fill({ color: colour }),
    stroke: new Stroke({ color: WHITE, width: 2 }),
  });
}

const STYLES: Readonly<Record<Role, Style[]>> = {
  common: [
    new Style({
      stroke: new Stroke({ color: COLOURS.overlap, width: 20 }),
      fill: new Fill({ color: COLOURS.overlap }),
      image: new Circle({ radius: 18, fill: new Fill({ color: COLOURS.overlap }) }),
    }),
  ],
  first: [
    new Style({ stroke: new Stroke({ color: WHITE, width: 8 }) }),
    new Style({
      stroke: new Stroke({ color: FIRST, width: 4 }),
      fill: new Fill({ color: `${FIRST}26` }),
      image: dot(FIRST, 8),
    }),
  ],
  second: [
    new Style({ stroke: new Stroke({ color: WHITE, width: 6 }) }),
    new Style({
      stroke: new Stroke({ color: SECOND, width: 3, lineDash: [9, 3] }),
      fill: new Fill({ color: `${SECOND}1f` }),
      image: dot(SECOND, 6),
    }),
  ],
};

function feature(shape: unknown, role: Role): Feature<Geometry>[] {
  if (!shape) return [];
  const made = new Feature<Geometry>(format.readGeometry(shape));
  made.setId(role);
  made.set("role", role);
  return [made];
}

/** Pixels from the end of a line to its number: beyond the band of what both have. */
const AWAY = 30;
/** Metres of the map: an end this near to the other line is on it. */
const NEAR = 60;

function between(one: readonly number[], other: readonly number[]): number {
  return Math.hypot((one[0] ?? 0) - (other[0] ?? 0), (one[1] ?? 0) - (other[1] ?? 0));
}

interface Place {
  readonly at: readonly number[];
  /** Pixels to the right and down. */
  readonly by: readonly [number, number];
}

/** Where the number of a work stands: beyond the end of its line that is farther from the other work, or beside it. */
function numberPlace(
  of: Geometry,
  other: Geometry | undefined,
  side: 1 | -1,
  taken: readonly number[] | null,
): Place {
  const extent = of.getExtent();
  const points = of instanceof SimpleGeometry ? of.getFlatCoordinates() : null;
  if (!points || points.length < 4 || !(of.getType() === "LineString")) {
    const [west = 0, south = 0, east = 0, north = 0] = extent;
    return { at: [(west + east) / 2, side > 0 ? north : south], by: [0, -AWAY * side] };
  }
  const away = (end: number[]): number => {
    const [x = 0, y = 0] = end;
    const [cx = x, cy = y] = other?.getClosestPoint(end) ?? end;
    return Math.hypot(x - cx, y - cy);
  };
  const first = points.slice(0, 2);
  const last = points.slice(-2);
  // Of a line that begins and ends on the other: where that one's number is not.
  const apart = taken
    ? Math.abs(away(first) - away(last)) > NEAR
      ? away(first) - away(last)
      : between(first, taken) - between(last, taken)
    : away(first) - away(last);
  const atFirst = apart > 0;
  const end = atFirst ? first : last;
  const [x = 0, y = 0] = end;
  const [bx = x, by = y] = atFirst ? points.slice(2, 4) : points.slice(-4, -2);
  const length = Math.hypot(x - bx, y - by) || 1;
  return { at: end, by: [((x - bx) / length) * AWAY, (-(y - by) / length) * AWAY] };
}

function plate(place: Place, number: string, colour: string): Style {
  return new Style({
    geometry: new Point([...place.at]),
    text: new Text({
      text: number,
      font: "600 13px Sarabun",
      offsetX: place.by[0],
      offsetY: place.by[1],
      padding: [2, 6, 2, 6],
      fill: new Fill({ color: WHITE }),
      backgroundFill: new Fill({ color: colour }),
    }),
    zIndex: 20,
  });
}

/** Draw a pair on `target` and show all of what both have, with some of what lies around it. */
export async function showPair(target: HTMLElement, shapes: PairShapes): Promise<void> {
  const source = new VectorSource<Feature<Geometry>>({
    features: [
      ...feature(shapes.common, "common"),
      ...feature(shapes.a, "first"),
      ...feature(shapes.b, "second"),
    ],
  });
  const tambons = tileSource("tambons");
  const layer = (role: Role, zIndex: number): VectorLayer =>
    new VectorLayer({
      source,
      zIndex,
      className: "pair-shapes",
      style: (one) => (one.get("role") === role ? STYLES[role] : []),
    });
  const shapeOf = (role: Role): Geometry | undefined => source.getFeatureById(role)?.getGeometry();
  const map = await createBaseMap(target, {
    keyboardTarget: target,
    layers: [
      tileLayer(tambons, {
        zIndex: 1,
        style: (one, resolution) => limitStyle(one, resolution, "tambons"),
      }),
      namesLayer(tambons, (one, resolution) => limitNameStyle(one, resolution, "tambons")),
      layer("common", 5),
      layer("first", 6),
      layer("second", 7),
      new VectorLayer({
        source,
        className: "pair-numbers",
        zIndex: 9,
        style: (one) => {
          const [first, second] = [shapeOf("first"), shapeOf("second")];
          const role: Role = one.get("role");
          if (role === "common") return [];
          const mine = first && numberPlace(first, second, 1, null);
          if (role === "first") return mine ? plate(mine, "1", FIRST) : [];
          return second ? plate(numberPlace(second, first, -1, mine?.at ?? null), "2", SECOND) : [];
        },
      }),
    ],
  });
  const extent = createEmpty();
  for (const one of source.getFeatures()) extend(extent, one.getGeometry()?.getExtent() ?? createEmpty());
  if (isEmpty(extent)) return;
  const legend = target.parentElement?.querySelector<HTMLElement>(".map-legend");
  const above = Math.max(56, AWAY + 36 + (legend?.offsetHeight ?? 0));
  // biome-ignore lint/suspicious/noFocusedTests: fit() of a view, no test
  map.getView().fit(extent, { padding: [above, 72, 56, 72], maxZoom: 18 });
}
