/** One raster under the works: chosen in the panel of layers, kept in the address with its opacity. */

import type TileLayer from "ol/layer/Tile";
import type OlMap from "ol/Map";
import { api } from "../api/client";
import { decimal } from "../format";
import { legendBar, type RasterInfo, rasterLayer } from "../map/raster";
import { h, replaceChildren } from "../panels/dom";
import { t } from "./texts";

const OPACITY = 70;

function remember(name: string, opacity: number): void {
  const address = new URL(location.href);
  const set = (key: string, value: string): void =>
    value ? address.searchParams.set(key, value) : address.searchParams.delete(key);
  set("raster", name);
  set("opacity", name && opacity !== OPACITY ? String(opacity) : "");
  history.replaceState(history.state, "", address);
}

function explained(info: RasterInfo | undefined): HTMLElement | null {
  if (!info) return null;
  const [first] = info.legend;
  const last = info.legend.at(-1);
  const bar = h("div", { class: "wb-ramp" });
  bar.style.background = legendBar(info.legend);
  return h(
    "div",
    { class: "wb-hint" },
    first && last && !info.classes
      ? [
          bar,
          h(
            "div",
            { class: "wb-ramp-ends" },
            h("span", {}, decimal(first.value, 1)),
            h("span", {}, decimal(last.value, 1)),
          ),
        ]
      : null,
    h("a", { href: `/analysis/rasters?raster=${info.name}` }, t("raster_more")),
  );
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
    shown = info ? rasterLayer(info, Number(opacity.value), 5) : null;
    if (shown) map.addLayer(shown);
    opacity.hidden = !info;
    remember(select.value, Number(opacity.value));
    replaceChildren(about, explained(info));
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
