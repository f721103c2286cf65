/** The budget map page: one view, one answer, three pictures of it. Every change is an address. */

import "../styles/budget.css";
import { ApiProblem, api } from "../api/client";
import { decimal } from "../format";
import { byId, h, replaceChildren } from "../panels/dom";
import { toast } from "../shell/toast";
import type { BudgetChart } from "./chart";
import { FilterBar } from "./filters";
import type { BudgetMap } from "./map";
import {
  addressOf,
  type Budget,
  dataAddress,
  fileAddress,
  isEmpty,
  type Measure,
  type SortKey,
  sameFigures,
  type View,
  viewFrom,
  viewOf,
} from "./model";
import { short } from "./numbers";
import {
  drawCard,
  drawCrumbs,
  drawEmpty,
  drawLegend,
  drawLevels,
  drawSource,
  fullName,
  placeText,
  yearsText,
} from "./parts";
import { drawTable } from "./table";
import { t } from "./texts";
import { Years } from "./years";

class Page {
  private view: View;
  private data: Budget;
  private map: BudgetMap | null = null;
  private chart: BudgetChart | null = null;
  private asking: AbortController | null = null;
  private readonly years = new Years(byId("budget-years"), (year) =>
    this.go({ ...this.view, filters: { ...this.view.filters, fiscal_year: [String(year)] } }),
  );
  private readonly filters = new FilterBar(byId<HTMLFormElement>("budget-filters"), (filters) =>
    this.go({ ...this.view, filters }),
  );

  constructor() {
    this.data = JSON.parse(byId("budget-data").textContent ?? "") as Budget;
    this.view = viewOf(this.data, location.search);
    history.replaceState(null, "", addressOf(this.view));
    addEventListener("popstate", () => void this.change(viewFrom(location.search)));
    this.wire();
    this.draw();
    this.reveal();
    void this.loadMap();
    void this.loadChart();
  }

  /** A new view: into the history, then onto the page. */
  private go(view: View): void {
    if (addressOf(view) === addressOf(this.view)) return;
    history.pushState(null, "", addressOf(view));
    void this.change(view);
  }

  /** Selecting and sorting change the address but are no steps of the back button. */
  private adjust(view: View): void {
    this.view = view;
    history.replaceState(null, "", addressOf(view));
    this.draw();
  }

  private async change(view: View): Promise<void> {
    const before = this.view;
    this.view = view;
    if (sameFigures(before, view)) {
      this.draw();
      return;
    }
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    const slow = setTimeout(() => document.body.classList.add("budget-waiting"), 300);
    const table = byId("budget-table");
    table.setAttribute("aria-busy", "true"); // at once: what is shown is not what the address says
    try {
      this.data = await api.get<Budget>(dataAddress(view), { signal: asking.signal });
      this.fail(null);
      this.draw();
      this.announce();
    } catch (error) {
      if (asking.signal.aborted) return;
      this.years.stop();
      this.fail(error);
    } finally {
      clearTimeout(slow);
      if (this.asking === asking) {
        document.body.classList.remove("budget-waiting");
        table.removeAttribute("aria-busy");
      }
    }
  }

  private draw(): void {
    const { data, view } = this;
    const go = (next: View): void => this.go(next);
    const row = data.rows.find((one) => one.code === view.selected) ?? null;
    drawCrumbs(byId("budget-crumbs"), data, view, go);
    drawLevels(byId("budget-levels"), data, view, go);
    drawLegend(byId("budget-legend"), data, view, go);
    drawSource(byId("budget-source"), data);
    drawEmpty(byId("budget-empty"), data, view, go);
    byId("budget-chart").hidden = this.chart === null || isEmpty(data);
    for (const box of document.querySelectorAll<HTMLElement>(".budget-side > .table-wrap"))
      box.hidden = isEmpty(data);
    drawCard(byId("budget-card"), row, data, view, { go, close: () => this.select(null) });
    drawTable(byId<HTMLTableElement>("budget-table"), data, view, {
      select: (code) => this.select(code),
      sort: (key) => this.sort(key),
      go,
    });
    this.filters.show(view);
    for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-file]"))
      link.href = fileAddress(view, link.dataset.file ?? "");
    this.years.show(data.years, view.filters.fiscal_year);
    for (const each of document.querySelectorAll<HTMLElement>("[data-measure]")) {
      if (each.dataset.measure === view.measure) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
    byId<HTMLSelectElement>("budget-measure-select").value = view.measure;
    this.sayYear();
    const subtitle = document.querySelector("[data-phone-subtitle]");
    if (subtitle) subtitle.textContent = `${placeText(data)} · ${yearsText(view)}`;
    this.drawCaption();
    this.chart?.show(data, view.selected);
    this.map?.show(data, view.selected).catch(() => this.noShapes());
    if (data.total.project_count === 0) this.say(t("nothing"));
  }

