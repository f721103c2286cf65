/** A read-only window on the map for automated tests: coordinates, not pixels of a picture. */

import type { FeatureLike } from "ol/Feature";
import VectorLayer from "ol/layer/Vector";
import VectorTileLayer from "ol/layer/VectorTile";
import type OlMap from "ol/Map";
import { fromLonLat, toLonLat as fromProjected } from "ol/proj";

export interface HookFeature {
  readonly layer: string;
  readonly type: string;
  /** Longitude and latitude of a point, else of the first position. */
  readonly lon: number;
  readonly lat: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface MapHook {
  /** True when everything asked for has been drawn. */
  readonly ready: boolean;
  readonly zoom: number;
  readonly center: readonly number[];
  /** Page pixel of a position. */
  toPixel(lon: number, lat: number): readonly [number, number];
  toLonLat(x: number, y: number): readonly number[];
  /** What is drawn at a position, topmost first. */
  at(lon: number, lat: number): HookFeature[];
  /** Features of the view of one layer, or of all. */
  features(layer?: string): HookFeature[];
}

declare global {
  interface Window {
    __map?: MapHook;
  }
}

export function installHook(map: OlMap): void {
  let ready = false;
  map.on("rendercomplete", () => {
    ready = true;
  });
  map.on("loadstart", () => {
    ready = false;
  });
  const describe = (layer: string, feature: FeatureLike): HookFeature => {
    const { geometry: _shape, ...properties } = feature.getProperties() as Record<string, unknown>;
    const shape = feature.getGeometry() as { getType(): string; getFlatCoordinates(): number[] } | undefined;
    const [lon = Number.NaN, lat = Number.NaN] = fromProjected(shape?.getFlatCoordinates().slice(0, 2) ?? []);
    return { layer, type: shape?.getType() ?? "", lon, lat, properties };
  };
  const corner = (): DOMRect => map.getTargetElement().getBoundingClientRect();
  window.__map = {
    get ready() {
      return ready;
    },
    get zoom() {
      return map.getView().getZoom() ?? 0;
    },
    get center() {
      return fromProjected(map.getView().getCenter() ?? [0, 0]);
    },
    toPixel(lon, lat) {
      const [x = 0, y = 0] = map.getPixelFromCoordinate(fromLonLat([lon, lat]));
      const { left, top } = corner();
      return [x + left, y + top];
    },
    toLonLat(x, y) {
      const { left, top } = corner();
      return fromProjected(map.getCoordinateFromPixel([x - left, y - top]));
    },
    at(lon, lat) {
      const found: HookFeature[] = [];
      map.forEachFeatureAtPixel(
        map.getPixelFromCoordinate(fromLonLat([lon, lat])),
        (feature, layer) => {
          found.push(describe(String(layer?.get("name") ?? ""), feature));
        },
        { hitTolerance: 4 },
      );
      return found;
    },
    features(name) {
      const extent = map.getView().calculateExtent(map.getSize());
      const found: HookFeature[] = [];
      for (const layer of map.getAllLayers()) {
        const layerName = String(layer.get("name") ?? "");
        if (!layer.isVisible() || (name !== undefined && layerName !== name)) continue;
        const features =
          layer instanceof VectorTileLayer
            ? layer.getFeaturesInExtent(extent)
            : layer instanceof VectorLayer
              ? (layer.getSource()?.getFeaturesInExtent(extent) ?? [])
              : [];
        for (const feature of features) found.push(describe(layerName, feature));
      }
      return found;
    },
  };
}
