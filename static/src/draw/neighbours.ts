/** What can be caught in the view: projects of the view and the roads and streams of the background. */

import VectorTileLayer from "ol/layer/VectorTile";
import type OlMap from "ol/Map";
import { transformExtent } from "ol/proj";
import type RenderFeature from "ol/render/Feature";
import { ApiProblem, api } from "../api/client";
import { type Feature, parts } from "./geojson";
import { toPlane } from "./planar";
import type { Target, XY } from "./snapping";

export interface NeighbourTexts {
  readonly road: (organisation: string) => string;
  readonly water: (organisation: string) => string;
  readonly base: (kind: string) => string;
}

const MIN_ZOOM = 13;
const LIMIT = 500;
const CATCHABLE = new Set(["road", "state_road", "stream", "water"]);

/** Lines of the drawn background tiles. Tiles cut lines; overlapping pieces meet again in the network. */
export function baseTargets(map: OlMap, label: (kind: string) => string): Target[] {
  const layer = map.getAllLayers().find((one) => one.get("name") === "base");
  if (!(layer instanceof VectorTileLayer)) return [];
  const extent = map.getView().calculateExtent(map.getSize());
  const features = layer.getFeaturesInExtent(extent) as RenderFeature[];
  return features.flatMap((feature, i) => {
    const kind = String(feature.get("class") ?? "");
    if (!CATCHABLE.has(kind) || feature.getType().endsWith("Point")) return [];
    const flat = feature.getFlatCoordinates();
    const ends = (feature.getEnds() as number[] | null) ?? [flat.length];
    const name = (feature.get("name") as string | undefined) || label(kind);
    return pieces(flat, ends.length > 0 ? ends : [flat.length]).map((points, k) => ({
      id: `base:${i}/${k}`,
      label: name,
      points,
    }));
  });
}

function pieces(flat: readonly number[], ends: readonly number[]): XY[][] {
  let start = 0;
  return ends.map((end) => {
    const points: XY[] = [];
    for (let i = start; i + 1 < end; i += 2) points.push([flat[i] as number, flat[i + 1] as number]);
    start = end;
    return points;
  });
}

async function projectTargets(
  layer: "roads" | "water",
  bbox: string,
  without: string,
  label: (organisation: string) => string,
): Promise<Target[]> {
  const url = `/api/v1/layers/${layer}/items`;
  const answer = await api.get<{ features: Feature[] }>(url, { query: { bbox, limit: LIMIT } });
  return answer.features
    .filter((feature) => feature.properties.code !== without)
    .flatMap((feature) =>
      parts(feature.geometry).map((part, k) => ({
        id: `${layer}:${feature.properties.code}/${k}`,
        label: label(String(feature.properties.organisation_name ?? feature.properties.name ?? "")),
        points: part.positions.map(toPlane),
        closed: part.shape === "Polygon",
      })),
    );
}

/** Everything that can be caught now; what the server cannot give at the moment is left out, drawing goes on. */
export async function neighbours(map: OlMap, without: string, texts: NeighbourTexts): Promise<Target[]> {
  if ((map.getView().getZoom() ?? 0) < MIN_ZOOM) return [];
  const base = baseTargets(map, texts.base);
  const extent = map.getView().calculateExtent(map.getSize());
  const bbox = transformExtent(extent, "EPSG:3857", "EPSG:4326")
    .map((value) => value.toFixed(6))
    .join(",");
  try {
    const [roads, water] = await Promise.all([
      projectTargets("roads", bbox, without, texts.road),
      projectTargets("water", bbox, without, texts.water),
    ]);
    return [...roads, ...water, ...base];
  } catch (error) {
    if (error instanceof ApiProblem) return base;
    throw error;
  }
}
