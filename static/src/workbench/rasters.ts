/** One raster under the works: chosen in the panel of layers, kept in the address with its opacity. */

import { intersects } from "ol/extent";
import type TileLayer from "ol/layer/Tile";
import type OlMap from "ol/Map";
import { transformExtent } from "ol/proj";
import { api } from "../api/client";
import { decimal, thaiDate } from "../format";
import { legendBar, type RasterInfo, rasterLayer } from "../map/raster";
import { h, replaceChildren } from "../panels/dom";
import { t } from "./texts";

const OPACITY = 70;
const MOST_CLASSES = 24;

function remember(name: string, opacity: number): void {
  const address = new URL(location.href);
  const set = (key: string, value: string): void =>
    value ? address.searchParams.set(key, value) : address.searchParams.delete(key);
  set("raster", name);
  set("opacity", name && opacity !== OPACITY ? String(opacity) : "");
  history.replaceState(history.state, "", address);
}

/** Its colours: one bar with its ends, or a line for each value. */
function legend({ legend: stops, classes, kind }: RasterInfo): HTMLElement | null {
  const [first] = stops;
  const last = stops.at(-1);
  if (!first || !last) return null;
  if (classes)
    return h(
      "ul",
      { class: "wb-classes" },
      stops.slice(0, MOST_CLASSES).map(({ value, colour }) => {
        const swatch = h("i", { "aria-hidden": "true" });
        swatch.style.background = colour;
        return h("li", {}, swatch, decimal(value, 0));
      }),
    );
  const bar = h("div", { class: "wb-ramp", "aria-hidden": "true" });
  bar.style.background = legendBar(stops);
  const ends = [first.value, last.value].map((value) => h("span", {}, decimal(value, 1)));
  const unit = kind === "elevation" ? h("span", {}, t("raster_metres")) : null;
  return h("div", {}, bar, h("div", { class: "wb-ramp-ends" }, ends[0], unit, ends[1]));
}

/** Leads to the picture; where it lies outside of what is seen, that is said: a legend alone would puzzle. */
function whereabouts(map: OlMap, { bounds }: RasterInfo): HTMLElement | null {
  if (!bounds) return null;
  const extent = transformExtent([...bounds], "EPSG:4326", "EPSG:3857");
  const outside = !intersects(extent, map.getView().calculateExtent(map.getSize()));
  return h(
    "p",
    {},
    outside && `${t("raster_outside")} `,
    h(
      "button",
      {
        type: "button",
        class: "wb-link",
        onclick: () => map.getView().fit(extent, { padding: [24, 24, 24, 24], duration: 200 }),
      },
      t("raster_whole"),
    ),
  );
}

function explained(map: OlMap, info: RasterInfo | undefined): HTMLElement | null {
  if (!info) return null;
  const known = [info.source, info.licence, info.as_of && thaiDate(info.as_of)].filter(Boolean).join(" · ");
  return h(
    "div",
    { class: "wb-hint" },
    legend(info),
    whereabouts(map, info),
    known && h("p", {}, t("sources", { names: known })),
    h("a", { href: `/analysis/rasters?raster=${info.name}` }, t("raster_more")),
  );
}

/** Heights are lit, as on their own page. */
function picture(info: RasterInfo, opacity: number): TileLayer {
  const tiles = info.tiles && info.kind === "elevation" ? `${info.tiles}?shade=true` : info.tiles;
  return rasterLayer({ ...info, tiles }, opacity, 5);
}

/** The choice, or nothing where there is no raster to be seen. */
export async function rasterChoice(map: OlMap): Promise<HTMLElement | null> {
  const { items } = await api.get<{ items: RasterInfo[] }>("/api/v1/rasters");
  const ready = items.filter((one) => one.status === "READY");
  if (ready.length === 0) return null;
  const query = new URLSearchParams(location.search);
  let shown: TileLayer | null = null;
  const about = h("div", {});
  const select = h(
    "select",
    { class: "select", id: "wb-raster", onchange: () => show() },
    h("option", { value: "" }, t("raster_none")),
    ready.map((one) =>
      h("option", { value: one.name, selected: one.name === query.get("raster") }, one.title),
    ),
  );
  const opacity = h("input", {
    type: "range",
    min: 0,
    max: 100,
    step: 5,
    value: query.get("opacity") ?? OPACITY,
    "aria-label": t("raster_opacity"),
    oninput: () => shown?.setOpacity(Number(opacity.value) / 100),
    onchange: () => remember(select.value, Number(opacity.value)),
  });
  const show = (): void => {
    if (shown) map.removeLayer(shown);
    const info = ready.find((one) => one.name === select.value);
    shown = info ? picture(info, Number(opacity.value)) : null;
    if (shown) map.addLayer(shown);
    opacity.hidden = !info;
    remember(select.value, Number(opacity.value));
    replaceChildren(about, explained(map, info));
  };
  show();
  return h(
    "div",
    { class: "wb-raster" },
    h("label", { for: "wb-raster" }, t("raster")),
    select,
    opacity,
    about,
  );
}
