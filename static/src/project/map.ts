/** The map on a project's page: one version drawn, and another one dashed over it to compare. */

import { createEmpty, extend } from "ol/extent";
import Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import type { Geometry, LineString } from "ol/geom";
import { Point } from "ol/geom";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import { fromLonLat, toLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Fill, Stroke, Style, Text } from "ol/style";
import { api } from "../api/client";
import type { StoredGeometry } from "../api/types";
import { createBaseMap } from "../map/base";
import { namesLayer, tileLayer, tileSource } from "../map/layers";
import { forPaper } from "../map/paper";
import { photoStyle, WARNING_SIGN } from "../map/signs";
import { highlightStyle, limitNameStyle, limitStyle, projectStyle } from "../map/style";
import type { PhotosData } from "../photos/state";
import { t } from "./texts";

interface Versions {
  readonly items: readonly StoredGeometry[];
}

const COMPARED = [
  new Style({ stroke: new Stroke({ color: "#fff", width: 6 }) }),
  new Style({ stroke: new Stroke({ color: "#7A4A00", width: 3, lineDash: [9, 3] }) }),
];
const format = new GeoJSON({ featureProjection: "EPSG:3857" });

function features(version: StoredGeometry, look: Readonly<Record<string, string>>): Feature<Geometry>[] {
  return version.segments.map((segment) => {
    const feature = new Feature<Geometry>({
      geometry: format.readGeometry(segment.geometry),
      seq: segment.seq,
      ...look,
    });
    feature.setId(`segment-${segment.seq}`);
    return feature;
  });
}

function labelled(feature: Feature<Geometry>): Style {
  const geometry = feature.getGeometry();
  const line = geometry?.getType() === "LineString" ? (geometry as LineString) : null;
  const extent = geometry?.getExtent() ?? [0, 0, 0, 0];
  const middle = line
    ? line.getCoordinateAt(0.5)
    : [((extent[0] ?? 0) + (extent[2] ?? 0)) / 2, ((extent[1] ?? 0) + (extent[3] ?? 0)) / 2];
  return new Style({
    geometry: new Point(middle),
    text: new Text({
      text: t("segment", { n: Number(feature.get("seq")) }),
      font: "600 13px Sarabun",
      offsetY: -22,
      padding: [2, 6, 2, 6],
      fill: new Fill({ color: "#22397C" }),
      backgroundFill: new Fill({ color: "#fff" }),
      backgroundStroke: new Stroke({ color: "#2F4B9C", width: 1 }),
    }),
    zIndex: 10,
  });
}

function showMiddle(version: StoredGeometry, source: VectorSource): void {
  const place = document.querySelector<HTMLElement>("[data-middle]");
  const first = source.getFeatures()[0]?.getGeometry();
  if (!place || !first) return;
  const isLine = first.getType() === "LineString";
  const extent = first.getExtent();
  const at = isLine
    ? (first as LineString).getCoordinateAt(0.5)
    : [((extent[0] ?? 0) + (extent[2] ?? 0)) / 2, ((extent[1] ?? 0) + (extent[3] ?? 0)) / 2];
  const [lon, lat] = toLonLat(at);
  place.textContent = `${t(isLine ? "middle_line" : "middle")} ${lat?.toFixed(5)}, ${lon?.toFixed(5)}`;
  place.dataset["version"] = String(version.version);
}

