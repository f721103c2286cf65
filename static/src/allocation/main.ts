/** The page of allocation: the server draws tables and charts, scripts add the map, the wipe and the small maps. */

import "../styles/paper.css";
import "../styles/budget.css";
import "../styles/allocation.css";
import { byId, h } from "../panels/dom";
import { toast } from "../shell/toast";
import type { AllocationMap } from "./map";
import { type Analysis, pageOf } from "./model";
import { SmallMaps } from "./multiples";
import { t } from "./texts";

class Page {
  private readonly data: Analysis;
  private map: AllocationMap | SmallMaps | null = null;
  private selected: string | null = null;

  constructor(source: HTMLElement) {
    this.data = JSON.parse(source.textContent ?? "") as Analysis;
    this.wire();
    void this.load().catch(() => toast(t("no_shapes")));
    if (location.hash.startsWith("#p-")) this.select(location.hash.slice(3));
  }

  private wire(): void {
    const form = document.querySelector<HTMLFormElement>("[data-submit-on-change]");
    form?.addEventListener("change", (event) => {
      // Several boxes may be ticked before the filter is used; a list is chosen from at once.
      if (event.target instanceof HTMLSelectElement) form.requestSubmit();
    });
    const toggle = document.getElementById("allocation-filter-button");
    toggle?.addEventListener("click", () => {
      const open = byId("allocation-filters").classList.toggle("open");
      toggle.setAttribute("aria-expanded", String(open));
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
    this.tellPage();
    this.map?.select(this.selected);
  }

  private async load(): Promise<void> {
    const select = (code: string | null): void => this.select(code);
    const target = document.getElementById("allocation-map");
    if (target) {
      const { AllocationMap: Drawn } = await import("./map");
      const map = await Drawn.create(target, this.data, select);
      this.map = map;
      this.wireWipe(map);
    } else if (this.data.years.length > 0) {
      this.map = await SmallMaps.create(this.data, select);
    }
    this.map?.select(this.selected);
  }

  /** Two years over each other: the legend, the years at the sides and the address tell the same as the map. */
  private wireWipe(map: AllocationMap): void {
    const box = document.getElementById("allocation-swipe");
    if (!box) return;
    const [on, at, kept] = ["allocation-swipe-on", "allocation-swipe-at", "allocation-swipe-kept"].map((id) =>
      byId<HTMLInputElement>(id),
    ) as [HTMLInputElement, HTMLInputElement, HTMLInputElement];
    const [plain, swiped] = [byId("allocation-legend-plain"), byId("allocation-legend-swiped")];
    const years = byId("allocation-sides");
    box.hidden = false;
    const show = (): void => {
      at.hidden = !on.checked;
      box.classList.toggle("on", on.checked);
      plain.hidden = on.checked;
      swiped.hidden = years.hidden = !on.checked;
      years.style.setProperty("--at", `${at.value}%`);
      [kept.disabled, kept.value] = [!on.checked, at.value];
      map.wipe(on.checked ? at.valueAsNumber / 100 : null);
    };
    const keep = (): void => {
      const given = new URLSearchParams(location.search);
      for (const name of ["from_year", "to_year"])
        given.set(name, document.querySelector<HTMLSelectElement>(`select[name=${name}]`)?.value ?? "");
      if (on.checked) given.set("swipe", at.value);
      else given.delete("swipe");
      history.replaceState(history.state, "", `${location.pathname}?${given}${location.hash}`);
    };
    for (const input of [on, at]) {
      input.addEventListener("input", show);
      input.addEventListener("change", keep);
    }
    show();
  }

  /** The row of a place that stands on another page of the table. */
  private tellPage(): void {
    const line = document.getElementById("allocation-elsewhere");
    if (!line) return;
    const here = this.selected === null || document.getElementById(`p-${this.selected}`);
    const page = here ? null : pageOf(this.data.rows, String(this.selected), Number(line.dataset["rows"]));
    line.hidden = page === null;
    if (page === null) return;
    const name = this.data.rows.find((row) => row.code === this.selected)?.name ?? "";
    const href = `${line.dataset["address"]}${page}#p-${this.selected}`;
    line.replaceChildren(h("a", { class: "link", href }, t("on_page", { name, page })));
  }

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      toast(t("copied"));
    } catch {
      prompt(t("copy_this"), location.href); // the clipboard is closed without https
    }
  }
}

const source = document.getElementById("allocation-data");
if (source) new Page(source);
