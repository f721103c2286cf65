/** Where an area of a code lies: asked of the area's own layer. */

import { createEmpty, extend, isEmpty } from "ol/extent";
import type OlMap from "ol/Map";
import { transformExtent } from "ol/proj";
import { ApiProblem, api } from "../api/client";
import { type Feature, parts } from "../draw/geojson";

/** Extent in the map's plane of the area with this code, found among the areas in view; null when it is not there. */
export async function areaExtent(layer: string, code: string, map: OlMap): Promise<number[] | null> {
  const view = transformExtent(map.getView().calculateExtent(map.getSize()), "EPSG:3857", "EPSG:4326");
  const bbox = view.map((value) => value.toFixed(5)).join(",");
  try {
    const answer = await api.get<{ features: Feature[] }>(`/api/v1/layers/${layer}/items`, {
      query: { bbox, limit: 100 },
    });
    const extent = createEmpty();
    for (const feature of answer.features.filter(({ properties }) => properties.code === code)) {
      for (const { positions } of parts(feature.geometry)) {
        for (const [lon, lat] of positions) extend(extent, [lon, lat, lon, lat]);
      }
    }
    return isEmpty(extent) ? null : transformExtent(extent, "EPSG:4326", "EPSG:3857");
  } catch (error) {
    // Without it the map stays where it is.
    if (error instanceof ApiProblem) return null;
    throw error;
  }
}
