/** The mouse: choosing cells, rows and columns, dragging a range, double click to edit, dragging a column's edge. */

import type { Surface } from "./surface";

export interface PointerEvents {
  readonly edit: () => void;
  readonly fold: (group: string) => void;
  /** An open editor is taken over before something else is chosen. */
  readonly before: () => void;
  readonly open: () => void;
}

const SCROLL_EDGE_PX = 24;
const SCROLL_STEP_PX = 16;

export class Pointer {
  private dragging = false;
  private wholeRows = false;
  private resizing: { readonly at: number; readonly from_px: number; readonly width_px: number } | null =
    null;

  constructor(
    private readonly surface: Surface,
    private readonly events: PointerEvents,
  ) {
    const { grid } = surface;
    grid.addEventListener("pointerdown", (event) => this.down(event));
    grid.addEventListener("pointermove", (event) => this.move(event));
    grid.addEventListener("pointerup", () => this.up());
    grid.addEventListener("pointercancel", () => this.up());
    grid.addEventListener("dblclick", (event) => this.double(event));
    grid.addEventListener("pointerover", (event) => tooltip(event.target));
  }

  private down(event: PointerEvent): void {
    const target = event.target as Element;
    if (event.button !== 0 || target.closest("textarea, .grid-choices, a, button")) return;
    const edge = target.closest<HTMLElement>("[data-resize]");
    if (edge) {
      const at = Number(edge.dataset.resize);
      this.resizing = { at, from_px: event.clientX, width_px: this.surface.width(at) };
      this.surface.grid.setPointerCapture(event.pointerId);
      event.preventDefault();
      return;
    }
    const head = target.closest<HTMLElement>(".grid-head [data-c]");
    if (head) this.chooseColumn(Number(head.dataset.c), event.shiftKey);
    else if (target.closest(".grid-corner")) this.chooseAll();
    else this.chooseCell(event);
  }

  private chooseCell(event: PointerEvent): void {
    const place = this.surface.placeOf(event.target);
    if (!place) return;
    event.preventDefault(); // the focus is moved below, to the cell that is drawn as active
    this.events.before();
    const line = this.surface.lines[place.line];
    this.wholeRows = place.column < 0;
    if (this.wholeRows) this.chooseRow(place.line, event.shiftKey);
    else this.surface.select(place, event.shiftKey);
    this.surface.focus();
    if (line?.kind === "group" && !this.wholeRows) {
      this.events.fold(line.group.key);
      return;
    }
    this.dragging = event.pointerType === "mouse";
  }

  private chooseRow(line: number, extend: boolean): void {
    const top = extend ? (this.surface.range?.top ?? line) : line;
    this.surface.selectRange({ line: top, column: this.surface.columns.length - 1 }, { line, column: 0 });
  }

  private chooseColumn(at: number, extend: boolean): void {
    this.events.before();
    const left = extend ? (this.surface.range?.left ?? at) : at;
    this.surface.selectRange({ line: this.surface.lines.length - 1, column: left }, { line: 0, column: at });
    this.surface.focus();
  }

  chooseAll(): void {
    this.events.before();
    const last = { line: this.surface.lines.length - 1, column: this.surface.columns.length - 1 };
    this.surface.selectRange(last, { line: 0, column: 0 });
    this.surface.focus();
  }

  private move(event: PointerEvent): void {
    if (this.resizing) {
      const { at, from_px, width_px } = this.resizing;
      this.surface.resize(at, width_px + event.clientX - from_px, false);
      return;
    }
    if (!this.dragging || event.buttons !== 1) return;
    this.scrollAtEdge(event);
    const place = this.surface.placeOf(document.elementFromPoint(event.clientX, event.clientY));
    if (!place) return;
    if (this.wholeRows) this.chooseRow(place.line, true);
    else if (place.column >= 0) this.surface.select(place, true);
    this.surface.focus();
  }

  private scrollAtEdge(event: PointerEvent): void {
    const { grid } = this.surface;
    const box = grid.getBoundingClientRect();
    if (event.clientY > box.bottom - SCROLL_EDGE_PX) grid.scrollTop += SCROLL_STEP_PX;
    else if (event.clientY < box.top + 31 + SCROLL_EDGE_PX) grid.scrollTop -= SCROLL_STEP_PX;
  }

  private up(): void {
    if (this.resizing) this.surface.resize(this.resizing.at, this.surface.width(this.resizing.at), true);
    this.resizing = null;
    this.dragging = false;
  }

  private double(event: MouseEvent): void {
    const edge = (event.target as Element).closest<HTMLElement>("[data-resize]");
    if (edge) {
      this.surface.fit(Number(edge.dataset.resize));
      return;
    }
    const place = this.surface.placeOf(event.target);
    if (!place || (event.target as Element).closest("textarea")) return;
    if (place.column < 0) this.events.open();
    else if (this.surface.lines[place.line]?.kind === "row") this.events.edit();
  }
}

/** A text that does not fit is whole in its tooltip. */
function tooltip(target: EventTarget | null): void {
  if (!(target instanceof HTMLElement) || !target.matches(".grid-row .grid-cell")) return;
  const cut = target.scrollWidth > target.clientWidth || target.textContent?.includes("\n");
  if (cut) target.title = target.textContent ?? "";
  else target.removeAttribute("title");
}
