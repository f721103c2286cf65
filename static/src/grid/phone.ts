/** The sheet on a phone: a card for each row, the value that is pressed opens in a panel with room for the keyboard. */

import { h, replaceChildren } from "../panels/dom";
import { type IconName, icon } from "../shell/icons";
import { columnName, conflictCard, nameOfRow, problemCard } from "./cards";
import { sayReadingInto } from "./editor";
import { type Filter, linesOf, type Mark, NO_FILTER } from "./lines";
import type { SheetModel } from "./model";
import { type Column, isStatus } from "./protocol";
import { editable, readCell, shown } from "./reading";
import { pill, satangText } from "./rowview";
import { t } from "./texts";

/** Something that can be done to a whole row. */
export interface RowAct {
  readonly label: string;
  readonly icon: IconName;
  readonly act: () => void;
}

export interface PhoneEvents {
  readonly acts: (key: string) => readonly RowAct[];
  readonly typed: (key: string, column: Column, text: string) => void;
  readonly mine: (key: string, column: Column) => void;
  readonly theirs: (key: string, column: Column) => void;
}

const PORTION = 40;
const NO_FOLDS: ReadonlySet<string> = new Set();

export class PhoneCards {
  private filter: Filter = NO_FILTER;
  private keys: readonly string[] = [];
  private readonly cards = new Map<string, HTMLElement>();
  private readonly unfolded = new Set<string>();
  private readonly chips: HTMLElement;
  private readonly list: HTMLElement;
  private readonly foot: HTMLElement;
  private readonly end: HTMLElement;
  private summed: Column | null;
  private fixed = -1;

