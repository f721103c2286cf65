/** Cards beside cells: what is wrong and its mend, or both values of a cell that two people changed. */

import { thaiMoment } from "../format";
import { h } from "../panels/dom";
import { icon } from "../shell/icons";
import type { SheetModel } from "./model";
import type { CellProblem, Column, SheetComment } from "./protocol";
import { shown } from "./reading";
import type { Conflict } from "./rows";
import type { Surface } from "./surface";
import { t } from "./texts";

export interface CardActs {
  readonly mend: (key: string, column: Column, text: string) => void;
  readonly mine: (key: string, column: Column) => void;
  readonly theirs: (key: string, column: Column) => void;
  /** Mark a comment as answered; null for whoever may not. */
  readonly answer: ((comment: SheetComment) => void) | null;
}

interface Spot {
  readonly key: string;
  readonly column: string;
}

const GAP_PX = 4;
/** A name of more letters does not go onto a button. */
const LONG_NAME = 18;

/** Title of a column in a sentence: a year is called one. */
export function columnName(column: Column): string {
  return /^\d{4}$/.test(column.title) ? t("year_column", { year: column.title }) : column.title;
}

export function problemCard(problem: CellProblem, column: Column, mend: (text: string) => void): HTMLElement {
  const [lead, ...rest] = problem.message.split(": ");
  const { suggestion } = problem;
  return h(
    "div",
    { class: "grid-card grid-card-wrong", role: "group", "aria-label": problem.message },
    h("p", {}, h("strong", {}, rest.length > 0 ? `${lead}: ` : lead), rest.join(": ")),
    suggestion === null
      ? problem.fix && h("p", { class: "faint" }, problem.fix)
      : h(
          "button",
          { type: "button", class: "btn btn-sm", onclick: () => mend(suggestion) },
          t("mend", { value: shown(suggestion, column) }),
        ),
  );
}

export function conflictCard(
  rowName: string,
  column: Column,
  conflict: Conflict,
  mine: string,
  acts: { readonly mine: () => void; readonly theirs: () => void },
): HTMLElement {
  const title = t("clash_title", { row: rowName, column: columnName(column) });
  const value = (text: string): HTMLElement => h("td", { class: "number" }, text || t("empty_value"));
  const button = (label: string, act: () => void): HTMLElement =>
    h("td", {}, h("button", { type: "button", class: "btn btn-sm", onclick: act }, label));
  const time = (at: string): HTMLElement =>
    h("span", { class: "grid-when" }, ` ${thaiMoment(at).replace(/ น\.$/, "")}`);
  const who = conflict.by ?? t("somebody");
  const head = (name: string, at: string | null): HTMLElement =>
    h("th", { scope: "row" }, name, at ? time(at) : null);
  return h(
    "div",
    { class: "grid-card grid-card-clash", role: "group", "aria-label": title },
    h("p", { class: "grid-card-title" }, icon("swap", 18), h("strong", {}, title)),
    h(
      "table",
      {},
      h("tr", {}, h("td", {}, t("clash_base")), value(shown(conflict.base, column)), h("td", {})),
      h("tr", {}, head(t("clash_mine"), conflict.mine_at), value(mine), button(t("use_mine"), acts.mine)),
      h(
        "tr",
        {},
        head(who, conflict.at),
        value(shown(conflict.theirs, column)),
        button(who.length > LONG_NAME ? t("use_others") : t("use_theirs", { name: who }), acts.theirs),
      ),
    ),
    h("p", { class: "faint" }, t("clash_note")),
  );
}

/** What reviewers said of a cell, each with the way to mark it as answered. */
export function commentCard(
  comments: readonly SheetComment[],
  answer: ((comment: SheetComment) => void) | null,
): HTMLElement {
  return h(
    "div",
    { class: "grid-card grid-card-comment", role: "group", "aria-label": t("comments") },
    ...comments.map((one) =>
      h(
        "div",
        {},
        h("p", {}, h("strong", {}, one.by), h("span", { class: "grid-when" }, ` ${thaiMoment(one.at)}`)),
        h("p", { lang: "th" }, one.text),
        answer &&
          h(
            "button",
            { type: "button", class: "btn btn-sm", onclick: () => answer(one) },
            icon("check", 16),
            t("comment_answer"),
          ),
      ),
    ),
  );
}

/** Name of a row in sentences: its first long text. */
export function nameOfRow(model: SheetModel, key: string): string {
  const column = model.columns.find((one) => one.type === "text") ?? model.columns[0];
  return column ? shown(model.value(key, column.key), column) : "";
}

export class Cards {
  private readonly layer: HTMLElement;
  private wrong: Spot | null = null;
  private clash: Spot | null = null;
  private noted: Spot | null = null;
  private readonly cards = new Map<string, { readonly element: HTMLElement; readonly spot: Spot }>();

