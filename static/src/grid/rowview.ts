/** One line on the screen, and filling it: real cells, written only where something differs from what stands there. */

import { decimal } from "../format";
import { h, replaceChildren } from "../panels/dom";
import { type IconName, icon } from "../shell/icons";
import type { Line } from "./lines";
import type { SheetModel } from "./model";
import { type CellValue, type Column, isStatus, type Status } from "./protocol";
import { isMark, shown } from "./reading";
import type { Total } from "./rows";
import { t } from "./texts";

export interface Look {
  readonly active: boolean;
  readonly inRange: boolean;
}

export interface Filling {
  readonly model: SheetModel;
  readonly columns: readonly Column[];
  readonly folded: (group: string) => boolean;
  readonly total: (keys: readonly string[], id: string) => Total;
  readonly look: (line: number, column: number) => Look;
  readonly rowChosen: (line: number) => boolean;
}

/** Columns before the first one with a sum: the sum's words stand there. */
export function leading(columns: readonly Column[]): number {
  const first = columns.findIndex((column) => column.total);
  return Math.max(1, first);
}

export function satangText(satang: number): string {
  return satang === 0 ? "" : decimal(satang / 100, satang % 100 === 0 ? 0 : 2);
}

const GLYPHS: ReadonlySet<string> = new Set<IconName>([
  "state_none",
  "state_draft",
  "state_submitted",
  "state_returned",
  "state_verified",
]);

export function pill(status: Status): HTMLElement {
  const name = GLYPHS.has(status.glyph) ? status.glyph : `state_${status.glyph}`;
  const glyph = GLYPHS.has(name) ? icon(name as IconName, 14) : null;
  return h("span", { class: `pill pill-${status.code.toLowerCase()}` }, glyph, status.label);
}

