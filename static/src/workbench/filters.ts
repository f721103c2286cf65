/** The bar over the map for looking: search, kinds, year, status; all of it in the address. */

import { fromLonLat, transformExtent } from "ol/proj";
import { api } from "../api/client";
import type { ProjectPage } from "../api/types";
import { fiscalYear, shortOrganisation } from "../format";
import { debounce, h, replaceChildren } from "../panels/dom";
import { anyFilter, type FilterName, type FilterValues, withFilters } from "./address";
import type { Explore } from "./explore";
import type { Bench } from "./page";
import { t } from "./texts";

const KINDS = ["road", "water", "other"] as const;

export class FilterBar {
  private readonly element = h("form", { class: "wb-filters", role: "search", "aria-label": t("filters") });
  private readonly table = h("a", { class: "wb-link", href: "/projects" }, t("as_table"));

  constructor(
    container: HTMLElement,
    private readonly bench: Bench,
    private readonly explore: Explore,
    private filters: FilterValues,
  ) {
    container.append(this.element);
    this.element.addEventListener("submit", (event) => event.preventDefault());
    this.draw();
    bench.map.on("moveend", () => this.linkTable());
  }

  private draw(): void {
    const { page } = this.bench;
    replaceChildren(
      this.element,
      placeSearch(this.bench, this.explore),
      h(
        "div",
        { class: "chips", role: "group", "aria-label": t("kind") },
        KINDS.map((kind) => {
          const on = this.filters.kind.includes(kind);
          return h(
            "button",
            {
              type: "button",
              class: "chip",
              "aria-pressed": String(on),
              onclick: () => this.toggleKind(kind),
            },
            t(`kind_${kind}`),
          );
        }),
      ),
      this.choice(
        "fiscal_year",
        t("all_years"),
        page.fiscal_years.map((year) => [String(year), fiscalYear(year)]),
      ),
      this.choice(
        "status",
        t("all_statuses"),
        page.statuses.map(({ code, name }) => [code, name]),
      ),
      anyFilter(this.filters) &&
        h(
          "button",
          {
            type: "button",
            class: "wb-link",
            onclick: () => this.apply({ fiscal_year: [], kind: [], status: [], organisation: [] }),
          },
          t("clear_filters"),
        ),
      h("span", { class: "wb-spacer" }),
      this.table,
    );
    this.linkTable();
  }

  private choice(
    name: FilterName,
    all: string,
    options: readonly (readonly [string, string])[],
  ): HTMLElement {
    const chosen = this.filters[name];
    const select = h(
      "select",
      {
        class: "chip",
        "aria-label": all,
        onchange: () => this.apply({ ...this.filters, [name]: select.value ? [select.value] : [] }),
      },
      h("option", { value: "" }, all),
      chosen.length > 1 && h("option", { value: chosen.join(","), selected: true }, chosen.join(", ")),
      options.map(([value, label]) =>
        h("option", { value, selected: chosen.length === 1 && chosen[0] === value }, label),
      ),
    );
    select.classList.toggle("chip-on", chosen.length > 0);
    return select;
  }

  private toggleKind(kind: string): void {
    const on = this.filters.kind.includes(kind);
    const kinds = on ? this.filters.kind.filter((one) => one !== kind) : [...this.filters.kind, kind];
    this.apply({ ...this.filters, kind: kinds });
  }

  private apply(filters: FilterValues): void {
    this.filters = filters;
    history.replaceState(history.state, "", withFilters(location.search, filters) + location.hash);
    this.explore.setFilters(filters);
    this.draw();
  }

  /** The same rows as a table: same filters, same view. */
  private linkTable(): void {
    const { map } = this.bench;
    const extent = transformExtent(map.getView().calculateExtent(map.getSize()), "EPSG:3857", "EPSG:4326");
    const query = new URLSearchParams();
    for (const [name, values] of Object.entries(this.filters))
      if (values.length > 0) query.set(name, values.join(","));
    if ((map.getView().getZoom() ?? 0) > 8)
      query.set("bbox", extent.map((value) => value.toFixed(5)).join(","));
    this.table.href = `/projects?${query.toString().replaceAll("%2C", ",")}`;
  }
}

/** Search for a project; its place is shown, or its page opened when it has none. */
function placeSearch({ map, live }: Bench, explore: Explore): HTMLElement {
  const results = h("ul", { class: "wb-results", id: "wb-results", hidden: true });
  const input = h("input", {
    type: "search",
    class: "wb-search",
    placeholder: t("search"),
    "aria-label": t("search"),
    "aria-controls": "wb-results",
    autocomplete: "off",
    oninput: debounce(() => void look(), 250),
  });
  const go = (bbox: readonly number[], code: string): void => {
    const extent = transformExtent([...bbox], "EPSG:4326", "EPSG:3857");
    // biome-ignore lint/suspicious/noFocusedTests: fit() of a view, no test
    map.getView().fit(extent, { maxZoom: 16, padding: [80, 80, 80, 80] });
    explore.select(code);
    results.hidden = true;
    map.getTargetElement().focus();
  };
  const look = async (): Promise<void> => {
    const q = input.value.trim();
    results.hidden = q.length < 2;
    if (q.length < 2) return;
    const point = /^(-?\d{1,2}\.\d+)[,\s]+(\d{2,3}\.\d+)$/.exec(q);
    if (point) {
      map
        .getView()
        .animate({ center: fromLonLat([Number(point[2]), Number(point[1])]), zoom: 16, duration: 0 });
      results.hidden = true;
      return;
    }
    try {
      const { items } = await api.get<ProjectPage>("/api/v1/projects", { query: { q, limit: 8 } });
      live.say(items.length === 0 ? t("search_none", { q }) : t("search_results", { count: items.length }));
      replaceChildren(
        results,
        items.length === 0 && h("li", { class: "wb-hint" }, t("search_none", { q })),
        items.map((item) =>
          h(
            "li",
            {},
            item.bbox
              ? h(
                  "button",
                  { type: "button", onclick: () => go(item.bbox as readonly number[], item.code) },
                  item.name,
                )
              : h(
                  "a",
                  { href: `/projects/${encodeURIComponent(item.code)}` },
                  item.name,
                  ` (${t("no_position")})`,
                ),
            h("span", { class: "wb-hint" }, `${item.code} · ${shortOrganisation(item.organisation_name)}`),
          ),
        ),
      );
    } catch {
      results.hidden = true;
    }
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") results.hidden = true;
    if (event.key === "ArrowDown") results.querySelector<HTMLElement>("button, a")?.focus();
  });
  return h("div", { class: "wb-searchbox" }, input, results);
}