  /** The year in the top bar is that of the page; several are none of its choices. */
  private sayYear(): void {
    const years = this.view.filters.fiscal_year;
    const select = document.querySelector<HTMLSelectElement>("[data-fiscal-year] select");
    if (select) select.value = years.length === 1 ? (years[0] ?? "") : "";
  }

  private drawCaption(): void {
    const { data, view } = this;
    const title = t("chart_title", {
      measure: t(data.measure),
      level: t(data.level),
      years: yearsText(view),
    });
    const caption = document.querySelector("#budget-table caption");
    if (caption) caption.textContent = `${title} · ${placeText(data)}`;
    const heading = document.querySelector("[data-chart-title]");
    const charted = data.rows.filter((row) => row.value !== null).length;
    if (heading) {
      replaceChildren(
        heading,
        title,
        charted > 30
          ? h("small", { class: "faint" }, ` ${t("first_of", { n: 30, all: decimal(charted) })}`)
          : null,
      );
    }
    const mark = document.querySelector<HTMLElement>("[data-chart-mark]");
    if (mark) {
      mark.textContent = t("paid_part");
      const parted = data.measure === "budget" || data.measure === "per_head";
      if (mark.parentElement) mark.parentElement.hidden = !parted;
    }
    document.querySelector("[data-chart]")?.setAttribute("aria-label", t("chart_label", { title }));
  }

  private select(code: string | null): void {
    const selected = code === this.view.selected ? null : code;
    this.adjust({ ...this.view, selected });
    const row = this.data.rows.find((one) => one.code === selected);
    if (!row) return;
    this.reveal();
    this.say(
      t("selected", {
        name: fullName(this.data.level, row.name),
        value: `${short(row.value, this.data.measure)} ${t(`unit_${this.data.measure}`)}`,
      }),
    );
  }

  /** The chosen row into view, inside the table only: the page itself stays where it is. */
  private reveal(): void {
    const row = document.querySelector<HTMLElement>("#budget-table tbody tr.selected");
    const box = row?.closest<HTMLElement>(".table-wrap");
    if (!row || !box) return;
    const [above, below] = [
      box.querySelector<HTMLElement>("thead")?.offsetHeight ?? 0,
      box.querySelector<HTMLElement>("tfoot")?.offsetHeight ?? 0,
    ];
    const hidden = row.offsetTop + row.offsetHeight - (box.scrollTop + box.clientHeight - below);
    if (hidden > 0) box.scrollTop += hidden;
    if (row.offsetTop - above < box.scrollTop) box.scrollTop = row.offsetTop - above;
  }

  private sort(key: SortKey): void {
    const wanted = key === this.view.measure ? "rank" : key;
    const ascending = wanted === this.view.sort ? !this.view.ascending : true;
    this.adjust({ ...this.view, sort: wanted, ascending });
  }

  private async loadMap(): Promise<void> {
    const { BudgetMap: Drawn } = await import("./map");
    this.map = await Drawn.create(byId("budget-map"), {
      select: (code) => this.select(code),
      drill: (row) => row.drill && this.go({ ...this.view, ...row.drill, selected: null }),
    });
    await this.map.show(this.data, this.view.selected).catch(() => this.noShapes());
  }

