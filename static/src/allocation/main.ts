/** The page of allocation: the server draws tables and charts, scripts add the map, the wipe and the small maps. */

import "../styles/budget.css";
import "../styles/allocation.css";
import { api } from "../api/client";
import { byId, h } from "../panels/dom";
import type { AllocationMap } from "./map";
import { type Analysis, mercator, pathOf } from "./model";
import { t } from "./texts";

interface Outline {
  readonly properties: { readonly code: string };
  readonly geometry: { readonly type: string; readonly coordinates: never };
}

const SVG = "http://www.w3.org/2000/svg";

class Page {
  private readonly data: Analysis;
  private map: AllocationMap | null = null;
  private selected: string | null = null;

  constructor(source: HTMLElement) {
    this.data = JSON.parse(source.textContent ?? "") as Analysis;
    this.wire();
    if (document.getElementById("allocation-map")) void this.loadMap();
    else if (this.data.years.length > 0) void this.loadSmallMaps().catch(() => this.toast(t("no_shapes")));
    if (location.hash.startsWith("#p-")) this.select(location.hash.slice(3));
  }

  private wire(): void {
    const form = document.querySelector<HTMLFormElement>("[data-submit-on-change]");
    form?.addEventListener("change", (event) => {
      // Several boxes may be ticked before the filter is used; a list is chosen from at once.
      if (event.target instanceof HTMLSelectElement) form.requestSubmit();
    });
    for (const each of document.querySelectorAll("[data-copy]"))
      each.addEventListener("click", () => void this.copy());
    for (const each of document.querySelectorAll("[data-print]"))
      each.addEventListener("click", () => print());
    document.getElementById("allocation-table")?.addEventListener("click", (event) => {
      if (!(event.target instanceof Element) || event.target.closest("a")) return;
      const code = event.target.closest<HTMLElement>("tr[data-code]")?.dataset.code;
      if (code) this.select(code);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.select(null);
    });
  }

  private select(code: string | null): void {
    this.selected = code === this.selected ? null : code;
    for (const row of document.querySelectorAll<HTMLElement>("tr[data-code]")) {
      const chosen = row.dataset.code === this.selected;
      row.classList.toggle("selected", chosen);
      if (chosen) row.scrollIntoView({ block: "nearest" });
    }
    for (const path of document.querySelectorAll<SVGElement>(".allocation-multiples [data-code]"))
      path.classList.toggle("chosen", path.dataset.code === this.selected);
    this.map?.select(this.selected);
  }

  private async loadMap(): Promise<void> {
    const { AllocationMap: Drawn } = await import("./map");
    try {
      this.map = await Drawn.create(byId("allocation-map"), this.data, (code) => this.select(code));
    } catch {
      this.toast(t("no_shapes"));
      return;
    }
    this.map.select(this.selected);
    this.wireWipe(this.map);
  }

  private wireWipe(map: AllocationMap): void {
    const box = document.getElementById("allocation-swipe");
    if (!box) return;
    const [on, at] = [
      byId<HTMLInputElement>("allocation-swipe-on"),
      byId<HTMLInputElement>("allocation-swipe-at"),
    ];
    box.hidden = false;
    const show = (): void => {
      at.hidden = !on.checked;
      box.classList.toggle("on", on.checked);
      map.wipe(on.checked ? at.valueAsNumber / 100 : null);
    };
    on.addEventListener("change", show);
    at.addEventListener("input", show);
  }

  /** One small map for each year, in the classes of the legend. */
  private async loadSmallMaps(): Promise<void> {
    const answer = await api.get<{ readonly features: readonly Outline[] }>(this.data.shapes);
    const shapes = answer.features.map((feature) => {
      const { type, coordinates } = feature.geometry;
      const polygons = (
        type === "Polygon" ? [coordinates] : coordinates
      ) as readonly (readonly number[][][])[];
      return { code: feature.properties.code, path: pathOf(polygons), polygons };
    });
    const all = shapes.flatMap((shape) => shape.polygons.flatMap((polygon) => polygon[0] ?? []));
    const lons = all.map(([lon = 0]) => lon);
    const lats = all.map(([, lat = 0]) => -mercator(lat));
    const least = (values: readonly number[]): number =>
      values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const most = (values: readonly number[]): number =>
      values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const [west, north] = [least(lons), least(lats)];
    const [width, height] = [most(lons) - west, most(lats) - north];
    for (const { year, colours } of this.data.years) {
      const svg = document.querySelector(`.allocation-multiples [data-year="${year}"] svg`);
      if (!svg) continue;
      svg.setAttribute("viewBox", `${west} ${north} ${width} ${height}`);
      for (const { code, path } of shapes) {
        const drawn = document.createElementNS(SVG, "path");
        drawn.setAttribute("d", path);
        drawn.setAttribute("fill", colours[code] ?? "#EBEDF2");
        drawn.dataset.code = code;
        drawn.addEventListener("click", () => this.select(code));
        svg.append(drawn);
      }
    }
  }

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      this.toast(t("copied"));
    } catch {
      prompt(t("copy_this"), location.href); // the clipboard is closed without https
    }
  }

  private toast(text: string): void {
    const shown = h("div", { class: "toast" }, text);
    byId("toasts").append(shown);
    setTimeout(() => shown.remove(), 6000);
  }
}

const source = document.getElementById("allocation-data");
if (source) new Page(source);
