/** The map: a raster under the works, the outline of a catchment or an extent, the place that was clicked. */

import { createEmpty, extend } from "ol/extent";
import Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import type Geometry from "ol/geom/Geometry";
import LineString from "ol/geom/LineString";
import Point from "ol/geom/Point";
import type TileLayer from "ol/layer/Tile";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import { fromLonLat, toLonLat, transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Stroke, Style } from "ol/style";
import { ApiProblem, api } from "../api/client";
import { decimal } from "../format";
import { createBaseMap } from "../map/base";
import { tileLayer, tileSource } from "../map/layers";
import { forPaper } from "../map/paper";
import { rasterLayer } from "../map/raster";
import { limitStyle, projectStyle } from "../map/style";
import { h, replaceChildren } from "../panels/dom";
import type { ProfilePoint, RasterPage } from "./model";
import { t } from "./texts";

const GROUND = new Style({
  stroke: new Stroke({ color: "#22397C", width: 2.4 }),
  fill: new Fill({ color: "rgb(47 75 156 / 18%)" }),
});
const HAZARD = new Style({
  stroke: new Stroke({ color: "#B3261E", width: 1.2 }),
  fill: new Fill({ color: "rgb(179 38 30 / 26%)" }),
});
const LINE = [
  new Style({ stroke: new Stroke({ color: "#fff", width: 7 }) }),
  new Style({ stroke: new Stroke({ color: "#B4136D", width: 4 }) }),
];
const DOT = new Style({
  image: new Circle({
    radius: 6,
    fill: new Fill({ color: "#FFD54A" }),
    stroke: new Stroke({ color: "#1A2130", width: 2 }),
  }),
});
const LIMITS = { provinces: 0, amphoes: 8.5, tambons: 11 } as const;

export class RasterMap {
  private readonly marks = new VectorSource<Feature<Point>>();

  private constructor(
    private readonly map: OlMap,
    private readonly data: RasterPage,
    private readonly picture: TileLayer | null,
  ) {}

  static async create(target: HTMLElement, data: RasterPage): Promise<RasterMap> {
    const picture = data.raster ? pictureOf(data) : null;
    const shapes = new VectorSource<Feature<Geometry>>();
    const map = await createBaseMap(target, {
      keyboardTarget: target,
      layers: [
        ...(picture ? [picture] : []),
        ...(Object.keys(LIMITS) as (keyof typeof LIMITS)[]).map((name) =>
          tileLayer(tileSource(name, {}, 14), {
            style: (feature, resolution) => limitStyle(feature, resolution, name, () => true),
            zIndex: 5,
            minViewZoom: LIMITS[name],
          }),
        ),
        ...(["roads", "water"] as const).map((name) =>
          tileLayer(tileSource(name), {
            zIndex: 6,
            declutter: true,
            minViewZoom: 10.2,
            style: (feature, resolution) =>
              projectStyle(feature, resolution, name === "roads" ? "road" : "water"),
          }),
        ),
        new VectorLayer({
          source: shapes,
          // Ground lies under the works, a road that is looked at over them.
          zIndex: data.profiles.length > 0 ? 7 : 4,
          style: (feature) => feature.get("look") as Style | Style[],
        }),
      ],
    });
    const made = new RasterMap(map, data, picture);
    forPaper(map, target);
    map.addLayer(new VectorLayer({ source: made.marks, zIndex: 12, style: DOT }));
    await made.draw(shapes);
    made.listen();
    return made;
  }

  setOpacity(percent: number): void {
    this.picture?.setOpacity(percent / 100);
  }

  /** The place on the ground that a chart points at. */
  mark(point: ProfilePoint | null): void {
    this.marks.clear();
    if (point) this.marks.addFeature(new Feature(new Point(fromLonLat([point.lon, point.lat]))));
  }

  private async draw(shapes: VectorSource<Feature<Geometry>>): Promise<void> {
    const { catchment, profiles, place, extent, raster, extent_bounds: box } = this.data;
    const format = new GeoJSON({ featureProjection: "EPSG:3857" });
    const add = (geometry: Geometry, look: Style | Style[]): void => {
      const feature = new Feature(geometry);
      feature.set("look", look);
      shapes.addFeature(feature);
    };
    if (catchment) add(format.readGeometry(catchment.geometry), GROUND);
    for (const line of profiles)
      add(new LineString(line.points.map(({ lon, lat }) => fromLonLat([lon, lat]))), LINE);
    if (place) this.marks.addFeature(new Feature(new Point(fromLonLat([...place]))));
    const around = createEmpty();
    for (const feature of shapes.getFeatures()) extend(around, feature.getGeometry()?.getExtent() ?? around);
    const bounds = shapes.isEmpty() ? (box ?? raster?.bounds) : null;
    const seen = bounds ? transformExtent([...bounds], "EPSG:4326", "EPSG:3857") : around;
    if (bounds || !shapes.isEmpty()) {
      // biome-ignore lint/suspicious/noFocusedTests: fit() of a view, no test
      this.map.getView().fit(seen, { padding: [24, 24, 24, 24], maxZoom: 16 });
    }
    if (extent) {
      const outline = await api.get<unknown>(`/api/v1/extents/${extent}/shape`);
      add(format.readGeometry(outline), HAZARD);
    }
  }

  private listen(): void {
    const { raster } = this.data;
    if (!raster) return;
    this.map.on("singleclick", ({ coordinate }) => {
      const [lon = 0, lat = 0] = toLonLat(coordinate);
      this.mark({ lon, lat, distance_m: 0, elevation_m: null, slope_percent: null });
      void this.read(raster, lon, lat);
    });
  }

  private async read(
    { name, band, unit }: NonNullable<RasterPage["raster"]>,
    lon: number,
    lat: number,
  ): Promise<void> {
    const out = document.getElementById("value");
    if (!out) return;
    const at = { lon: lon.toFixed(5), lat: lat.toFixed(5) };
    try {
      const query = { lon: lon.toFixed(6), lat: lat.toFixed(6), band };
      const { value } = await api.get<{ value: number | null }>(`/api/v1/rasters/${name}/value`, { query });
      const says =
        value === null
          ? t("nothing", at)
          : t("value", { ...at, value: `${decimal(value, 2)} ${unit}`.trim() });
      replaceChildren(out, says, this.data.show === "catchment" ? linkTo(lon, lat) : null);
    } catch (error) {
      out.textContent = error instanceof ApiProblem ? error.detail : t("failed");
    }
  }
}

function linkTo(lon: number, lat: number): HTMLElement {
  const address = new URL(location.href);
  address.searchParams.delete("project");
  address.searchParams.set("lon", lon.toFixed(6));
  address.searchParams.set("lat", lat.toFixed(6));
  return h("a", { class: "btn btn-sm", href: address.pathname + address.search }, t("catchment_here"));
}

function pictureOf(data: RasterPage): TileLayer | null {
  return data.raster ? rasterLayer(data.raster, data.opacity, 3) : null;
}
