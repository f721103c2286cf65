/** Cartography: the base map stays pale, the kind of a project is told by line and frame, its state is drawn over it. */

import type { FeatureLike } from "ol/Feature";
import { Point } from "ol/geom";
import { Circle, Fill, Icon, RegularShape, Stroke, Style, Text } from "ol/style";
import { moneyShort } from "../format";
import { WATER_LINE, waterImage } from "./symbols";

export const COLOURS = {
  accent: "#2F4B9C",
  ink: "#1A2130",
  draft: "#B4136D",
  halo: "#FFD54A",
  bad: "#B3261E",
  other: "#7A4A00",
  overlap: "rgba(240,138,36,0.34)",
  water: "#0B6FA4",
  waterFill: "rgba(11,111,164,0.22)",
  limit: "#7C5391",
  white: "#FFFFFF",
} as const;

interface LineLook {
  readonly casing?: readonly [colour: string, width: number];
  readonly core: readonly [colour: string, width: number];
  readonly dash?: readonly number[];
  readonly round?: boolean;
}

/** Widths in pixels at zoom 15. Solid = paved, dashed = unpaved, so that a grey print still reads. */
export const ROADS: Readonly<Record<string, LineLook>> = {
  RC: { casing: ["#4A5160", 5.6], core: ["#FFFFFF", 3.2] },
  AC: { core: ["#2B3038", 4.6] },
  CAPE: { casing: ["#2B3038", 4.8], core: ["#FFFFFF", 1.2], dash: [7, 5] },
  ST: { casing: ["#2B3038", 4.8], core: ["#FFFFFF", 1.2], dash: [7, 5] },
  PARA: { casing: ["#2E6B57", 4.8], core: ["#FFFFFF", 1.8], dash: [0.1, 6], round: true },
  BLOCK: { casing: ["#4A5160", 5.6], core: ["#E2B9A6", 3.4] },
  CRUSHED: { casing: ["#FFFFFF", 5], core: ["#8A8172", 3.4], dash: [10, 4] },
  LATERITE: { casing: ["#FFFFFF", 5], core: ["#B8562A", 3.4], dash: [10, 4] },
  EARTH: { casing: ["#FFFFFF", 4.4], core: ["#8A6A3F", 2.6], dash: [0.1, 5], round: true },
  OTHER: { casing: ["#FFFFFF", 4.4], core: ["#6A7386", 2.4], dash: [4, 4] },
};

const LINE_LOOKS: Readonly<Record<string, LineLook>> = {
  canal: { casing: ["#FFFFFF", 6], core: [COLOURS.water, 4] },
  pipe: { casing: ["#FFFFFF", 5], core: [COLOURS.water, 3], dash: [12, 3, 2, 3] },
  other: { casing: ["#FFFFFF", 5], core: ["#D0742B", 3], dash: [6, 3] },
};

const FONT = "Sarabun, sans-serif";
const RESOLUTION_0 = 156_543.03392804097;

export function zoomOf(resolution: number): number {
  return Math.log2(RESOLUTION_0 / resolution);
}

/** x0.6 at zoom 12, 1 at 15, x1.6 at 18, between them in proportion. */
export function widthFactor(zoom: number): number {
  const z = Math.min(18, Math.max(11, zoom));
  return z < 15 ? 1 - (15 - z) * (0.4 / 3) : 1 + (z - 15) * 0.2;
}

const cache = new Map<string, Style[]>();
const CACHE_LIMIT = 4000;

function cached(key: string, make: () => Style[]): Style[] {
  const ready = cache.get(key);
  if (ready) return ready;
  if (cache.size > CACHE_LIMIT) cache.clear();
  const made = make();
  cache.set(key, made);
  return made;
}

function line(colour: string, width: number, dash?: readonly number[], cap: CanvasLineCap = "butt"): Style {
  const options: ConstructorParameters<typeof Stroke>[0] = {
    color: colour,
    width,
    lineCap: cap,
    lineJoin: "round",
  };
  if (dash) options.lineDash = [...dash];
  return new Style({ stroke: new Stroke(options) });
}

function lookStyles(look: LineLook, factor: number): Style[] {
  const styles: Style[] = [];
  if (look.casing) styles.push(line(look.casing[0], look.casing[1] * factor, undefined, "round"));
  const dash = look.dash?.map((part) => part * Math.max(0.7, factor));
  const cap = look.round || !look.dash ? "round" : "butt";
  styles.push(line(look.core[0], look.core[1] * factor, dash, cap));
  return styles;
}

