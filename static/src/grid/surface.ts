/**
 * The grid on the screen: only the lines in view are elements, in their order, with one cell that has the focus.
 *
 * The line of the active cell stays an element wherever it was scrolled to, so that the focus and an open editor
 * are never lost.
 */

import { h, replaceChildren } from "../panels/dom";
import { type Filter, isFiltered, type Line, linesOf, NO_FILTER } from "./lines";
import type { SheetModel } from "./model";
import type { Column } from "./protocol";
import { clamp, contains, linesInView, type Place, type Range, rangeOf } from "./ranges";
import { isMark } from "./reading";
import type { Total } from "./rows";
import { type Filling, RowView } from "./rowview";
import type { KeptWidths } from "./store";
import { t } from "./texts";

export const LINE_PX = 32;
export const HEAD_PX = 31;
const NUMBER_PX = 37;
const LEAST_PX = 40;
const MOST_PX = 640;
/** Frozen columns may take this part of the width; on a narrow window none are frozen. */
const FROZEN_SHARE = 0.55;

export interface SurfaceEvents {
  /** The active cell or the selection changed. */
  readonly moved: () => void;
  /** What is in view changed. */
  readonly drawn: () => void;
}

interface Spot {
  readonly id: string;
  readonly column: string;
}

export class Surface {
  lines: readonly Line[] = [];
  last = 0;
  filter: Filter = NO_FILTER;
  readonly columns: readonly Column[];
  private readonly folds = new Set<string>();
  private readonly head: HTMLDivElement;
  readonly body: HTMLDivElement;
  private readonly foot: HTMLDivElement;
  private readonly totalView: RowView | null;
  private readonly views = new Map<string, RowView>();
  private readonly pool: RowView[] = [];
  private readonly at = new Map<string, number>();
  private readonly totals = new Map<string, Total>();
  private readonly widths: Record<string, number>;
  private edges: number[] = [0];
  private frozen = 0;
  /** Measured when the window changes: asking while scrolling would make the browser lay everything out again. */
  private width_px = 0;
  private height_px = 0;
  private scrolled_px = 0;
  private ordering: ReturnType<typeof setTimeout> | undefined;
  private active: Spot | null = null;
  private anchor: Spot | null = null;
  private readonly filling: Filling;

  constructor(
    readonly grid: HTMLElement,
    readonly model: SheetModel,
    private readonly keptWidths: KeptWidths,
    private readonly events: SurfaceEvents,
  ) {
    this.columns = model.columns;
    this.widths = keptWidths.read();
    this.head = h("div", { class: "grid-head", role: "rowgroup" });
    this.body = h("div", { class: "grid-body", role: "rowgroup" });
    this.foot = h("div", { class: "grid-foot", role: "rowgroup" });
    this.filling = {
      model,
      columns: this.columns,
      folded: (group) => this.folds.has(group) && !isFiltered(this.filter),
      total: (keys, id) => this.total(keys, id),
      look: (line, column) => this.look(line, column),
      rowChosen: (line) => this.range !== null && line >= this.range.top && line <= this.range.bottom,
    };
    this.totalView = this.columns.some((column) => column.total) ? this.makeTotal() : null;
    grid.setAttribute("aria-colcount", String(this.columns.length + 1));
    grid.setAttribute("aria-multiselectable", "true");
    if (!model.editable) grid.setAttribute("aria-readonly", "true");
    this.drawHead();
    grid.append(this.head, this.body, this.foot);
    grid.addEventListener("scroll", () => this.draw(false), { passive: true });
    new ResizeObserver(() => {
      this.layout();
      this.draw(false);
    }).observe(grid);
    this.layout();
    this.freezeHead();
    this.refresh();
  }

  private makeTotal(): RowView {
    const group = { key: "", title: "", note: null };
    const view = new RowView({ kind: "sum", id: "total", group, keys: [] }, this.columns);
    view.element.classList.add("grid-grand");
    this.foot.append(view.element);
    return view;
  }

  // -- columns

