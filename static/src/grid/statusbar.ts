/** The bar below the sheet: counts that filter, the way to the next cell to fix, the selection's sum; and the save state. */

import { decimal, thaiTime } from "../format";
import { h, replaceChildren } from "../panels/dom";
import { icon } from "../shell/icons";
import type { Actions } from "./actions";
import type { Mark } from "./lines";
import type { SheetModel } from "./model";
import { satang } from "./reading";
import { satangText } from "./rowview";
import type { SaveState } from "./saver";
import type { Surface } from "./surface";
import { t } from "./texts";

export interface StatusEvents {
  readonly mark: (mark: Mark) => void;
  readonly next: () => void;
}

const MARKS: readonly (readonly [Exclude<Mark, "all" | "fix">, "changed" | "wrong" | "conflicts"])[] = [
  ["changed", "changed"],
  ["wrong", "wrong"],
  ["clash", "conflicts"],
];

export class StatusBar {
  private readonly counts: HTMLElement;
  private readonly chosen: HTMLElement;
  private readonly seen: HTMLElement;
  private readonly buttons = new Map<Mark, HTMLButtonElement>();

  constructor(
    bar: HTMLElement,
    private readonly model: SheetModel,
    private readonly surface: Surface,
    private readonly actions: Actions,
    events: StatusEvents,
  ) {
    this.counts = bar.querySelector<HTMLElement>("[data-counts]") ?? bar;
    this.chosen = bar.querySelector<HTMLElement>("[data-chosen]") ?? bar;
    this.seen = bar.querySelector<HTMLElement>("[data-seen]") ?? bar;
    for (const [mark] of MARKS) {
      const press = (): void => events.mark(this.surface.filter.mark === mark ? "all" : mark);
      const title = t(mark === "changed" ? "only_changed" : mark === "wrong" ? "only_wrong" : "only_clash");
      this.buttons.set(
        mark,
        h("button", { type: "button", class: `sheet-count is-${mark}`, title, onclick: press }),
      );
    }
    this.counts.append(...this.buttons.values());
    this.counts.append(
      h(
        "button",
        { type: "button", class: "btn btn-sm", onclick: () => events.next() },
        t("next_cell"),
        h("kbd", {}, "F8"),
      ),
    );
  }

  refresh(): void {
    const counts = this.model.counts();
    for (const [mark, of] of MARKS) {
      const button = this.buttons.get(mark);
      if (!button) continue;
      const n = counts[of];
      const sign = mark === "wrong" ? "!" : mark === "clash" ? icon("swap", 14) : "";
      replaceChildren(
        button,
        h("span", { class: "sheet-sign", "aria-hidden": "true" }, sign),
        t(mark, { n: decimal(n) }),
      );
      button.setAttribute("aria-pressed", String(this.surface.filter.mark === mark));
      button.classList.toggle("is-none", n === 0);
    }
    const next = this.counts.lastElementChild as HTMLButtonElement;
    next.disabled = counts.wrong + counts.conflicts === 0;
    this.selection();
    this.scrolled();
  }

  /** How many cells are chosen, and what their figures come to. */
  selection(): void {
    const columns = this.actions.selectedColumns();
    const rows = this.actions.selectedRows();
    const cells = rows.length * columns.length;
    const figures: number[] = [];
    for (const key of rows)
      for (const column of columns) {
        const isFigure = column.type === "money" || column.type === "integer";
        const value =
          isFigure && !this.model.problem(key, column.key) ? this.model.value(key, column.key) : null;
        if (value !== null) figures.push(satang(value));
      }
    if (cells < 2) this.chosen.replaceChildren();
    else if (figures.length === 0) this.chosen.textContent = t("selected_one", { n: decimal(cells) });
    else {
      const sum = figures.reduce((all, one) => all + one, 0);
      replaceChildren(
        this.chosen,
        t("selected_sum", { n: decimal(cells) }),
        h("strong", {}, satangText(sum) || "0"),
        figures.length > 1 ? [t("average"), decimal(sum / figures.length / 100, 2)] : null,
      );
    }
  }

  scrolled(): void {
    const { first, last } = this.surface.inView();
    const numbers = this.surface.lines
      .slice(first, last + 1)
      .flatMap((line) => (line.kind === "row" ? [line.number] : []));
    const [from, to] = [numbers[0], numbers.at(-1)];
    this.seen.textContent =
      from === undefined || to === undefined
        ? ""
        : t("rows_seen", { first: decimal(from), last: decimal(to), all: decimal(this.surface.last) });
  }
}

/** The words of a save state. */
export function saveWords(state: SaveState): string {
  switch (state.kind) {
    case "clean":
      return t("clean", { time: thaiTime(state.at) });
    case "waiting":
    case "saving":
      return t("saving");
    case "saved":
      return t("saved", { time: thaiTime(state.at) });
    case "partly":
      return t("partly", { n: decimal(state.cells) });
    case "local":
      return t(`local_${state.reason}`);
    case "held":
      return t("held", { n: decimal(state.cells) });
    case "failed":
      return t("failed");
  }
}

export function showSaveState(places: Iterable<HTMLElement>, state: SaveState): void {
  const words = saveWords(state);
  const attribute = state.kind === "waiting" ? "saving" : state.kind === "clean" ? "saved" : state.kind;
  for (const place of places) {
    place.dataset.state = attribute;
    const mend = state.kind === "partly" || state.kind === "held";
    place.title = state.kind === "failed" ? state.detail : mend ? t("go_to_first") : "";
    const sign = mend ? "warning" : state.kind === "local" || state.kind === "failed" ? "cloud_off" : "cloud";
    if (place.dataset.plain === undefined) replaceChildren(place, icon(sign, 18), h("span", {}, words));
    else place.textContent = words;
  }
}
