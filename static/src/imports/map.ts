/** What the file would do, on the map: ready, to be mended, to be checked; the chosen row under a halo. */

import Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import type Geometry from "ol/geom/Geometry";
import LineString from "ol/geom/LineString";
import Point from "ol/geom/Point";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import { transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import Circle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import { api } from "../api/client";
import { decimal } from "../format";
import { createBaseMap, motion } from "../map/base";
import { WARNING_SIGN } from "../map/signs";
import type { Batch, Level, Row } from "./state";
import { offerWord } from "./table";
import { t } from "./texts";

const COLOUR: Readonly<Record<Level, string>> = { ok: "#1B6B45", warning: "#1B6B45", error: "#B3261E" };
const LIMIT = 2000;

interface Collection {
  readonly left_out: number;
}

/** Where a shape is taken to be: a thin ring as given, a dot as meant, and the way between. */
const GIVEN = new Style({
  stroke: new Stroke({ color: "#B3261E", width: 2, lineDash: [4, 4] }),
  image: new Circle({ radius: 6, stroke: new Stroke({ color: "#B3261E", width: 2 }) }),
});
const WAY = new Style({ stroke: new Stroke({ color: "#434D61", width: 1.6, lineDash: [6, 5] }) });
const OFFERED = [
  new Style({ stroke: new Stroke({ color: "#ffffff", width: 7 }) }),
  new Style({
    stroke: new Stroke({ color: "#2F4B9C", width: 3.6 }),
    fill: new Fill({ color: "#2F4B9C38" }),
    image: new Circle({
      radius: 7,
      fill: new Fill({ color: "#2F4B9C" }),
      stroke: new Stroke({ color: "#ffffff", width: 2 }),
    }),
  }),
];

/** What is stored now, under what would replace it. */
const STORED = new Style({
  stroke: new Stroke({ color: "#5E687C", width: 3, lineDash: [9, 4, 2, 4] }),
  image: new Circle({ radius: 6, stroke: new Stroke({ color: "#5E687C", width: 3 }) }),
});

function readShape(shape: object): Geometry {
  return new GeoJSON({ featureProjection: "EPSG:3857" }).readGeometry(shape) as Geometry;
}

function middleOf(geometry: Geometry): [number, number] {
  const [west, south, east, north] = geometry.getExtent() as [number, number, number, number];
  return geometry.getClosestPoint([(west + east) / 2, (south + north) / 2]) as [number, number];
}

function styled(geometry: Geometry, style: Style | Style[], row: number): Feature<Geometry> {
  const feature = new Feature<Geometry>({ geometry, row });
  feature.setStyle(style);
  return feature;
}

function plain(level: Level, chosen: boolean): Style[] {
  const colour = COLOUR[level];
  const dash = level === "error" ? [3, 6] : undefined;
  const styles = [
    new Style({ stroke: new Stroke({ color: "#ffffff", width: 6.4 }) }),
    new Style({
      stroke: new Stroke({
        color: colour,
        width: level === "error" ? 3.6 : 3.2,
        ...(dash ? { lineDash: dash } : {}),
      }),
      fill: new Fill({ color: `${colour}38` }),
      image: new Circle({
        radius: 6,
        fill: new Fill({ color: colour }),
        stroke: new Stroke({ color: "#ffffff", width: 2 }),
      }),
    }),
  ];
  if (chosen)
    styles.unshift(
      new Style({
        stroke: new Stroke({ color: "#FFD54A", width: 15 }),
        image: new Circle({ radius: 12, fill: new Fill({ color: "#FFD54A" }) }),
      }),
    );
  return styles;
}

/** A sign in the middle of the shape: colour alone tells nobody. */
function sign(geometry: Geometry): Style {
  const [west, south, east, north] = geometry.getExtent() as [number, number, number, number];
  const middle = geometry.getClosestPoint([(west + east) / 2, (south + north) / 2]);
  return new Style({ geometry: new Point(middle), image: WARNING_SIGN });
}

export class ImportMap {
  private readonly source = new VectorSource<Feature<Geometry>>();
  private readonly layer = new VectorLayer({ source: this.source, zIndex: 10 });
  private readonly before = new VectorSource<Feature<Geometry>>();
  private readonly beforeLayer = new VectorLayer({ source: this.before, zIndex: 9 });
  private readonly meant = new VectorSource<Feature<Geometry>>();
  private readonly meantLayer = new VectorLayer({ source: this.meant, zIndex: 11 });
  private chosen: number | null = null;
  private map: OlMap | null = null;
  private partly = false;

  constructor(
    private readonly batch: Batch,
    private readonly picked: (row: number) => void,
    private readonly take: (row: number, mended: boolean) => void,
  ) {
    this.layer.setStyle((feature) => {
      const level = feature.get("level") as Level;
      const styles = plain(level, feature.get("row") === this.chosen);
      const geometry = (feature as Feature<Geometry>).getGeometry();
      if (level === "warning" && geometry) styles.push(sign(geometry));
      return styles;
    });
  }

  async start(target: HTMLElement): Promise<void> {
    const map = await createBaseMap(target, {
      layers: [this.beforeLayer, this.layer, this.meantLayer],
      keyboardTarget: target,
    });
    this.map = map;
    const bounds = this.batch.detected.bounds;
    if (bounds) this.fit(bounds);
    await this.load();
    if (!bounds && this.source.getFeatures().length)
      map.getView().fit(this.source.getExtent() ?? [], { padding: [40, 40, 40, 40], maxZoom: 16 });
    map.on("singleclick", ({ pixel }) => {
      const hit = map.forEachFeatureAtPixel(pixel, (feature) => feature, { hitTolerance: 6 });
      if (hit) this.picked(Number(hit.get("row")));
    });
    map.on("moveend", () => {
      if (this.partly) void this.load(true);
    });
  }

  private fit(bounds: readonly [number, number, number, number]): void {
    this.map?.getView().fit(transformExtent([...bounds], "EPSG:4326", "EPSG:3857"), {
      padding: [40, 40, 40, 40],
      maxZoom: 16,
    });
  }

  private async load(here = false): Promise<void> {
    const view = this.map?.getView();
    const extent = here && view ? transformExtent(view.calculateExtent(), "EPSG:3857", "EPSG:4326") : null;
    const bbox = extent
      ?.map((degrees, n) => Math.max(n % 2 ? -90 : -180, Math.min(n % 2 ? 90 : 180, degrees)).toFixed(6))
      .join(",");
    const data = await api.get<Collection>(`/api/v1/imports/${this.batch.id}/features`, {
      query: { bbox, limit: LIMIT },
    });
    const features = new GeoJSON().readFeatures(data, {
      featureProjection: "EPSG:3857",
    }) as Feature<Geometry>[];
    this.source.clear(true);
    this.source.addFeatures(features);
    this.partly ||= data.left_out > 0;
    const note = document.getElementById("left-out");
    if (note) {
      note.hidden = data.left_out === 0;
      note.textContent = t("left_out", { n: decimal(data.left_out) });
    }
  }

  /** Halo under the row, and into the middle of the view when it is not to be seen. */
  show(row: Row): void {
    this.chosen = row.row;
    this.layer.changed();
    if (row.offer && !this.meant.getFeatures().some((feature) => feature.get("row") === row.row))
      this.offers([row]);
    this.stored(row);
    this.offerOf(row);
    const geometry = this.source.getFeatureById(row.row)?.getGeometry();
    const view = this.map?.getView();
    if (!geometry || !view) return;
    const [west, south, east, north] = geometry.getExtent() as [number, number, number, number];
    const seen = view.calculateExtent() as [number, number, number, number];
    if (west < seen[0] || east > seen[2] || south < seen[1] || north > seen[3])
      view.fit([west, south, east, north], { padding: [60, 60, 60, 60], maxZoom: 16, duration: motion() });
  }

  /** Under the chosen row what is stored of its project now. */
  private stored(row: Row): void {
    const before = row.differences.find((one) => one.field === "geometry")?.stored;
    this.before.clear(true);
    if (before && typeof before === "object")
      this.before.addFeature(styled(readShape(before), STORED, row.row));
  }

  /** Beside each row's place the one that the doctor takes it for; an empty list takes them away. */
  offers(rows: readonly Row[]): void {
    const read = (shape: object | null) => (shape ? readShape(shape) : null);
    this.meant.clear(true);
    for (const { row, offer } of rows) {
      if (!offer) continue;
      const given = read(offer.given);
      const offered = read(offer.offered);
      if (given) this.meant.addFeature(styled(given, GIVEN, row));
      if (offered) this.meant.addFeature(styled(offered, OFFERED, row));
      if (given && offered)
        this.meant.addFeature(styled(new LineString([middleOf(given), middleOf(offered)]), WAY, row));
    }
    const shown = this.meant.getFeatures().length > 0;
    const note = document.getElementById("map-offer");
    if (note) note.hidden = !shown;
    const extent = this.meant.getExtent();
    if (shown && extent && rows.length > 1)
      this.map?.getView().fit(extent, { padding: [60, 60, 60, 60], maxZoom: 16, duration: motion() });
  }

  /** The chosen row's offer can be taken, or given back, where it is seen. */
  private offerOf(row: Row): void {
    const button = document.getElementById("map-take") as HTMLButtonElement | null;
    if (!button) return;
    const { offer } = row;
    button.hidden = !offer;
    button.textContent = offer ? t("map_offer", { row: row.row, act: offerWord(offer) }) : "";
    button.onclick = offer ? () => this.take(row.row, !offer.mended) : null;
  }

  /** The row as it is now: its sign, and its shape where an offer was taken or given back. */
  mended(row: Row): void {
    const feature = this.source.getFeatureById(row.row) as Feature<Geometry> | null;
    if (row.offer) {
      const shape = row.offer.mended ? row.offer.offered : row.offer.given;
      if (!shape) {
        if (feature) this.source.removeFeature(feature);
      } else if (feature) feature.setGeometry(readShape(shape));
      else {
        const made = new Feature<Geometry>({ geometry: readShape(shape), row: row.row });
        made.setId(row.row);
        made.set("level", row.level);
        this.source.addFeature(made);
      }
    }
    feature?.set("level", row.level);
    if (this.chosen === row.row) this.offerOf(row);
  }
}