function put(element: HTMLElement, name: string, value: string | null): void {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export class RowView {
  readonly element: HTMLDivElement;
  readonly head: HTMLDivElement;
  /** Number and frozen cells, which stay when the rest scrolls sideways: one layer a line, not one a cell. */
  private readonly frozen: HTMLDivElement;
  readonly cells: HTMLDivElement[];
  line: Line;
  index = -1;
  /** Column whose cell holds the editor; it is not drawn over. */
  editing = -1;
  private readonly content: (string | null)[];

  constructor(line: Line, columns: readonly Column[]) {
    this.line = line;
    const { kind } = line;
    this.head = h("div", { class: "grid-cell grid-number", role: "rowheader", "aria-colindex": 1 });
    this.cells = spans(kind, columns).map(({ at, wide }) => {
      const cell = h("div", {
        class: "grid-cell",
        role: "gridcell",
        "aria-colindex": at + 2,
        "aria-colspan": wide > 1 ? wide : null,
        "data-c": at,
        tabindex: -1,
      });
      cell.style.width = widthOf(at, wide);
      return cell;
    });
    this.content = this.cells.map(() => null);
    this.frozen = h("div", { class: "grid-frozen", role: "presentation" });
    this.element = h("div", { class: `grid-row grid-${kind}`, role: "row" });
    this.freeze(0);
  }

  /** Keep so many columns at the left; wide cells keep their words there instead. */
  freeze(columns: number): void {
    const most = this.line.kind === "row" ? columns : 0;
    this.frozen.replaceChildren(this.head, ...this.cells.slice(0, most));
    this.element.replaceChildren(this.frozen, ...this.cells.slice(most));
  }

  /** The cell that stands at a column; a wide one stands at all of its columns. */
  cellAt(column: number): HTMLDivElement | null {
    let found: HTMLDivElement | null = null;
    for (const cell of this.cells) if (Number(cell.dataset.c) <= column) found = cell;
    return found;
  }

  fill(line: Line, index: number, top_px: number, fill: Filling): void {
    this.line = line;
    if (this.index !== index) {
      this.index = index;
      put(this.element, "aria-rowindex", String(index + 2));
    }
    this.element.style.transform = `translateY(${top_px}px)`;
    if (line.kind === "row") this.fillRow(line.key, line.number, fill);
    else if (line.kind === "group") this.fillGroup(line, fill);
    else
      this.fillSum(
        t("group_total", { title: shortTitle(line.group.title) }),
        fill.total(line.keys, line.id),
        fill,
      );
    this.lookAt(fill);
  }

  private fillRow(key: string, number: number, { model, columns }: Filling): void {
    const row = model.row(key);
    this.text(this.head, -1, String(number));
    put(this.head, "aria-label", t("row_name", { n: number }));
    this.element.classList.toggle("is-locked", row.locked);
    this.element.classList.toggle("is-new", row.id === null);
    this.element.classList.toggle("is-ended", row.ended);
    put(this.head, "title", row.ended ? t("row_ended") : null);
    for (const [at, column] of columns.entries()) {
      const cell = this.cells[at];
      if (cell && at !== this.editing) this.fillCell(cell, at, key, column, model);
    }
  }

  private fillCell(cell: HTMLDivElement, at: number, key: string, column: Column, model: SheetModel): void {
    const value = model.value(key, column.key);
    const problem = model.problem(key, column.key);
    const conflict = model.conflict(key, column.key);
    const changed = model.changed(key, column.key);
    if (isStatus(value)) {
      const name = `${value.code} ${value.label}`;
      if (this.content[at] !== name) replaceChildren(cell, pill(value));
      this.content[at] = name;
    } else {
      this.text(cell, at, shown(value, column));
    }
    const figure = column.type === "money" || column.type === "integer" || isNumber(value, column);
    const kind = figure ? " is-figure" : isMark(column) ? " is-mark" : "";
    const locked = model.canEdit(key, column.key) || column.type === "status" ? "" : " is-readonly";
    const mark = conflict ? " is-clash" : problem ? " is-wrong" : "";
    const comments = model.comments(key, column.key);
    const noted = comments.length > 0 ? " has-comment" : "";
    cell.dataset.base = `grid-cell${kind}${locked}${mark}${noted}${changed && !conflict && !problem ? " is-changed" : ""}`;
    put(cell, "aria-readonly", locked ? "true" : null);
    put(cell, "aria-invalid", problem && !conflict ? "true" : null);
    const state = conflict ? t("mark_clash") : (problem?.message ?? (changed ? t("mark_changed") : null));
    const words = [state, ...comments.map((one) => t("comment_of", { by: one.by, text: one.text }))];
    put(cell, "aria-description", words.filter(Boolean).join(" · ") || null);
  }

  private fillGroup(line: Extract<Line, { kind: "group" }>, { folded }: Filling): void {
    this.text(this.head, -1, "");
    put(this.head, "aria-label", t("row_name", { n: line.number }));
    const closed = folded(line.group.key);
    const count = t("count_projects", { n: decimal(line.rows) });
    const name = `${closed} ${line.group.title} ${line.group.note} ${count}`;
    const cell = this.cells[0];
    if (!cell || this.content[0] === name) return;
    this.content[0] = name;
    put(cell, "aria-expanded", String(!closed));
    cell.dataset.base = "grid-cell";
    const words = h(
      "span",
      { class: "grid-stays" },
      h("span", { class: "grid-fold", "aria-hidden": "true" }, closed ? "▸" : "▾"),
      h("strong", {}, line.group.title),
      h(
        "span",
        { class: "grid-note" },
        [line.group.note, count]
          .filter(Boolean)
          .map((one) => ` · ${one}`)
          .join(""),
      ),
    );
    replaceChildren(cell, words);
  }

  fillSum(title: string, total: Total, { columns }: Pick<Filling, "columns">): void {
    const [label] = this.cells;
    const wrong = total.wrong > 0 ? t("without_wrong", { n: total.wrong }) : "";
    if (label && this.content[0] !== title + wrong) {
      const out = wrong ? h("span", { class: "grid-left-out" }, ` ${wrong}`) : null;
      replaceChildren(label, h("span", { class: "grid-stays" }, h("strong", {}, title), out));
      this.content[0] = title + wrong;
      label.dataset.base = "grid-cell";
    }
    for (const [at, cell] of this.cells.entries()) {
      const column = columns[Number(cell.dataset.c)];
      if (at === 0 || !column) continue;
      this.text(cell, at, column.total ? satangText(total.satang[column.key] ?? 0) : "");
      cell.dataset.base = `grid-cell${column.total ? " is-figure" : ""}`;
    }
  }

  /** Which cell is active and which are chosen. */
  lookAt({ look, rowChosen }: Pick<Filling, "look" | "rowChosen">): void {
    for (const cell of this.cells) {
      const at = Number(cell.dataset.c);
      const { active, inRange } = look(this.index, at);
      const editing = at === this.editing ? " is-editing" : "";
      const wanted = `${cell.dataset.base ?? "grid-cell"}${inRange ? " in-range" : ""}${active ? " is-active" : ""}${editing}`;
      if (cell.className !== wanted) cell.className = wanted;
      const tab = active ? 0 : -1;
      if (cell.tabIndex !== tab) cell.tabIndex = tab;
      put(cell, "aria-selected", inRange ? "true" : null);
    }
    this.head.classList.toggle("in-range", rowChosen(this.index));
  }

  private text(cell: HTMLElement, at: number, text: string): void {
    if (at >= 0 && this.content[at] === text) return;
    if (at < 0 && cell.textContent === text) return;
    cell.textContent = text;
    if (at >= 0) this.content[at] = text;
  }

  /** The editor has left: whatever it put into the cell is drawn anew. */
  forget(at: number): void {
    this.content[at] = null;
    this.editing = -1;
  }
}

/** A figure of the server's own, such as the number of a row in its group. */
function isNumber(value: CellValue, column: Column): boolean {
  return column.type === "readonly" && /^-?[\d,]+(\.\d+)?$/.test(String(value ?? ""));
}

/** "ยุทธศาสตร์ที่ 1" of "ยุทธศาสตร์ที่ 1 โครงสร้างพื้นฐาน": the sum names the group by its number where it has one. */
export function shortTitle(title: string): string {
  return /^\S+ที่ \d+(?= )/.exec(title)?.[0] ?? title;
}

function widthOf(at: number, wide: number): string {
  if (wide === 1) return `var(--w${at})`;
  return `calc(${Array.from({ length: wide }, (_, more) => `var(--w${at + more})`).join(" + ")})`;
}

function spans(
  kind: Line["kind"],
  columns: readonly Column[],
): { readonly at: number; readonly wide: number }[] {
  const every = columns.map((_, at) => ({ at, wide: 1 }));
  if (kind === "row") return every;
  if (kind === "group") return [{ at: 0, wide: columns.length }];
  const first = leading(columns);
  return [{ at: 0, wide: first }, ...every.slice(first)];
}