  private drawHead(): void {
    const heads = this.columns.map((column, at) => {
      const figure = column.type === "money" || column.type === "integer";
      const kind = figure ? " is-figure" : isMark(column) ? " is-mark" : "";
      const cell = h(
        "div",
        {
          class: `grid-cell grid-title${kind}`,
          role: "columnheader",
          "aria-colindex": at + 2,
          "data-c": at,
          title: column.help ?? column.title,
        },
        h("span", {}, column.title),
        h("span", { class: "grid-resize", "data-resize": at, "aria-hidden": "true" }),
      );
      cell.style.width = `var(--w${at})`;
      return cell;
    });
    const corner = h("div", {
      class: "grid-cell grid-number grid-corner",
      role: "columnheader",
      "aria-colindex": 1,
      "aria-label": t("row_head"),
    });
    replaceChildren(
      this.head,
      h("div", { class: "grid-row", role: "row", "aria-rowindex": 1 }, corner, heads),
    );
  }

  width(at: number): number {
    const column = this.columns[at];
    return column ? (this.widths[column.key] ?? column.width) : 0;
  }

  resize(at: number, width_px: number, keep: boolean): void {
    const column = this.columns[at];
    if (!column) return;
    this.widths[column.key] = Math.round(clamp(width_px, LEAST_PX, MOST_PX));
    if (keep) this.keptWidths.write(this.widths);
    this.layout();
    this.events.drawn();
  }

  /** As wide as the longest text in view: what a double click on the edge does. */
  fit(at: number): void {
    const cells = [...this.views.values()].flatMap((view) =>
      view.line.kind === "row" ? [view.cells[at]] : [],
    );
    const range = document.createRange();
    const widths = cells.map((cell) => {
      if (!cell) return 0;
      range.selectNodeContents(cell);
      return range.getBoundingClientRect().width;
    });
    this.resize(at, Math.max(...widths, 0) + 20, true);
  }

  /** Widths and frozen columns; the last column takes the room that is left. */
  layout(): void {
    this.width_px = this.grid.clientWidth;
    this.height_px = this.grid.clientHeight;
    const room = this.width_px - NUMBER_PX;
    this.edges = [0];
    for (const at of this.columns.keys()) this.edges.push((this.edges[at] ?? 0) + this.width(at));
    const spare = Math.max(0, room - (this.edges.at(-1) ?? 0));
    this.edges[this.columns.length] = (this.edges.at(-1) ?? 0) + spare;
    let frozen = this.columns.findIndex((column) => !column.frozen);
    if (frozen < 0) frozen = this.columns.length;
    while (frozen > 0 && (this.edges[frozen] ?? 0) > room * FROZEN_SHARE) frozen -= 1;
    for (const at of this.columns.keys()) {
      const [left, right] = [this.edges[at] ?? 0, this.edges[at + 1] ?? 0];
      this.grid.style.setProperty(`--w${at}`, `${right - left}px`);
    }
    this.grid.style.setProperty("--grid-width", `${NUMBER_PX + (this.edges.at(-1) ?? 0)}px`);
    if (frozen === this.frozen) return;
    this.frozen = frozen;
    for (const view of [...this.views.values(), ...this.pool]) view.freeze(frozen);
    this.freezeHead();
  }

  private freezeHead(): void {
    const [corner, ...heads] = this.head.querySelectorAll<HTMLElement>(".grid-cell");
    const frozen = h(
      "div",
      { class: "grid-frozen", role: "presentation" },
      corner,
      heads.slice(0, this.frozen),
    );
    this.head.firstElementChild?.replaceChildren(frozen, ...heads.slice(this.frozen));
  }

  // -- lines

  /** Data, folding or filter changed: make the lines anew and draw them. */
  refresh(): void {
    const { lines, last } = linesOf(this.model, this.folds, this.filter);
    this.lines = lines;
    this.last = last;
    this.at.clear();
    for (const [index, line] of lines.entries()) this.at.set(line.id, index);
    this.totals.clear();
    this.grid.setAttribute("aria-rowcount", String(lines.length + (this.totalView ? 2 : 1)));
    this.body.style.height = `${lines.length * LINE_PX}px`;
    if (this.active && !this.at.has(this.active.id)) this.settle();
    this.draw(true);
  }

  /** The active line is gone: the nearest one takes over. */
  private settle(): void {
    const view = this.active ? this.views.get(this.active.id) : undefined;
    const index = clamp(view?.index ?? 0, 0, this.lines.length - 1);
    const line = this.lines[index];
    this.active = line && this.active ? { id: line.id, column: this.active.column } : null;
    this.anchor = this.active;
  }

  fold(group: string): void {
    if (!this.folds.delete(group)) this.folds.add(group);
    this.refresh();
  }

  unfoldFor(key: string): void {
    if (!this.at.has(`row ${key}`)) {
      this.folds.delete(this.model.row(key).group);
      this.filter = NO_FILTER;
      this.refresh();
    }
  }

