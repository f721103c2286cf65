/** The rows of the file: filters, paging, cells that are mended where they stand. */

import { ApiProblem, api } from "../api/client";
import { decimal } from "../format";
import { h, replaceChildren } from "../panels/dom";
import { icon } from "../shell/icons";
import { chooseProject, percent } from "./choose";
import { attachOnly, photoBeside } from "./photo";
import type { Batch, FieldInfo, Offer, Page, PageData, Row } from "./state";
import { t } from "./texts";

const PAGE = 100;
const NUMBERS: Readonly<Record<string, number>> = { length_m: 1, width_m: 2, budget_baht: 0 };

export interface TableEvents {
  /** A row was chosen; the map shows it. */
  readonly chosen: (row: Row) => void;
  /** Rows with one problem are listed; the map shows where they are and where they probably should be. */
  readonly listed: (rows: readonly Row[]) => void;
  /** A row was mended; counts and map change. */
  readonly mended: (batch: Batch, row: Row) => void;
  readonly say: (text: string) => void;
  readonly alarm: (text: string) => void;
}

export class RowTable {
  private readonly body = document.getElementById("row-list") as HTMLTableSectionElement;
  private readonly more = document.getElementById("more") as HTMLButtonElement;
  private readonly codeChip = document.getElementById("code-filter") as HTMLButtonElement;
  private readonly fields: readonly FieldInfo[];
  private readonly rows = new Map<number, Row>();
  private level = "all";
  private code = "";
  private next: string | null = null;
  private chosen: number | null = null;
  private asked = 0;
  private readonly taken: { readonly row: number; readonly mended: boolean }[] = [];

  constructor(
    private readonly data: PageData,
    private readonly events: TableEvents,
  ) {
    const mapped = data.batch.column_map;
    // The name first, then what the file has; the project has its own column.
    this.fields = data.fields
      .filter((field) => field.name in mapped || field.name === "name")
      .sort((a, b) => rank(a.name) - rank(b.name));
    this.head();
    this.wire();
    void this.load();
  }

  private head(): void {
    const mapped = this.data.batch.column_map;
    replaceChildren(
      document.getElementById("columns") as HTMLElement,
      h("th", { class: "number", scope: "col" }, t("row")),
      ...this.fields.map((field) => {
        const column = mapped[field.name];
        return h(
          "th",
          { scope: "col", class: field.name in NUMBERS ? "number" : "" },
          column ? `${column} → ${field.title}` : field.title,
        );
      }),
      h("th", { scope: "col" }, t("project")),
      h("th", { scope: "col" }, t("result")),
    );
  }

