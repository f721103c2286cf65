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

interface Place {
  readonly at: readonly number[];
  /** Pixels to the right and down. */
  readonly by: readonly [number, number];
}

/** Where the number of a work stands: beyond the end of its line that is farther from the other work, or beside it. */
function numberPlace(of: Geometry, other: Geometry | undefined, side: 1 | -1): Place {
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
  // Of two lines that end together the one has its number at this end, the other at that.
  const apart = away(first) - away(last);
  const atFirst = Math.abs(apart) < 15 ? (first[0] ?? 0) < (last[0] ?? 0) === side > 0 : apart > 0;
  const end = atFirst ? first : last;
  const [x = 0, y = 0] = end;
  const [bx = x, by = y] = atFirst ? points.slice(2, 4) : points.slice(-4, -2);
  const length = Math.hypot(x - bx, y - by) || 1;
  return { at: end, by: [((x - bx) / length) * AWAY, (-(y - by) / length) * AWAY] };
}

function plate(
  of: Geometry,
  other: Geometry | undefined,
  number: string,
  colour: string,
  side: 1 | -1,
): Style {
  const place = numberPlace(of, other, side);
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
        zIndex: 9,
        style: (one) => {
          const [mine, other] = [
            shapeOf(one.get("role")),
            shapeOf(one.get("role") === "first" ? "second" : "first"),
          ];
          if (!mine || one.get("role") === "common") return [];
          return one.get("role") === "first"
            ? plate(mine, other, "1", FIRST, 1)
            : plate(mine, other, "2", SECOND, -1);
        },
      }),
    ],
  });
  const extent = createEmpty();
  for (const one of source.getFeatures()) extend(extent, one.getGeometry()?.getExtent() ?? createEmpty());
  if (isEmpty(extent)) return;
  const legend = target.parentElement?.querySelector<HTMLElement>(".map-legend");
  const above = Math.max(56, 32 + (legend?.offsetHeight ?? 0));
  // biome-ignore lint/suspicious/noFocusedTests: fit() of a view, no test
  map.getView().fit(extent, { padding: [above, 72, 56, 72], maxZoom: 18 });
}