  private total(keys: readonly string[], id: string): Total {
    let total = this.totals.get(id);
    if (!total) {
      total = this.model.total(keys);
      this.totals.set(id, total);
    }
    return total;
  }

  grandTotal(): Total {
    return this.total(this.model.present(), "total");
  }

  inView(): { readonly first: number; readonly last: number } {
    const foot = this.totalView ? LINE_PX : 0;
    const height = this.height_px - HEAD_PX - foot;
    return linesInView(this.scrolled_px, height, LINE_PX, this.lines.length, 0);
  }

  /** Draw what is in view; `all` also what stands there already. */
  draw(all: boolean): void {
    this.scrolled_px = this.grid.scrollTop;
    const { first, last } = linesInView(this.scrolled_px, this.height_px, LINE_PX, this.lines.length);
    const wanted = new Set<number>();
    for (let index = first; index <= last; index += 1) wanted.add(index);
    const pinned = this.active ? this.at.get(this.active.id) : undefined;
    if (pinned !== undefined) wanted.add(pinned);
    for (const [id, view] of this.views) {
      const index = this.at.get(id);
      if (index === undefined || !wanted.has(index)) this.retire(id, view);
    }
    for (const index of wanted) {
      const line = this.lines[index] as Line;
      const standing = this.views.get(line.id);
      const view = standing ?? this.take(line);
      if (!standing || all || view.index !== index) view.fill(line, index, index * LINE_PX, this.filling);
    }
    // Lines that went out of sight and were not used again.
    for (const view of this.pool) view.element.remove();
    if (all) this.order();
    else this.orderLater();
    if (all) this.drawTotal();
    this.events.drawn();
  }

  /**
   * Lines are placed by their position, so their order among the elements only matters to those who hear the table:
   * it is put right when the scrolling rests.
   */
  private orderLater(): void {
    clearTimeout(this.ordering);
    this.ordering = setTimeout(() => this.order(), 200);
  }

  private order(): void {
    clearTimeout(this.ordering);
    const views = [...this.views.values()].sort((a, b) => a.index - b.index);
    const focused = views.findIndex((view) => view.element.contains(document.activeElement));
    // Whatever has the focus stays where it is; the others are put before and after it.
    const anchor = views[focused]?.element ?? null;
    let before: Element | null = anchor;
    for (const view of views.slice(0, Math.max(0, focused)).reverse()) {
      if (before && view.element.nextElementSibling !== before) this.body.insertBefore(view.element, before);
      before = view.element;
    }
    let after: Element | null = anchor;
    for (const view of views.slice(focused + 1)) {
      const next: Element | null = after ? after.nextElementSibling : this.body.firstElementChild;
      if (next !== view.element) this.body.insertBefore(view.element, next);
      after = view.element;
    }
  }

  private drawTotal(): void {
    if (!this.totalView) return;
    const total = this.grandTotal();
    const title = t("grand_total", { n: total.rows });
    const words = isFiltered(this.filter) ? `${title} (${t("without_filtered")})` : title;
    this.totalView.fillSum(words, total, this.filling);
    this.totalView.index = this.lines.length;
    this.totalView.element.setAttribute("aria-rowindex", String(this.lines.length + 2));
    this.totalView.lookAt(this.filling);
  }

  private retire(id: string, view: RowView): void {
    this.views.delete(id);
    if (view.line.kind === "row" && !view.element.contains(document.activeElement)) this.pool.push(view);
    else view.element.remove();
  }

  private take(line: Line): RowView {
    const used = line.kind === "row" ? this.pool.pop() : undefined;
    const view = used ?? new RowView(line, this.columns);
    if (!used) view.freeze(this.frozen);
    if (!view.element.isConnected) this.body.append(view.element);
    this.views.set(line.id, view);
    return view;
  }

  // -- selection

  get activePlace(): Place | null {
    return this.place(this.active);
  }

  get range(): Range | null {
    const [anchor, active] = [this.place(this.anchor), this.place(this.active)];
    return anchor && active ? rangeOf(anchor, active) : null;
  }

  private place(spot: Spot | null): Place | null {
    if (!spot) return null;
    const line = this.at.get(spot.id);
    const column = this.columns.findIndex((one) => one.key === spot.column);
    return line === undefined ? null : { line, column: Math.max(0, column) };
  }

