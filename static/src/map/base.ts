/** The map every page starts from: Thai type loaded first, pale background, large zoom buttons, test hook. */

import "ol/ol.css";
import "../styles/map.css";
import { defaults as defaultControls } from "ol/control/defaults";
import { defaults as defaultInteractions } from "ol/interaction/defaults";
import type BaseLayer from "ol/layer/Base";
import OlMap from "ol/Map";
import { fromLonLat } from "ol/proj";
import View from "ol/View";
import { translator } from "../i18n";
import { installHook } from "./hook";
import { namesLayer, tileLayer, tileSource } from "./layers";
import { baseLabelStyle, baseStyle } from "./style";

const t = translator({
  zoom_in: ["ขยายแผนที่", "Zoom in"],
  zoom_out: ["ย่อแผนที่", "Zoom out"],
  locate: ["ตำแหน่งของฉัน", "My position"],
  full: ["เต็มจอ", "Full screen"],
  controls: ["เครื่องมือแผนที่", "Map controls"],
} as const);

export interface BaseMapOptions {
  /** Longitude and latitude. */
  readonly center?: readonly [lon: number, lat: number];
  readonly zoom?: number;
  readonly layers?: readonly BaseLayer[];
  /** False where the page has its own buttons. */
  readonly controls?: boolean;
  /** What takes the keys of the map; the map itself without it. */
  readonly keyboardTarget?: HTMLElement;
  /** True on a page that scrolls: wheel and drag reach the map only when it has the focus. */
  readonly onFocusOnly?: boolean;
}

/** The middle of Thailand, all of it in view. */
export const COUNTRY: { readonly center: readonly [number, number]; readonly zoom: number } = {
  center: [101.0, 13.2],
  zoom: 5.8,
};

const ICONS = {
  plus: "M10 4v12M4 10h12",
  minus: "M4 10h12",
  locate: "M10 2v4M10 14v4M2 10h4M14 10h4M10 5.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z",
  full: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
} as const;

function button(icon: keyof typeof ICONS, label: string, act: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.title = label;
  element.setAttribute("aria-label", label);
  element.innerHTML = `<svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"><path d="${ICONS[icon]}" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
  element.addEventListener("click", act);
  return element;
}

function buttons(map: OlMap): HTMLElement {
  const group = document.createElement("div");
  group.className = "map-buttons";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", t("controls"));
  const view = map.getView();
  const step = (by: number) => () => view.animate({ zoom: (view.getZoom() ?? 6) + by, duration: motion() });
  group.append(button("plus", t("zoom_in"), step(1)), button("minus", t("zoom_out"), step(-1)));
  if (navigator.geolocation) {
    group.append(
      button("locate", t("locate"), () =>
        navigator.geolocation.getCurrentPosition(({ coords }) =>
          view.animate({
            center: fromLonLat([coords.longitude, coords.latitude]),
            zoom: 16,
            duration: motion(),
          }),
        ),
      ),
    );
  }
  if (document.fullscreenEnabled) {
    group.append(
      button("full", t("full"), () =>
        document.fullscreenElement
          ? document.exitFullscreen()
          : (map.getTargetElement().parentElement ?? map.getTargetElement()).requestFullscreen(),
      ),
    );
  }
  return group;
}

/** Milliseconds of an animation; none for those who asked the system for none. */
export function motion(ms = 120): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : ms;
}

export async function fontsReady(): Promise<void> {
  await Promise.all(
    ["400 14px Sarabun", "600 14px Sarabun"].map((font) => document.fonts.load(font, "กA").catch(() => [])),
  );
}

/**
 * Make a map in `target` with the pale background under `layers`. Canvas text is drawn once and not again when a
 * font arrives later, so the font is waited for.
 */
export async function createBaseMap(target: HTMLElement, options: BaseMapOptions = {}): Promise<OlMap> {
  await fontsReady();
  const background = tileSource("base", {}, 15);
  const base = tileLayer(background, { style: baseStyle, zIndex: 0 });
  const names = namesLayer(background, baseLabelStyle);
  const map = new OlMap({
    target,
    layers: [names, base, ...(options.layers ?? [])],
    controls: defaultControls({ zoom: false, rotate: false, attribution: false }),
    view: new View({
      center: fromLonLat([...(options.center ?? COUNTRY.center)]),
      zoom: options.zoom ?? COUNTRY.zoom,
      minZoom: 4,
      maxZoom: 20,
      enableRotation: false,
    }),
    ...(options.keyboardTarget ? { keyboardEventTarget: options.keyboardTarget } : {}),
    interactions: defaultInteractions({
      onFocusOnly: options.onFocusOnly ?? false,
      altShiftDragRotate: false,
      pinchRotate: false,
    }),
  });
  target.style.backgroundColor = "#EEF0E4";
  if (options.controls !== false) target.append(buttons(map));
  installHook(map);
  return map;
}