  constructor(
    root: HTMLElement,
    private readonly model: SheetModel,
    private readonly events: PhoneEvents,
  ) {
    this.chips = h("div", { class: "chips sheet-chips", role: "group" });
    this.list = h("div", { class: "sheet-cards", role: "list" });
    this.end = h("div", { class: "sheet-cards-end" });
    this.foot = h("div", { class: "sheet-phone-foot" });
    this.summed = model.columns.find((column) => column.total) ?? null;
    root.append(this.chips, h("div", { class: "sheet-cards-scroll" }, this.list, this.end), this.foot);
    new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.more(), {
      rootMargin: "600px",
    }).observe(this.end);
    this.relist();
  }

  /** True on a narrow screen, where cards stand for the table. */
  get shown(): boolean {
    return this.list.offsetParent !== null;
  }

  setText(text: string): void {
    this.filter = { ...this.filter, text };
    this.relist();
  }

  private setMark(mark: Mark): void {
    this.filter = { ...this.filter, mark };
    this.relist();
  }

  /** Which rows are listed; those to fix come first, and stay where they are while they are worked on. */
  private relist(): void {
    const { lines } = linesOf(this.model, NO_FOLDS, this.filter);
    const keys = lines.flatMap((line) => (line.kind === "row" ? [line.key] : []));
    const first = keys.filter((key) => this.model.marked(key, "fix"));
    const isFirst = new Set(first);
    this.keys = [...first, ...keys.filter((key) => !isFirst.has(key))];
    this.cards.clear();
    this.list.replaceChildren();
    if (this.keys.length === 0)
      this.list.append(
        h("p", { class: "sheet-none" }, t("nothing_found", { n: this.model.present().length })),
      );
    this.more();
    this.drawAround();
  }

  private more(): void {
    const from = this.cards.size;
    for (const key of this.keys.slice(from, from + PORTION)) {
      const card = h("article", { class: "sheet-card", role: "listitem" });
      this.cards.set(key, card);
      this.drawCard(key, card);
      this.list.append(card);
    }
  }

  /** Values changed: draw the cards that stand, and the counts. */
  refresh(): void {
    for (const [key, card] of this.cards) {
      if (this.model.row(key).wanted === "absent") card.remove();
      else this.drawCard(key, card);
    }
    this.drawAround();
  }

  private drawAround(): void {
    const counts = this.model.counts();
    const chip = (mark: Mark, label: string): HTMLElement =>
      h(
        "button",
        {
          type: "button",
          class: "chip",
          "aria-pressed": String(this.filter.mark === mark),
          onclick: () => this.setMark(mark),
        },
        label,
      );
    replaceChildren(
      this.chips,
      chip("all", t("all", { n: counts.rows })),
      chip("fix", t("to_fix", { n: counts.wrong + counts.conflicts })),
      chip("changed", t("changed", { n: counts.changed })),
    );
    const summed = this.summed;
    const total = this.model.total(this.model.present());
    const sum = summed ? satangText(total.satang[summed.key] ?? 0) : "";
    replaceChildren(
      this.foot,
      summed &&
        h(
          "div",
          {},
          h("strong", {}, t("sum_of", { column: columnName(summed) })),
          h("span", {}, `${sum || "–"} ${t("baht")}`),
          total.wrong > 0 ? h("small", { class: "bad" }, t("without_wrong", { n: total.wrong })) : null,
        ),
      h(
        "button",
        {
          type: "button",
          class: "btn btn-primary",
          disabled: counts.wrong + counts.conflicts === 0,
          onclick: () => this.nextToFix(),
        },
        counts.wrong + counts.conflicts === 0 ? t("no_more_to_fix") : t("next_to_fix"),
      ),
    );
  }

  nextToFix(): void {
    const open = this.keys.filter((key) => this.model.marked(key, "fix"));
    const next = open.find((key) => this.keys.indexOf(key) > this.fixed) ?? open[0];
    if (next === undefined) {
      this.setMark("fix");
      return;
    }
    this.fixed = this.keys.indexOf(next);
    this.bring(next, "[data-fix]");
  }

  /** The card of a row, and one of its values where that is named; it shows every field when that one is hidden. */
  reveal(key: string, column: string | null): void {
    if (!this.shown || !this.keys.includes(key)) return;
    if (column !== null) this.unfolded.add(key);
    this.bring(key, column === null ? "button" : `[data-column="${CSS.escape(column)}"]`);
  }

  private bring(key: string, selector: string): void {
    while (!this.cards.has(key) && this.cards.size < this.keys.length) this.more();
    const card = this.cards.get(key);
    if (card) this.drawCard(key, card);
    const value = card?.querySelector<HTMLElement>(selector) ?? card;
    value?.scrollIntoView({ block: "center" });
    value?.focus();
  }

  private drawCard(key: string, card: HTMLElement): void {
    const { model } = this;
    const [number, name, about, ...others] = parts(model.columns);
    const open = this.unfolded.has(key);
    const isShown = (column: Column): boolean =>
      open || (isFigure(column) && model.value(key, column.key) !== null) || this.isMarked(key, column);
    const rest = others.filter((column) => column.type !== "status");
    const listed = rest.filter(isShown);
    const hidden = rest.length - listed.length;
    const statuses = model.columns.map((column) => model.value(key, column.key)).filter(isStatus);
    replaceChildren(
      card,
      h(
        "header",
        {},
        number
          ? h("span", { class: "sheet-card-number" }, shown(model.value(key, number.key), number))
          : null,
        h(
          "div",
          {},
          name ? this.heading(key, name, "h2") : null,
          about ? this.heading(key, about, "p") : null,
          statuses.map(pill),
        ),
        this.actsButton(key),
      ),
      this.said(key),
      listed.map((column) => this.value(key, column)),
      hidden > 0 || open
        ? h(
            "button",
            {
              type: "button",
              class: "sheet-more",
              "aria-expanded": String(open),
              onclick: () => this.unfold(key),
            },
            open ? t("fewer_fields") : t("more_fields", { n: hidden }),
          )
        : null,
    );
  }

  private actsButton(key: string): HTMLElement | null {
    if (this.events.acts(key).length === 0) return null;
    const label = t("row_acts", { name: nameOfRow(this.model, key) });
    return h(
      "button",
      {
        type: "button",
        class: "sheet-card-acts",
        "aria-label": label,
        "aria-haspopup": "dialog",
        onclick: () => this.openActs(key),
      },
      icon("more", 24),
    );
  }

  /** What can be done to the row, each with a button of its own. */
  private openActs(key: string): void {
    const dialog = h("dialog", { class: "dialog sheet-input", "aria-labelledby": "sheet-acts-title" });
    const one = ({ label, icon: sign, act }: RowAct): HTMLElement => {
      const press = (): void => {
        dialog.close();
        act();
      };
      return h("button", { type: "button", class: "btn sheet-act", onclick: press }, icon(sign), label);
    };
    replaceChildren(
      dialog,
      h("h2", { id: "sheet-acts-title" }, nameOfRow(this.model, key)),
      h("div", { class: "sheet-acts" }, this.events.acts(key).map(one)),
      h(
        "div",
        { class: "dialog-foot" },
        h("button", { type: "button", class: "btn", onclick: () => dialog.close() }, t("cancel")),
      ),
    );
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  /** What reviewers said of the row and of its values. */
  private said(key: string): readonly HTMLElement[] {
    return this.model.columns.flatMap((column) =>
      this.model
        .comments(key, column.key)
        .map(({ by, text, column: of }) =>
          h(
            "p",
            { class: "sheet-card-said" },
            icon("message", 16),
            h("span", {}, t("comment_of", { by, text }), of === null ? "" : ` (${columnName(column)})`),
          ),
        ),
    );
  }

  private unfold(key: string): void {
    if (!this.unfolded.delete(key)) this.unfolded.add(key);
    const card = this.cards.get(key);
    if (!card) return;
    this.drawCard(key, card);
    card.querySelector<HTMLElement>(".sheet-more")?.focus();
  }

  private isMarked(key: string, column: Column): boolean {
    const { model } = this;
    return Boolean(
      model.changed(key, column.key) || model.problem(key, column.key) || model.conflict(key, column.key),
    );
  }

  /** Name and subject of the row: text that is pressed like any other value. */
  private heading(key: string, column: Column, tag: "h2" | "p"): HTMLElement {
    const text = shown(this.model.value(key, column.key), column) || t("empty_value");
    if (!this.model.canEdit(key, column.key)) return h(tag, {}, text);
    const label = `${column.title}: ${text}`;
    const button = h(
      "button",
      {
        type: "button",
        class: "sheet-card-text",
        "aria-label": label,
        onclick: () => this.open(key, column),
      },
      text,
      this.mark(key, column),
    );
    return h(tag, {}, button);
  }

  private value(key: string, column: Column): HTMLElement {
    const { model } = this;
    const text = shown(model.value(key, column.key), column);
    const fix = model.problem(key, column.key) || model.conflict(key, column.key);
    const inside = [
      h("span", { class: "sheet-card-title" }, column.title),
      h("span", { class: "sheet-card-value" }, this.mark(key, column), h("strong", {}, text || "–")),
    ];
    if (!model.canEdit(key, column.key)) return h("div", { class: "sheet-card-row" }, inside);
    return h(
      "button",
      {
        type: "button",
        class: "sheet-card-row",
        "data-fix": fix ? "" : null,
        "data-column": column.key,
        onclick: () => this.open(key, column),
      },
      inside,
    );
  }

  private mark(key: string, column: Column): HTMLElement | null {
    const { model } = this;
    if (model.conflict(key, column.key))
      return h("span", { class: "pill pill-warn" }, icon("swap", 14), t("mark_clash"));
    const problem = model.problem(key, column.key);
    if (problem) {
      const word = problem.code === "amount_unreadable" ? t("mark_number") : t("mark_wrong");
      return h("span", { class: "pill pill-bad" }, icon("error", 14), word);
    }
    return model.changed(key, column.key)
      ? h("span", { class: "pill pill-submitted" }, t("mark_changed"))
      : null;
  }

  /** The panel in which one value is changed. */
  private open(key: string, column: Column): void {
    if (column.total) this.summed = column;
    const dialog = h("dialog", { class: "dialog sheet-input", "aria-labelledby": "sheet-input-title" });
    const close = (): void => dialog.close();
    const field = this.field(key, column);
    const reading = h("div", { class: "reading", "aria-live": "polite" });
    const say = (): void =>
      sayReadingInto(reading, column, field.value, (text) => {
        field.value = text;
        say();
        field.focus();
      });
    field.addEventListener("input", say);
    const save = (): void => {
      close();
      if (field.value !== startValue(field)) this.events.typed(key, column, chosenText(field, column));
    };
    replaceChildren(
      dialog,
      h(
        "form",
        {
          method: "dialog",
          onsubmit: (event: Event) => {
            event.preventDefault();
            save();
          },
        },
        h("h2", { id: "sheet-input-title" }, nameOfRow(this.model, key)),
        h("label", { class: "label", for: "sheet-input-field" }, columnName(column)),
        field,
        reading,
        this.trouble(key, column, close),
        h(
          "div",
          { class: "dialog-foot" },
          h("button", { type: "button", class: "btn", onclick: close }, t("cancel")),
          h("button", { class: "btn btn-primary" }, t("save")),
        ),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      this.cards
        .get(key)
        ?.querySelector<HTMLElement>(`[data-column="${CSS.escape(column.key)}"]`)
        ?.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
    say();
    field.focus();
  }

  private trouble(key: string, column: Column, close: () => void): HTMLElement | null {
    const conflict = this.model.conflict(key, column.key);
    const then = (act: () => void) => (): void => {
      close();
      act();
    };
    if (conflict) {
      const mine = shown(this.model.value(key, column.key), column);
      return conflictCard(nameOfRow(this.model, key), column, conflict, mine, {
        mine: then(() => this.events.mine(key, column)),
        theirs: then(() => this.events.theirs(key, column)),
      });
    }
    const problem = this.model.problem(key, column.key);
    // What can be read wrong is said below the field already, with its mend.
    const told = readCell(String(this.model.value(key, column.key) ?? ""), column).problem;
    if (!problem || told) return null;
    return problemCard(problem, column, (text) => then(() => this.events.typed(key, column, text))());
  }

  private field(key: string, column: Column): HTMLTextAreaElement | HTMLInputElement | HTMLSelectElement {
    const value = this.model.value(key, column.key);
    const id = "sheet-input-field";
    if (column.type === "choice") {
      const choices = column.required
        ? (column.choices ?? [])
        : [{ value: "", label: t("nothing_choice") }, ...(column.choices ?? [])];
      const field = h(
        "select",
        { class: "select input-lg", id },
        choices.map((one) =>
          h("option", { value: one.value, selected: one.value === (value ?? "") }, one.label),
        ),
      );
      field.dataset.start = field.value;
      return field;
    }
    const text = editable(value, column);
    const figure = isFigure(column);
    const field = figure
      ? h("input", { class: "input input-lg number-input", id, inputmode: "decimal", autocomplete: "off" })
      : h("textarea", { class: "textarea input-lg", id, rows: column.type === "text" ? 3 : 1 });
    field.value = text;
    field.dataset.start = text;
    return field;
  }
}

function startValue(field: HTMLElement): string {
  return field.dataset.start ?? "";
}

/** Choices are taken over by their words, as if they had been typed. */
function chosenText(
  field: HTMLTextAreaElement | HTMLInputElement | HTMLSelectElement,
  column: Column,
): string {
  if (!(field instanceof HTMLSelectElement)) return field.value;
  return column.choices?.find((one) => one.value === field.value)?.label ?? "";
}

function isFigure(column: Column): boolean {
  return column.type === "money" || column.type === "integer";
}

/** Number, name and subject of a row, then the rest in the order of the sheet. */
function parts(columns: readonly Column[]): [Column | null, Column | null, Column | null, ...Column[]] {
  const texts = columns.filter((column) => column.type === "text");
  const number = columns[0] && columns[0] !== texts[0] && !columns[0].editable ? columns[0] : null;
  const name = texts[0] ?? null;
  // What stands frozen beside a name that is a code tells it; of a project the target says most; else the second text.
  const told = columns.find((column) => column.type === "readonly" && column.frozen && column !== number);
  const about = told ?? texts.find((column) => column.key === "target") ?? texts[1] ?? null;
  return [number, name, about, ...columns.filter((one) => one !== number && one !== name && one !== about)];
}