/** Draw the versions that the page names on `target`, and where its pictures were taken. */
export async function showProject(target: HTMLElement, data: PhotosData | null): Promise<void> {
  const {
    project = "",
    kind = "other",
    surface = "",
    source: waterSource = "",
    version,
    compare,
    remarks = "[]",
  } = target.dataset;
  const { items } = await api.get<Versions>(
    `/api/v1/projects/${encodeURIComponent(project)}/geometry/versions`,
  );
  const shown = items.find((each) => String(each.version) === version) ?? items[0];
  const taken = new VectorSource<Feature<Point>>({ features: data ? photoFeatures(data) : [] });
  if (!shown && taken.getFeatures().length === 0) return;
  // Where a reviewer said something and nobody has answered yet.
  const said = new VectorSource<Feature<Point>>({
    features: (JSON.parse(remarks) as number[][]).map((at) => new Feature(new Point(fromLonLat(at)))),
  });
  // The state stands in the list of versions beside the map; here the work itself is to be seen.
  const look = { surface, source_type: waterSource, geometry_status: "VERIFIED" };
  const source = new VectorSource<Feature<Geometry>>({ features: shown ? features(shown, look) : [] });
  const compared = items.find((each) => String(each.version) === compare);
  const old = new VectorSource<Feature<Geometry>>({ features: compared ? features(compared, look) : [] });
  const several = (shown?.segments.length ?? 0) > 1;
  const tambons = tileSource("tambons");
  const map = await createBaseMap(target, {
    keyboardTarget: target,
    layers: [
      tileLayer(tambons, {
        zIndex: 1,
        style: (feature, resolution) => limitStyle(feature, resolution, "tambons"),
      }),
      namesLayer(tambons, (feature, resolution) => limitNameStyle(feature, resolution, "tambons")),
      ...(["roads", "water"] as const).map((name) =>
        tileLayer(tileSource(name), {
          zIndex: 2,
          declutter: true,
          style: (feature, resolution) =>
            projectStyle(feature, resolution, name === "roads" ? "road" : "water", { hidden: project }),
        }),
      ),
      new VectorLayer({ source, zIndex: 5, style: (feature) => highlightStyle(feature, true) }),
      new VectorLayer({
        source,
        zIndex: 6,
        style: (feature, resolution) => [
          ...projectStyle(feature, resolution, kind as "road" | "water" | "other"),
          ...(several ? [labelled(feature as Feature<Geometry>)] : []),
        ],
      }),
      new VectorLayer({ source: old, zIndex: 7, style: COMPARED }),
      new VectorLayer({
        source: taken,
        zIndex: 8,
        style: (feature) => photoStyle(feature.get("photo") === data?.begin),
      }),
      new VectorLayer({ source: said, zIndex: 9, style: new Style({ image: WARNING_SIGN }) }),
    ],
  });
  const extent = createEmpty();
  const begin = taken.getFeatures().filter((each) => each.get("photo") === data?.begin);
  // Pictures that were taken elsewhere do not make the work itself too small to be seen, unless one was asked for.
  const shapes = [...source.getFeatures(), ...old.getFeatures(), ...begin];
  for (const each of shapes.length ? shapes : taken.getFeatures()) {
    const geometry = each.getGeometry();
    if (geometry) extend(extent, geometry.getExtent());
  }
  map.getView().fit(extent, { padding: [64, 64, 64, 64], maxZoom: 17 });
  if (shown) showMiddle(shown, source);
  if (data) openOnClick(map, data);
  forPaper(map, target, { extent });
}

function openOnClick(map: OlMap, data: PhotosData): void {
  const at = (pixel: number[]): number | undefined =>
    map.forEachFeatureAtPixel(pixel, (feature) => feature.get("photo") as number | undefined, {
      hitTolerance: 6,
    });
  map.on("singleclick", ({ pixel }) => {
    const photo = at(pixel);
    if (photo !== undefined)
      void import("../photos/lightbox").then(({ openLightbox }) => openLightbox(data.items, photo, data));
  });
  map.on("pointermove", ({ pixel, dragging }) => {
    if (!dragging) map.getTargetElement().style.cursor = at(pixel) === undefined ? "" : "pointer";
  });
}

function photoFeatures(data: PhotosData): Feature<Point>[] {
  return data.items.flatMap(({ id, lon, lat }) => {
    if (lon === null || lat === null) return [];
    const feature = new Feature({ geometry: new Point(fromLonLat([lon, lat])), photo: id });
    feature.setId(`photo-${id}`);
    return [feature];
  });
}