  private wire(): void {
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-level]"))
      button.addEventListener("click", () => this.filter(button.dataset.level ?? "all", ""));
    this.codeChip.addEventListener("click", () => this.filter(this.level, ""));
    this.more.addEventListener("click", () => void this.load(true));
    this.body.addEventListener("click", (event) => {
      const line = (event.target as Element).closest("tr");
      if (line) this.choose(Number(line.dataset.row));
    });
    this.body.addEventListener("dblclick", (event) => this.edit((event.target as Element).closest("td")));
    this.body.addEventListener("keydown", (event) => this.key(event));
  }

  private key(event: KeyboardEvent): void {
    const cell = (event.target as Element).closest<HTMLTableCellElement>("td,th");
    if (!cell || event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement)
      return;
    if (event.key === "F2" || event.key === "Enter") {
      event.preventDefault();
      if ("project" in cell.dataset || "result" in cell.dataset) cell.querySelector("button")?.click();
      else this.edit(cell);
      return;
    }
    const line = cell.parentElement as HTMLTableRowElement;
    const to: Readonly<Record<string, () => Element | null | undefined>> = {
      ArrowDown: () => line.nextElementSibling?.children[cell.cellIndex],
      ArrowUp: () => line.previousElementSibling?.children[cell.cellIndex],
      ArrowRight: () => cell.nextElementSibling,
      ArrowLeft: () => cell.previousElementSibling,
      Home: () => line.children[1],
      End: () => line.lastElementChild,
    };
    const target = event.key === "F8" ? this.nextBad(cell) : to[event.key]?.();
    if (event.key === "F8" || event.key in to) event.preventDefault();
    if (target instanceof HTMLElement) {
      this.focus(target);
      this.choose(Number((target.parentElement as HTMLElement).dataset.row));
    }
  }

  private nextBad(from: Element): HTMLElement | null {
    const bad = [...this.body.querySelectorAll<HTMLElement>("td.bad")];
    return (
      bad.find((cell) => from.compareDocumentPosition(cell) & Node.DOCUMENT_POSITION_FOLLOWING) ??
      bad[0] ??
      null
    );
  }

  private focus(cell: HTMLElement): void {
    for (const other of this.body.querySelectorAll("[tabindex='0']")) other.setAttribute("tabindex", "-1");
    cell.tabIndex = 0;
    cell.focus();
  }

  /** Show rows of a level, or with one problem. */
  filter(level: string, code: string, title = ""): void {
    this.level = code ? "all" : level;
    this.code = code;
    for (const button of document.querySelectorAll<HTMLElement>("[data-level]"))
      button.setAttribute("aria-pressed", String(!code && button.dataset.level === level));
    this.codeChip.hidden = !code;
    this.codeChip.textContent = t("show_all", { title });
    void this.load();
  }

  private async load(further = false): Promise<void> {
    const asked = ++this.asked;
    const query = { level: this.level, code: this.code, limit: PAGE };
    const url = `/api/v1/imports/${this.data.batch.id}/rows`;
    try {
      const page =
        further && this.next ? await api.get<Page<Row>>(this.next) : await api.get<Page<Row>>(url, { query });
      if (asked !== this.asked) return;
      if (!further) {
        this.rows.clear();
        this.body.replaceChildren();
      }
      for (const row of page.items) {
        this.rows.set(row.row, row);
        this.body.append(this.line(row));
      }
      if (!further) this.body.querySelector<HTMLElement>("td")?.setAttribute("tabindex", "0");
      this.next = page.next;
      this.more.hidden = page.next === null;
      this.events.listed(this.code ? [...this.rows.values()] : []);
    } catch (error) {
      if (error instanceof ApiProblem) this.events.alarm(error.detail);
    }
  }

  private line(row: Row): HTMLTableRowElement {
    const line = h("tr", { "data-row": row.row, "aria-selected": row.row === this.chosen ? "true" : null });
    line.append(h("th", { class: "number faint", scope: "row" }, row.row));
    for (const field of this.fields) line.append(this.cell(row, field));
    line.append(this.projectCell(row));
    line.append(
      h("td", { class: "result", "data-result": "", tabindex: "-1" }, verdict(row), this.offerButton(row)),
    );
    return line;
  }

  private cell(row: Row, field: FieldInfo): HTMLTableCellElement {
    const wrong = row.problems.find((one) => one.field === field.name && one.level === "error");
    const shown = this.text(row, field);
    const other = row.differences.find((one) => one.field === field.name);
    const stored = other
      ? t("stored_value", { value: this.said(field, other.stored as string | null) })
      : null;
    return h(
      "td",
      {
        class: `${field.name in NUMBERS ? "number" : ""}${wrong ? " bad" : ""}${other ? " differs" : ""}`,
        "data-field": field.name,
        tabindex: "-1",
        title: wrong
          ? `${wrong.message} ${wrong.fix ?? ""}`.trim()
          : (stored ?? (shown.length > 40 ? shown : null)),
        "aria-invalid": wrong ? "true" : null,
      },
      field.name === "name" && photoBeside(row),
      shown,
      stored && h("small", { class: "stored" }, stored),
    );
  }

  /** The project that the row lands on; else the one suggested, to be chosen; else that a new one is made. */
  private projectCell(row: Row): HTMLTableCellElement {
    const best = row.matches[0];
    const open = row.project === null && row.choice === null && best !== undefined;
    const label = row.project ?? (open ? best.project : t("new_project"));
    return h(
      "td",
      { "data-project": "", tabindex: "-1" },
      h(
        "button",
        {
          type: "button",
          class: "link",
          tabindex: "-1",
          title: open ? `${best.name} · ${best.reasons.join(" · ")}` : null,
          onclick: () => void this.choosing(row),
        },
        label,
      ),
      open && h("span", { class: "pill pill-warn" }, `${percent(best.score)}?`),
      open && row.photo && h("small", { class: "stored" }, best.reasons[0]),
      attachOnly(row),
      geometryChange(row),
    );
  }

  private async choosing(row: Row): Promise<void> {
    const answer = await chooseProject(this.data.batch.id, row);
    if (answer) {
      this.rows.set(row.row, answer);
      this.events.mended(answer.import, answer);
      this.events.say(t("chosen_project", { row: row.row, project: answer.project ?? t("new_project") }));
    }
    const line = this.line(this.rows.get(row.row) ?? row);
    this.body.querySelector(`tr[data-row="${row.row}"]`)?.replaceWith(line);
    const cell = line.querySelector<HTMLElement>("td[data-project]");
    if (cell) this.focus(cell);
  }

  /** Take what the doctor offers for this row alone, or give it back. */
  private offerButton(row: Row): HTMLButtonElement | null {
    if (!row.offer) return null;
    const { mended } = row.offer;
    return h(
      "button",
      {
        type: "button",
        class: "btn btn-sm",
        tabindex: "-1",
        "data-offer": "",
        onclick: () => void this.take(row.row, !mended),
      },
      icon(mended ? "undo" : "check", 14),
      offerWord(row.offer),
      h("span", { class: "visually-hidden" }, ` ${t("of_row", { row: row.row })}`),
    );
  }

  /** Take the offer for one row, or give it back; what was done so can be undone in turn. */
  async take(number: number, mended: boolean, undoing = false): Promise<void> {
    try {
      const answer = await api.patch<Row & { import: Batch }>(
        `/api/v1/imports/${this.data.batch.id}/rows/${number}`,
        { mended },
      );
      if (!undoing) this.taken.push({ row: number, mended });
      this.redraw(answer, "td.result");
      this.events.mended(answer.import, answer);
      this.events.say(t(mended ? "took_offer" : "gave_back", { row: number }));
    } catch (error) {
      this.events.alarm(error instanceof ApiProblem ? error.detail : t("failed"));
    }
  }

  /** Undo the last offer taken or given back here; false when there is none. */
  undo(): boolean {
    const last = this.taken.pop();
    if (last) void this.take(last.row, !last.mended, true);
    return last !== undefined;
  }

  /** Put the row as it is now in its line; who was at the line stays at it. */
  private redraw(row: Row, at: string): void {
    this.rows.set(row.row, row);
    const old = this.body.querySelector(`tr[data-row="${row.row}"]`);
    if (!old) return;
    const here = old.contains(document.activeElement);
    const line = this.line(row);
    old.replaceWith(line);
    const cell = line.querySelector<HTMLElement>(at);
    if (here && cell) this.focus(cell);
  }

  private text(row: Row, field: FieldInfo): string {
    const raw = row.raw[field.name];
    if (raw !== undefined) return raw;
    const value = field.name === "code" ? (row.values.code ?? row.project) : row.values[field.name];
    return this.said(field, value);
  }

  private said(field: FieldInfo, value: string | number | null | undefined): string {
    if (value === null || value === undefined || value === "") return t("nothing");
    const digits = NUMBERS[field.name];
    if (digits !== undefined) return decimal(Number(value), digits);
    const choice = field.choices?.find(([code]) => code === value);
    return choice ? choice[1] : String(value);
  }

  /** Mark a row, and fetch it when it is not on this page. */
  async show(row: number, field?: string): Promise<void> {
    if (!this.rows.has(row)) {
      const page = await api.get<Page<Row>>(`/api/v1/imports/${this.data.batch.id}/rows`, {
        query: { limit: PAGE, level: "all", cursor: cursorAfter(row - 1) },
      });
      this.filterless(page);
    }
    this.choose(row);
    const line = this.body.querySelector<HTMLElement>(`tr[data-row="${row}"]`);
    line?.scrollIntoView({ block: "center" });
    const cell = line?.querySelector<HTMLTableCellElement>(field ? `td[data-field="${field}"]` : "td");
    if (cell) this.focus(cell);
    if (field && cell) this.edit(cell);
  }

  private filterless(page: Page<Row>): void {
    this.asked++;
    this.level = "all";
    this.code = "";
    this.codeChip.hidden = true;
    for (const button of document.querySelectorAll<HTMLElement>("[data-level]"))
      button.setAttribute("aria-pressed", String(button.dataset.level === "all"));
    this.rows.clear();
    this.body.replaceChildren();
    for (const row of page.items) {
      this.rows.set(row.row, row);
      this.body.append(this.line(row));
    }
    this.next = page.next;
    this.more.hidden = page.next === null;
  }

  private choose(number: number): void {
    const row = this.rows.get(number);
    if (!row || this.chosen === number) return;
    this.body.querySelector('tr[aria-selected="true"]')?.removeAttribute("aria-selected");
    this.body.querySelector(`tr[data-row="${number}"]`)?.setAttribute("aria-selected", "true");
    this.chosen = number;
    this.events.chosen(row);
  }

  private edit(cell: Element | null): void {
    if (!(cell instanceof HTMLTableCellElement) || !cell.dataset.field || cell.querySelector("input,select"))
      return;
    const row = this.rows.get(Number((cell.parentElement as HTMLElement).dataset.row));
    const field = this.fields.find((one) => one.name === cell.dataset.field);
    if (!row || !field) return;
    const before = row.raw[field.name] ?? String(row.values[field.name] ?? "");
    const label = t("edit_cell", { field: field.title, row: row.row });
    const input = field.choices
      ? h(
          "select",
          { class: "select", "aria-label": label },
          h("option", { value: "" }, t("nothing")),
          ...field.choices.map(([code, name]) =>
            h("option", { value: code, selected: code === before }, name),
          ),
        )
      : h("input", { class: "input", "aria-label": label, value: before, maxlength: 2000 });
    const redraw = (): void => {
      const fresh = this.rows.get(row.row) ?? row;
      const line = this.line(fresh);
      (cell.parentElement as HTMLElement).replaceWith(line);
      const again = line.querySelector<HTMLElement>(`td[data-field="${field.name}"]`);
      if (again) this.focus(again);
    };
    let over = false;
    const end = async (save: boolean): Promise<void> => {
      if (over) return;
      over = true;
      if (save && input.value !== before) await this.save(row, field, input.value);
      redraw();
    };
    input.addEventListener("keydown", (event) => {
      const key = (event as KeyboardEvent).key;
      if (key !== "Enter" && key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      void end(key === "Enter");
    });
    input.addEventListener("blur", () => void end(true));
    if (field.choices) input.addEventListener("change", () => void end(true));
    cell.replaceChildren(input);
    input.focus();
    if (input instanceof HTMLInputElement) input.select();
  }

  private async save(row: Row, field: FieldInfo, text: string): Promise<void> {
    try {
      const answer = await api.patch<Row & { import: Batch }>(
        `/api/v1/imports/${this.data.batch.id}/rows/${row.row}`,
        { values: { [field.name]: text } },
      );
      this.rows.set(row.row, answer);
      this.events.mended(answer.import, answer);
      const left = answer.problems.find((one) => one.level === "error");
      this.events.say(
        left ? t("still_wrong", { row: row.row, message: left.message }) : t("mended", { row: row.row }),
      );
    } catch (error) {
      this.events.alarm(error instanceof ApiProblem ? error.detail : t("failed"));
    }
  }
}