  constructor(
    private readonly surface: Surface,
    private readonly model: SheetModel,
    private readonly acts: CardActs,
  ) {
    this.layer = h("div", { class: "grid-cards" });
    surface.grid.after(this.layer);
    this.layer.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      surface.focus();
    });
  }

  /** The cell whose card was asked for by moving there, or that has just become wrong. */
  point(spot: Spot | null): void {
    if (!spot) return;
    if (this.model.conflict(spot.key, spot.column)) this.clash = spot;
    else if (this.model.problem(spot.key, spot.column)) this.wrong = spot;
    this.noted = this.model.comments(spot.key, spot.column).length > 0 ? spot : null;
  }

  dismiss(): void {
    this.wrong = null;
    this.clash = null;
    this.noted = null;
    this.refresh();
  }

  /** Make the cards anew from the model. */
  refresh(): void {
    this.show("comment", this.noted, (spot) => {
      const comments = this.model.rows.has(spot.key) ? this.model.comments(spot.key, spot.column) : [];
      return comments.length > 0 ? commentCard(comments, this.acts.answer) : null;
    });
    this.show("clash", this.clash, (spot) => {
      const conflict = this.model.rows.has(spot.key) ? this.model.conflict(spot.key, spot.column) : null;
      if (!conflict) return null;
      const column = this.model.column(spot.column);
      const mine = shown(this.model.value(spot.key, spot.column), column);
      return conflictCard(nameOfRow(this.model, spot.key), column, conflict, mine, {
        mine: () => this.acts.mine(spot.key, column),
        theirs: () => this.acts.theirs(spot.key, column),
      });
    });
    this.show("wrong", this.wrong, (spot) => {
      const problem = this.model.problem(spot.key, spot.column);
      if (!problem || this.model.conflict(spot.key, spot.column)) return null;
      const column = this.model.column(spot.column);
      return problemCard(problem, column, (text) => this.acts.mend(spot.key, column, text));
    });
    this.place();
  }

  private show(kind: string, spot: Spot | null, make: (spot: Spot) => HTMLElement | null): void {
    const before = this.cards.get(kind);
    const held = before?.element.contains(document.activeElement) ?? false;
    const made = spot ? make(spot) : null;
    if (before && made && before.element.textContent === made.textContent && before.spot.key === spot?.key) {
      if (before.spot.column === spot.column) return;
    }
    before?.element.remove();
    this.cards.delete(kind);
    if (held) this.surface.focus();
    if (!made || !spot) return;
    this.layer.append(made);
    this.cards.set(kind, { element: made, spot });
  }

  /** The first button of the active cell's card. */
  enter(): boolean {
    const name = this.surface.cellName(this.surface.activePlace);
    for (const { element, spot } of this.cards.values()) {
      if (spot.key !== name?.key || spot.column !== name.column.key) continue;
      const button = element.querySelector("button");
      button?.focus();
      return button !== null;
    }
    return false;
  }

  /** Beside their cells, inside the grid, not over the active cell. */
  place(): void {
    if (this.cards.size === 0) return;
    const frame = this.surface.grid.getBoundingClientRect();
    const origin = this.layer.getBoundingClientRect();
    const active = this.surface.activeCell()?.getBoundingClientRect() ?? null;
    const taken: DOMRect[] = active ? [active] : [];
    for (const [kind, { element, spot }] of this.cards) {
      const cell = this.cellOf(spot);
      const box = cell?.getBoundingClientRect();
      const visible =
        box && box.bottom > frame.top + 31 && box.top < frame.bottom - 32 && box.right > frame.left;
      element.hidden = !visible;
      if (!box || !visible) continue;
      const at = bestPlace(box, element.getBoundingClientRect(), frame, taken, kind === "clash");
      element.style.transform = `translate(${at.x - origin.x}px, ${at.y - origin.y}px)`;
      taken.push(element.getBoundingClientRect());
    }
  }

  private cellOf(spot: Spot): HTMLElement | null {
    const line = this.surface.lines.findIndex((one) => one.kind === "row" && one.key === spot.key);
    const column = this.surface.columns.findIndex((one) => one.key === spot.column);
    return line < 0 ? null : this.surface.cellAt(line, column);
  }
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function overlaps(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** The first of the usual places that is inside the frame and free; else the first, moved inside. */
export function bestPlace(
  cell: Box,
  size: { readonly width: number; readonly height: number },
  frame: Box,
  taken: readonly Box[],
  right: boolean,
): { readonly x: number; readonly y: number } {
  const { width, height } = size;
  const below = cell.bottom + GAP_PX;
  const above = cell.top - GAP_PX - height;
  const beside = { x: cell.right + 16, y: right ? below + 2 : cell.top };
  const places = [
    { x: cell.right - GAP_PX - width, y: below },
    { x: cell.left, y: below },
    { x: cell.left - GAP_PX - width, y: cell.top },
    { x: cell.right - width, y: above },
    { x: cell.left, y: above },
  ];
  if (right) places.unshift(beside);
  else places.push(beside);
  const inside = ({ x, y }: { x: number; y: number }): boolean =>
    x >= frame.left && x + width <= frame.right && y >= frame.top + 31 && y + height <= frame.bottom;
  const free = ({ x, y }: { x: number; y: number }): boolean =>
    !taken.some((one) => overlaps(one, { left: x, top: y, right: x + width, bottom: y + height }));
  const found = places.find((one) => inside(one) && free(one)) ?? places.find(inside);
  if (found) return found;
  return {
    x: Math.max(frame.left, Math.min(frame.right - width, cell.left)),
    y: Math.max(frame.top + 31, Math.min(frame.bottom - height, below)),
  };
}