  private spot(place: Place): Spot | null {
    const line = this.lines[clamp(place.line, 0, this.lines.length - 1)];
    const column = this.columns[clamp(place.column, 0, this.columns.length - 1)];
    return line && column ? { id: line.id, column: column.key } : null;
  }

  /** Make a cell active; `extend` keeps the other corner of the selection. */
  select(place: Place, extend = false): void {
    const spot = this.spot(place);
    if (!spot) return;
    this.active = spot;
    if (!extend || !this.anchor) this.anchor = spot;
    this.reveal();
    this.draw(false);
    this.relook();
    this.events.moved();
  }

  selectRange(from: Place, to: Place): void {
    this.anchor = this.spot(from);
    this.active = this.spot(to);
    this.draw(false);
    this.relook();
    this.events.moved();
  }

  /** Bring a cell of a row into view and make it active. */
  goTo(key: string, column: string): boolean {
    this.unfoldFor(key);
    const line = this.at.get(`row ${key}`);
    const at = this.columns.findIndex((one) => one.key === column);
    if (line === undefined) return false;
    this.select({ line, column: Math.max(0, at) });
    return true;
  }

  private look(line: number, column: number): { active: boolean; inRange: boolean } {
    const active = this.activePlace;
    const range = this.range;
    const wide = this.lines[line]?.kind !== "row";
    const isActive = active !== null && active.line === line && (active.column === column || wide);
    const isWideActive =
      isActive && wide ? this.cellAt(line, active.column)?.dataset.c === String(column) : isActive;
    const many = range !== null && (range.top !== range.bottom || range.left !== range.right);
    return {
      active: isWideActive,
      inRange: many && !wide && range !== null && contains(range, { line, column }) && !isActive,
    };
  }

  private relook(): void {
    for (const view of this.views.values()) view.lookAt(this.filling);
    const range = this.range;
    for (const cell of this.head.querySelectorAll<HTMLElement>("[data-c]")) {
      const at = Number(cell.dataset.c);
      cell.classList.toggle("in-range", range !== null && at >= range.left && at <= range.right);
    }
  }

  viewAt(line: number): RowView | null {
    const id = this.lines[line]?.id;
    return id === undefined ? null : (this.views.get(id) ?? null);
  }

  cellAt(line: number, column: number): HTMLDivElement | null {
    return this.viewAt(line)?.cellAt(column) ?? null;
  }

  activeCell(): HTMLDivElement | null {
    const place = this.activePlace;
    return place ? this.cellAt(place.line, place.column) : null;
  }

  /** Key and column of a place in a row; null on heads of groups and sums. */
  cellName(
    place: Place | null,
  ): { readonly key: string; readonly column: Column; readonly number: number } | null {
    const line = place ? this.lines[place.line] : undefined;
    const column = place ? this.columns[place.column] : undefined;
    return line?.kind === "row" && column ? { key: line.key, column, number: line.number } : null;
  }

  focus(): void {
    this.activeCell()?.focus({ preventScroll: true });
  }

  get hasFocus(): boolean {
    return this.grid.contains(document.activeElement);
  }

  /** Scroll so that the active cell is whole, clear of head, foot and frozen columns. */
  reveal(): void {
    const place = this.activePlace;
    if (!place) return;
    const foot = this.totalView ? LINE_PX : 0;
    const top = place.line * LINE_PX;
    const height = this.height_px - HEAD_PX - foot;
    if (top < this.grid.scrollTop) this.grid.scrollTop = top;
    else if (top + LINE_PX > this.grid.scrollTop + height) this.grid.scrollTop = top + LINE_PX - height;
    if (place.column < this.frozen || this.lines[place.line]?.kind === "group") return;
    const [left, right] = [this.edges[place.column] ?? 0, this.edges[place.column + 1] ?? 0];
    const fixed = this.edges[this.frozen] ?? 0;
    const width = this.width_px - NUMBER_PX;
    if (left - fixed < this.grid.scrollLeft) this.grid.scrollLeft = left - fixed;
    else if (right > this.grid.scrollLeft + width) this.grid.scrollLeft = right - width;
  }

  /** The place under the pointer; null outside of the lines. */
  placeOf(target: EventTarget | null): Place | null {
    if (!(target instanceof Element)) return null;
    const row = target.closest<HTMLElement>(".grid-row");
    for (const view of this.views.values()) {
      if (view.element !== row) continue;
      const cell = target.closest<HTMLElement>("[data-c]");
      return { line: view.index, column: cell ? Number(cell.dataset.c) : -1 };
    }
    return null;
  }
}