/** What pressing does with an offer. */
export function offerWord(offer: Offer): string {
  if (offer.mended) return t("give_back");
  return t(offer.offered ? "take_offer" : "take_none");
}

/** What accepting does to the coordinates of a stored project. */
function geometryChange(row: Row): HTMLElement | null {
  const change = row.differences.find((one) => one.field === "geometry");
  if (!change) return null;
  if (!change.version) return h("span", { class: "pill pill-ok" }, t("first_place"));
  const verified = change.status === "VERIFIED";
  return h(
    "span",
    {
      class: `pill ${verified ? "pill-warn" : ""}`,
      title: t("place_lengths", {
        stored: decimal(change.stored_length_m ?? 0, 1),
        given: decimal(change.given_length_m ?? 0, 1),
      }),
    },
    verified && icon("warning", 14),
    t(verified ? "replaces_verified" : "moves", { m: decimal(change.moved_m ?? 0) }),
  );
}

const FIRST: readonly string[] = [
  "name",
  "route_code",
  "chainage",
  "chainage_end",
  "surface",
  "water_source",
  "width_m",
  "length_m",
  "budget_baht",
];

/** Place of a field among the columns: what is looked at most first, the code last. */
export function rank(name: string): number {
  if (name === "code") return FIRST.length + 1;
  const place = FIRST.indexOf(name);
  return place < 0 ? FIRST.length : place;
}

/** The server's opaque cursor is the sort key; a row number is the key of this list. */
function cursorAfter(row: number): string {
  return btoa(JSON.stringify([row]))
    .replaceAll("=", "")
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}

function verdict(row: Row): HTMLElement {
  const worst =
    row.problems.find((one) => one.level === "error") ?? row.problems.find((one) => one.level === "warning");
  if (!worst) {
    const word = row.project ? t("updates", { code: row.project }) : t("ready");
    return h("span", { class: "pill pill-ok", title: word }, icon("state_verified", 14), t("ready"));
  }
  const bad = worst.level === "error";
  const text = `${worst.message} ${worst.fix ?? ""}`.trim();
  return h(
    "span",
    { class: `pill ${bad ? "pill-bad" : "pill-warn"}`, title: text },
    icon(bad ? "error" : "warning", 14),
    h("span", { class: "verdict" }, worst.message),
  );
}
