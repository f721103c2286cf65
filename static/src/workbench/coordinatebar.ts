/** Under the map: where the pointer (or the middle of the map) is, in degrees, UTM and the old Indian datum. */

import type OlMap from "ol/Map";
import { getPointResolution, toLonLat } from "ol/proj";
import proj4 from "proj4";
import { decimal, dms } from "../format";
import { t } from "../i18n";
import { h, replaceChildren } from "../panels/dom";

export interface PlaneNumbers {
  readonly zone: 47 | 48;
  readonly utm: readonly [number, number];
  readonly indian: readonly [number, number];
}

/** Zone 47 west and 48 east of 102° E: never taken from the province. */
export function zoneOf(lon: number): 47 | 48 {
  return lon < 102 ? 47 : 48;
}

/** Plane numbers with the parameters that the server gives: the same that it converts with. */
export function planeNumbers(
  lon: number,
  lat: number,
  definitions: Readonly<Record<string, string>>,
): PlaneNumbers {
  const zone = zoneOf(lon);
  const utm = definitions[`EPSG:${32600 + zone}`];
  const indian = definitions[`EPSG:${24000 + zone}`];
  const wgs84 = definitions["EPSG:4326"];
  if (!utm || !indian || !wgs84) throw new Error("coordinate systems are missing from the page");
  return {
    zone,
    utm: proj4(wgs84, utm, [lon, lat]) as [number, number],
    indian: proj4(wgs84, indian, [lon, lat]) as [number, number],
  };
}

const SCALE_MIN_PX = 70;

/** The shortest round distance (1, 2 or 5 times a power of ten, metres) that is drawn at least 70 px long. */
export function roundDistance(metresPerPixel: number): number {
  const least = SCALE_MIN_PX * metresPerPixel;
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((step) => step * power >= least) ?? 10) * power;
}

/** The scale bar, with the units in the language of the page. */
function drawScale(target: HTMLElement, map: OlMap): void {
  const view = map.getView();
  const resolution = getPointResolution("EPSG:3857", view.getResolution() ?? 1, view.getCenter() ?? [0, 0]);
  const length = roundDistance(resolution);
  const bar = h("div", { class: "wb-scale-bar" }, roundText(length));
  bar.style.width = `${Math.round(length / resolution)}px`;
  replaceChildren(target, bar);
}

const roundText = (length: number): string =>
  length >= 1000 ? `${decimal(length / 1000)} ${t("kilometre")}` : `${decimal(length)} ${t("metre")}`;

const whole = (value: number): string => decimal(value).replaceAll(",", "");

export class CoordinateBar {
  private readonly text = h("div", { class: "wb-numbers" });

  constructor(
    container: HTMLElement,
    map: OlMap,
    private readonly definitions: Readonly<Record<string, string>>,
  ) {
    const scale = h("div", { class: "wb-scale" });
    replaceChildren(container, this.text, scale);
    map.on("moveend", () => drawScale(scale, map));
    map.on("pointermove", (event) => {
      if (!event.dragging) this.show(event.coordinate);
    });
    map.on("moveend", () => this.show(map.getView().getCenter() ?? [0, 0]));
    this.show(map.getView().getCenter() ?? [0, 0]);
  }

  private show(coordinate: readonly number[]): void {
    const [lon = 0, lat = 0] = toLonLat([...coordinate]);
    const near = lon > 90 && lon < 112 && lat > 0 && lat < 25;
    const plane = near ? planeNumbers(lon, lat, this.definitions) : null;
    const pair = (label: string, value: string): HTMLElement => h("span", {}, `${label} `, h("b", {}, value));
    replaceChildren(
      this.text,
      pair("WGS84", `${dms(lat, "lat")} ${dms(lon, "lon")}`),
      plane && pair(`UTM ${plane.zone}N`, plane.utm.map(whole).join(" ")),
      plane && pair("Indian 1975", plane.indian.map(whole).join(" ")),
    );
  }
}