/** The line of a road by its surface. Draws a LineString or MultiLineString. */
export function roadStyles(surface: string | null | undefined, zoom: number): Style[] {
  const key = surface && surface in ROADS ? surface : "OTHER";
  const factor = Math.round(widthFactor(zoom) * 20) / 20;
  return cached(`road|${key}|${factor}`, () => lookStyles(ROADS[key] as LineLook, factor));
}

const ratio = (): number => Math.max(2, Math.ceil(globalThis.devicePixelRatio ?? 1));

function icon(image: HTMLCanvasElement, options: { rotation?: number } = {}): Icon {
  return new Icon({
    img: image,
    scale: 1 / ratio(),
    rotation: options.rotation ?? 0,
    rotateWithView: true,
    declutterMode: "obstacle", // a label gives way, a symbol never does
  });
}

export function waterSymbol(type: string | null | undefined, size_px = 22): Style {
  return cached(`symbol|${type ?? ""}|${size_px}`, () => [
    new Style({ image: icon(waterImage(type, size_px, ratio())), zIndex: 20 }),
  ])[0] as Style;
}

let arrow: HTMLCanvasElement | null = null;

function arrowImage(): HTMLCanvasElement {
  if (arrow) return arrow;
  arrow = document.createElement("canvas");
  const side = 16;
  arrow.width = arrow.height = side * ratio();
  const context = arrow.getContext("2d");
  if (!context) return arrow;
  context.scale(ratio(), ratio());
  context.lineCap = context.lineJoin = "round";
  const chevron = new Path2D("M5.5 3l5 5-5 5");
  for (const [colour, width] of [
    [COLOURS.white, 6],
    [COLOURS.water, 2.6],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke(chevron);
  }
  return arrow;
}

interface FlatGeometry {
  getFlatCoordinates?: () => number[];
  getOrientedFlatCoordinates?: () => number[];
  getFlatInteriorPoint?: () => number[];
  getInteriorPoint?: () => { getFlatCoordinates(): number[] };
}

function flat(feature: FeatureLike): number[] {
  const geometry = feature.getGeometry() as FlatGeometry | undefined;
  return geometry?.getFlatCoordinates?.() ?? [];
}

const ARROW_EVERY_PX = 160;

/** Direction of the water: an arrow every 160 px along the line. */
function flowArrows(feature: FeatureLike, resolution: number): Style[] {
  const step = ARROW_EVERY_PX * resolution;
  const coordinates = flat(feature);
  const styles: Style[] = [];
  let next = step / 2;
  for (let i = 2; i + 1 < coordinates.length; i += 2) {
    const [x0, y0, x1, y1] = coordinates.slice(i - 2, i + 2) as [number, number, number, number];
    const length = Math.hypot(x1 - x0, y1 - y0);
    while (length > 0 && next <= length) {
      const share = next / length;
      styles.push(
        new Style({
          geometry: new Point([x0 + (x1 - x0) * share, y0 + (y1 - y0) * share]),
          image: icon(arrowImage(), { rotation: -Math.atan2(y1 - y0, x1 - x0) }),
          zIndex: 5,
        }),
      );
      next += step;
    }
    next -= length;
  }
  return styles;
}

function insidePoint(feature: FeatureLike): Point | undefined {
  const geometry = feature.getGeometry() as FlatGeometry | undefined;
  const flatPoint = geometry?.getFlatInteriorPoint?.() ?? geometry?.getInteriorPoint?.().getFlatCoordinates();
  return flatPoint && Number.isFinite(flatPoint[0]) ? new Point(flatPoint.slice(0, 2)) : undefined;
}

function polygonStyles(type: string | null, feature: FeatureLike, zoom: number): Style[] {
  const body = cached("water|polygon", () => [
    new Style({
      fill: new Fill({ color: COLOURS.waterFill }),
      stroke: new Stroke({ color: COLOURS.water, width: 1.8 }),
    }),
  ]);
  if (zoom < 14) return body;
  const point = insidePoint(feature);
  if (!point) return body;
  const symbol = waterSymbol(type).clone();
  symbol.setGeometry(point);
  return [...body, symbol];
}

function waterStyles(feature: FeatureLike, zoom: number, resolution: number): Style[] {
  const type = (feature.get("source_type") ?? null) as string | null;
  const shape = feature.getGeometry()?.getType() ?? "";
  if (shape.endsWith("Point")) return [waterSymbol(type, zoom < 12 ? 16 : 22)];
  if (shape.endsWith("Polygon")) return polygonStyles(type, feature, zoom);
  const factor = Math.round(widthFactor(zoom) * 20) / 20;
  const look = type === "PIPE" ? "pipe" : "canal";
  const body = cached(`${look}|${factor}`, () => lookStyles(LINE_LOOKS[look] as LineLook, factor));
  return look === "canal" && zoom >= 13 ? [...body, ...flowArrows(feature, resolution)] : body;
}

function otherStyles(feature: FeatureLike, zoom: number): Style[] {
  const shape = feature.getGeometry()?.getType() ?? "";
  if (shape.endsWith("Point")) {
    return cached("untyped|point", () => [
      new Style({
        image: new RegularShape({
          points: 4,
          radius: 8,
          angle: 0,
          declutterMode: "obstacle",
          fill: new Fill({ color: COLOURS.white }),
          stroke: new Stroke({ color: "#8F4A10", width: 2 }),
        }),
      }),
    ]);
  }
  if (shape.endsWith("Polygon")) {
    return cached("untyped|polygon", () => [
      new Style({
        fill: new Fill({ color: "rgba(208,116,43,0.18)" }),
        stroke: new Stroke({ color: "#8F4A10", width: 1.6, lineDash: [6, 3] }),
      }),
    ]);
  }
  const factor = Math.round(widthFactor(zoom) * 20) / 20;
  return cached(`untyped|${factor}`, () => lookStyles(LINE_LOOKS.other as LineLook, factor));
}

/** Radius grows with the cube root, so that one work and ten thousand both read. */
export function clusterRadius(count: number): number {
  return Math.min(26, 9 + 2.2 * Math.log2(1 + count) ** 1.05);
}

/** Many projects in one circle: area of the map cell, number of works, money for the label of the pop-up. */
export function clusterStyles(count: number): Style[] {
  const radius = Math.round(clusterRadius(count));
  const label = count >= 10_000 ? `${Math.round(count / 1000)}k` : count.toLocaleString("en-US");
  return cached(`cluster|${radius}|${label}`, () => [
    new Style({
      image: new Circle({
        radius,
        declutterMode: "none",
        fill: new Fill({ color: "rgba(255,255,255,0.92)" }),
        stroke: new Stroke({ color: COLOURS.accent, width: 2 }),
      }),
      text: new Text({
        text: label,
        font: `600 12px ${FONT}`,
        fill: new Fill({ color: "#22397C" }),
        textAlign: "center",
        declutterMode: "none",
      }),
      zIndex: 30,
    }),
  ]);
}

export function isCluster(feature: FeatureLike): boolean {
  return feature.get("code") === undefined && feature.get("count") !== undefined;
}

export interface ProjectLook {
  /** Code of the organisation whose work this is; the works of others are then drawn as "other organisation". */
  readonly own?: string | undefined;
  /** Code of a project that is drawn elsewhere (the one being edited). */
  readonly hidden?: string | undefined;
  readonly show?: ((feature: FeatureLike) => boolean) | undefined;
}

const STATE_LINES: Readonly<Record<string, () => Style[]>> = {
  SUBMITTED: () => [line(COLOURS.accent, 3.2, [12, 4])],
  DRAFT: () => [line(COLOURS.white, 4.8), line(COLOURS.draft, 3.2)],
  RETURNED: () => [line(COLOURS.white, 4.8), line(COLOURS.draft, 3.2, [10, 3])],
  OTHER_ORGANISATION: () => [line(COLOURS.white, 6), line(COLOURS.other, 3, [9, 3])],
};

const STATE_RINGS: Readonly<Record<string, string>> = {
  SUBMITTED: COLOURS.accent,
  DRAFT: COLOURS.draft,
  RETURNED: COLOURS.draft,
  OTHER_ORGANISATION: COLOURS.other,
};

function stateStyles(state: string, feature: FeatureLike): Style[] {
  const lines = STATE_LINES[state];
  if (!lines) return [];
  const shape = feature.getGeometry()?.getType() ?? "";
  if (!shape.endsWith("Point")) return cached(`state|${state}`, lines);
  const colour = STATE_RINGS[state] as string;
  return cached(`ring|${state}`, () => [
    new Style({
      image: new Circle({
        radius: 14,
        declutterMode: "none",
        stroke: new Stroke({ color: colour, width: 2, lineDash: state === "SUBMITTED" ? [5, 3] : [2, 2] }),
      }),
      zIndex: 19,
    }),
  ]);
}

function nameStyle(feature: FeatureLike): Style {
  const shape = feature.getGeometry()?.getType() ?? "";
  const along = shape.endsWith("LineString");
  return new Style({
    text: new Text({
      text: String(feature.get("name") ?? ""),
      font: `600 13px ${FONT}`,
      fill: new Fill({ color: COLOURS.ink }),
      stroke: new Stroke({ color: "rgba(255,255,255,0.9)", width: 3 }),
      placement: along ? "line" : "point",
      textAlign: along ? "center" : "left",
      offsetX: along ? 0 : 16,
      offsetY: along ? -12 : 0,
    }),
    zIndex: 10,
  });
}

/** Style of any project feature of a tile: cluster, road, water or untyped, with its state over it. */
export function projectStyle(
  feature: FeatureLike,
  resolution: number,
  kind: "road" | "water" | "other",
  look: ProjectLook = {},
): Style[] {
  if (isCluster(feature)) return clusterStyles(Number(feature.get("count")));
  if (look.hidden !== undefined && feature.get("code") === look.hidden) return [];
  if (look.show && !look.show(feature)) return [];
  const zoom = zoomOf(resolution);
  const styles =
    kind === "road"
      ? roadGeometryStyles(feature, zoom)
      : kind === "water"
        ? waterStyles(feature, zoom, resolution)
        : otherStyles(feature, zoom);
  const foreign = look.own !== undefined && feature.get("organisation") !== look.own;
  const state = foreign ? "OTHER_ORGANISATION" : String(feature.get("geometry_status") ?? "");
  const all = zoom >= 12 || foreign ? [...styles, ...stateStyles(state, feature)] : [...styles];
  if (zoom >= 16 && feature.get("name")) all.push(nameStyle(feature));
  return all;
}

function roadGeometryStyles(feature: FeatureLike, zoom: number): Style[] {
  const shape = feature.getGeometry()?.getType() ?? "";
  return shape.endsWith("LineString")
    ? roadStyles(feature.get("surface") as string | null, zoom)
    : otherStyles(feature, zoom);
}

/** Under the kind: a yellow halo when selected, a blue outline under the pointer. */
export function highlightStyle(feature: FeatureLike, selected: boolean): Style[] {
  const shape = feature.getGeometry()?.getType() ?? "";
  const kind = selected ? "selected" : "hover";
  if (shape.endsWith("Point")) {
    return cached(`${kind}|point`, () => [
      new Style({
        image: new Circle({
          radius: 15,
          declutterMode: "none",
          stroke: new Stroke({ color: selected ? COLOURS.halo : COLOURS.accent, width: selected ? 4 : 2.5 }),
        }),
      }),
    ]);
  }
  return cached(`${kind}|line`, () =>
    selected
      ? [line(COLOURS.halo, 15, undefined, "round")]
      : [line(COLOURS.white, 11, undefined, "round"), line(COLOURS.accent, 9, undefined, "round")],
  );
}

const BASE_FILLS: Readonly<Record<string, readonly [fill: string, edge: string | null]>> = {
  field: ["#EEF0E4", "#E4E7D8"],
  wood: ["#D5E2CB", null],
  settlement: ["#EFE7DD", null],
  building: ["#D9CDBE", null],
  water: ["#B7D6E6", "#8DB9D1"],
};

const FIELD_TINTS = ["#EEF0E4", "#ECEFDF", "#F0F1E8", "#EAEEDF"] as const;

function fieldTint(feature: FeatureLike): string {
  const id = Number(feature.getId() ?? 0) || Math.round(flat(feature)[0] ?? 0);
  return FIELD_TINTS[Math.abs(id) % FIELD_TINTS.length] as string;
}

function baseArea(kind: string, feature: FeatureLike): Style[] {
  const [fill, edge] = BASE_FILLS[kind] as readonly [string, string | null];
  const colour = kind === "field" ? fieldTint(feature) : fill;
  return cached(`base|${kind}|${colour}`, () => [
    new Style({
      fill: new Fill({ color: colour }),
      ...(edge ? { stroke: new Stroke({ color: edge, width: 1 }) } : {}),
      zIndex: kind === "field" ? 0 : kind === "wood" ? 1 : kind === "settlement" ? 2 : 3,
    }),
  ]);
}

function baseLine(kind: string, zoom: number): Style[] {
  const factor = Math.round(widthFactor(zoom) * 10) / 10;
  return cached(`base|${kind}|${factor}`, () => {
    if (kind === "stream") return [line("#9CC4DB", 4 * factor, undefined, "round")];
    if (kind === "state_road") {
      return [
        line("#8D7444", 6.4 * factor, undefined, "round"),
        line("#F5DFA6", 4.4 * factor, undefined, "round"),
      ];
    }
    return [
      line("#C9C6BC", 3.4 * factor, undefined, "round"),
      line("#FFFFFF", 2 * factor, undefined, "round"),
    ];
  });
}

/**
 * Names of the background: villages at a point inside, water along its course. They are a layer of their own, whose
 * picture lies over the projects' lines while its names give way to the projects' symbols and names.
 */
export function baseLabelStyle(feature: FeatureLike, resolution: number): Style[] {
  const kind = String(feature.get("class") ?? "");
  const name = feature.get("name") as string | undefined;
  const water = kind === "stream" || kind === "water";
  if (!name || zoomOf(resolution) < 13 || !(water || kind === "settlement")) return [];
  const body = feature.getGeometry()?.getType().endsWith("Polygon") ?? false;
  if (body && !feature.get("named_here")) return []; // an area lies in many tiles
  const along = kind === "stream";
  const make = (): Style[] => [
    new Style({
      text: new Text({
        text: name,
        font: water ? `italic 500 13px ${FONT}` : `600 13px ${FONT}`,
        fill: new Fill({ color: water ? "#2C6A8C" : COLOURS.ink }),
        stroke: new Stroke({ color: "rgba(255,255,255,0.9)", width: 3 }),
        placement: along ? "line" : "point",
        textAlign: "center",
        overflow: !along, // a village is smaller than its name
      }),
    }),
  ];
  return cached(`base|label|${kind}|${name}`, make);
}

/** The pale background: fields, woods, settlements, streams, existing water and roads that are nobody's project. */
export function baseStyle(feature: FeatureLike, resolution: number): Style[] {
  const kind = String(feature.get("class") ?? "");
  if (feature.getGeometry()?.getType().endsWith("Point")) return [];
  return kind in BASE_FILLS ? baseArea(kind, feature) : baseLine(kind, zoomOf(resolution));
}

const LIMIT_WIDTHS: Readonly<Record<string, number>> = { provinces: 2.2, amphoes: 1.8, tambons: 1.4 };

/** Whether the limits of a level are on the map: what they draw, the levels below leave to them. */
export type LimitShown = (layer: "provinces" | "amphoes") => boolean;

/** Limits of areas, made of the lines of `sharedLimits`: dash 9 4 2 4 with a soft band. */
export function limitStyle(
  feature: FeatureLike,
  resolution: number,
  layer: string,
  shown: LimitShown = () => false,
): Style[] {
  if (feature.getGeometry()?.getType().endsWith("Polygon")) return []; // its name has a layer of its own
  const shared = Number(feature.get("shared"));
  const above = shared === 0 ? "provinces" : shared === 2 && layer === "tambons" ? "amphoes" : null;
  if (above !== null && above !== layer && layer !== "organisations" && shown(above)) return [];
  const width = LIMIT_WIDTHS[layer] ?? 1.4;
  const band = zoomOf(resolution) >= 11;
  return cached(`limit|${layer}|${band}`, () => [
    ...(band ? [line("rgba(124,83,145,0.16)", 7)] : []),
    line(COLOURS.limit, width, [9, 4, 2, 4]),
  ]);
}

/** The name of an area, in 12 px, at a point inside it. */
export function limitNameStyle(feature: FeatureLike, resolution: number, layer: string): Style[] {
  const zoom = zoomOf(resolution);
  const named = layer === "provinces" ? zoom < 10 : layer === "amphoes" ? zoom >= 9 && zoom < 12 : zoom >= 12;
  const name = feature.get("name") as string | undefined;
  const point = named && name && feature.get("named_here") ? insidePoint(feature) : undefined;
  if (!point) return [];
  return [
    new Style({
      geometry: point,
      text: new Text({
        text: name as string,
        font: `600 12px ${FONT}`,
        fill: new Fill({ color: "#6E4684" }),
        stroke: new Stroke({ color: "rgba(255,255,255,0.9)", width: 3 }),
      }),
    }),
  ];
}

/** Words of a cluster for pop-ups and lists: "12 โครงการ · 4.9 ล้าน". */
export function clusterMoney(feature: FeatureLike): string {
  return moneyShort(feature.get("budget") as number);
}

export { WATER_LINE };