  private async loadChart(): Promise<void> {
    const figure = byId("budget-chart");
    figure.hidden = false;
    const target = figure.querySelector<HTMLElement>("[data-chart]");
    if (!target || target.clientWidth === 0) {
      figure.hidden = true; // a phone has the list only
      return;
    }
    const { BudgetChart: Drawn } = await import("./chart");
    this.chart = new Drawn(target, (code) => this.select(code));
    this.chart.show(this.data, this.view.selected);
    figure.hidden = isEmpty(this.data);
    this.reveal(); // the chart has taken its place above the table
  }

  private wire(): void {
    for (const each of document.querySelectorAll<HTMLElement>("[data-measure]")) {
      each.addEventListener("click", (event) => {
        event.preventDefault();
        this.go({ ...this.view, measure: each.dataset.measure as Measure });
      });
    }
    const select = byId<HTMLSelectElement>("budget-measure-select");
    select.addEventListener("change", () => this.go({ ...this.view, measure: select.value as Measure }));
    const toggle = byId("budget-filter-button");
    toggle.addEventListener("click", () => {
      const open = byId("budget-filters").classList.toggle("open");
      toggle.setAttribute("aria-expanded", String(open));
    });
    for (const each of document.querySelectorAll("[data-copy]")) {
      each.addEventListener("click", () => void this.copy());
    }
    for (const each of document.querySelectorAll("[data-print]"))
      each.addEventListener("click", () => print());
    for (const each of document.querySelectorAll("[data-export]")) {
      each.addEventListener("click", () => this.download());
    }
    byId("budget-map").addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.select(null);
    });
  }

  private async copy(): Promise<void> {
    const address = new URL(addressOf(this.view), location.href).href;
    try {
      await navigator.clipboard.writeText(address);
      toast(t("copied"));
    } catch {
      prompt(t("copy_this"), address); // the clipboard is closed without https
    }
  }

  /** The table as it stands, for a spreadsheet: UTF-8 with a mark so that Thai is read right. */
  private download(): void {
    const lines = [...byId<HTMLTableElement>("budget-table").rows].map((row) =>
      [...row.cells]
        .filter((cell) => !cell.classList.contains("phone-figure"))
        .map(
          (cell) =>
            `"${(cell.textContent ?? "")
              .trim()
              .replace(/ [▲▼]$/, "")
              .replaceAll('"', '""')
              .replace(/^(?=[=+@-])/, "'")}"`,
        )
        .join(","),
    );
    const head = `"${placeText(this.data)} · ${yearsText(this.view)}"`;
    const blob = new Blob([`\ufeff${[head, ...lines].join("\r\n")}\r\n`], { type: "text/csv" });
    const anchor = h("a", {
      href: URL.createObjectURL(blob),
      download: `${t("export_name")}-${this.view.parent ?? "TH"}-${this.view.filters.fiscal_year.join("-") || "all"}.csv`,
    });
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
  }

  private fail(error: unknown): void {
    const note = byId("budget-error");
    note.hidden = error === null;
    if (error === null) return;
    const detail = error instanceof ApiProblem ? error.detail : "";
    const again = h(
      "button",
      { type: "button", class: "btn btn-sm", onclick: () => void this.retry() },
      t("retry"),
    );
    replaceChildren(note, t("failed", { detail }), " ", again);
  }

  private async retry(): Promise<void> {
    const wanted = this.view;
    this.view = viewOf(this.data, "");
    await this.change(wanted);
  }

  private noShapes(): void {
    toast(t("no_shapes"));
  }

  private announce(): void {
    const { data, view } = this;
    this.say(
      t("changed", {
        measure: t(data.measure),
        place: placeText(data),
        years: yearsText(view),
        n: decimal(data.rows.length),
        level: t(data.level),
        total: t("million_each", { value: decimal(data.total.budget_baht / 1_000_000, 1) }),
      }),
    );
  }

  private say(text: string): void {
    byId("live-polite").textContent = text;
  }
}

new Page();
