/** Chips of the filters: the choices stand in the page, a change is a new view. */

import { FILTERS, type FilterName, type Filters, type View } from "./model";
import { t } from "./texts";

export class FilterBar {
  private readonly menus: readonly HTMLDetailsElement[];

  constructor(form: HTMLFormElement, change: (filters: Filters) => void) {
    this.menus = [...form.querySelectorAll<HTMLDetailsElement>("details[data-filter]")];
    form.addEventListener("change", () => change(this.chosen()));
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const preset of form.querySelectorAll<HTMLButtonElement>("[data-preset]")) {
      preset.addEventListener("click", () => {
        const codes = new Set((preset.dataset.preset ?? "").split(","));
        for (const box of this.boxes(preset.closest("details"))) box.checked = codes.has(box.value);
        change(this.chosen());
      });
    }
    form.querySelector("#budget-clear")?.addEventListener("click", (event) => {
      event.preventDefault();
      const { fiscal_year } = this.chosen();
      change({ fiscal_year, kind: [], status: [], fund_source: [], strategy: [] });
    });
    document.addEventListener("click", (event) => {
      for (const menu of this.menus) if (!menu.contains(event.target as Node)) menu.open = false;
    });
    form.addEventListener("keydown", (event) => {
      const open = this.menus.find((menu) => menu.open);
      if (event.key !== "Escape" || !open) return;
      open.open = false;
      open.querySelector("summary")?.focus();
      event.stopPropagation();
    });
  }

  show(view: View): void {
    for (const menu of this.menus) {
      const name = menu.dataset.filter as FilterName;
      const chosen = view.filters[name];
      for (const box of this.boxes(menu)) box.checked = chosen.includes(box.value);
      menu.querySelector("summary")?.classList.toggle("on", chosen.length > 0);
      const words = menu.querySelector("[data-summary]");
      if (words) words.textContent = this.summary(menu, name, chosen);
    }
    const active = FILTERS.filter((name) => view.filters[name].length > 0).length;
    const button = document.querySelector("#budget-filter-button span");
    if (button) button.textContent = active > 0 ? `${t("filters")} ${active}` : t("filters");
  }

  private boxes(menu: Element | null): HTMLInputElement[] {
    return [...(menu?.querySelectorAll<HTMLInputElement>("input[type=checkbox]") ?? [])];
  }

  private chosen(): Filters {
    const chosen = FILTERS.map((name) => {
      const menu = this.menus.find((one) => one.dataset.filter === name) ?? null;
      const values = this.boxes(menu)
        .filter((box) => box.checked)
        .map((box) => box.value);
      return [name, name === "fiscal_year" ? values.sort() : values];
    });
    return Object.fromEntries(chosen) as Filters;
  }

  private summary(menu: HTMLElement, name: FilterName, chosen: readonly string[]): string {
    if (name === "fiscal_year") {
      return chosen.length === 0 ? t("all_years") : t("year", { year: chosen.join(", ") });
    }
    const title = menu.querySelector("legend")?.textContent ?? name;
    const preset = menu.querySelector<HTMLElement>("[data-preset]")?.dataset.preset?.split(",") ?? [];
    if (chosen.length === 0) return `${title}: ${t("all")}`;
    if (preset.length === chosen.length && preset.every((code) => chosen.includes(code))) {
      return `${title}: ${t("approved")}`;
    }
    const words = this.boxes(menu)
      .filter((box) => box.checked)
      .map((box) => box.parentElement?.textContent?.trim() ?? box.value);
    const text = words.join(" + ");
    return `${title}: ${text.length <= 28 ? text : t("several", { n: chosen.length })}`;
  }
}
