/** Editing one cell: in the cell itself or in the bar above, both showing the same text; choices open below the cell. */

import { bahtText } from "../bahttext";
import { h, replaceChildren } from "../panels/dom";
import type { SheetModel } from "./model";
import type { Choice, Column } from "./protocol";
import { editable, readCell } from "./reading";
import type { RowView } from "./rowview";
import type { Surface } from "./surface";
import { t } from "./texts";

/** Where to go after a cell was taken over. */
export type After = "stay" | "down" | "up" | "right" | "left" | "leave";

export interface EditorEvents {
  readonly commit: (key: string, column: Column, text: string, after: After) => void;
  readonly cancelled: () => void;
  readonly save: () => void;
}

interface Open {
  readonly key: string;
  readonly column: Column;
  readonly view: RowView;
  readonly cell: HTMLElement;
  readonly field: HTMLTextAreaElement;
  /** Begun by typing: arrows take the text over and go on. */
  byTyping: boolean;
  readonly inBar: boolean;
  choices: Choices | null;
}

const ARROWS: Readonly<Record<string, After>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

export class CellEditor {
  private now: Open | null = null;

  constructor(
    private readonly surface: Surface,
    private readonly model: SheetModel,
    private readonly bar: HTMLTextAreaElement,
    private readonly words: HTMLElement,
    private readonly events: EditorEvents,
  ) {
    bar.addEventListener("focus", () => {
      if (!this.now && !bar.readOnly) this.begin("bar");
    });
    bar.addEventListener("input", () => this.typed(bar));
    bar.addEventListener("keydown", (event) => this.key(event));
    bar.addEventListener("blur", (event) => this.left(event));
  }

  get open(): boolean {
    return this.now !== null;
  }

  /** The bar shows the active cell. */
  show(): void {
    if (this.now) return;
    const name = this.surface.cellName(this.surface.activePlace);
    const value = name ? this.model.value(name.key, name.column.key) : null;
    this.bar.value = name ? editable(value, name.column) : "";
    this.bar.readOnly = !name || !this.model.canEdit(name.key, name.column.key);
    this.sayReading(name?.column ?? null, this.bar.value);
  }

  /** Money read in words, so that a zero too many is heard. */
  private sayReading(column: Column | null, text: string): void {
    const reading = column && text.trim() ? readCell(text, column) : null;
    const isMoney = column?.type === "money";
    this.words.textContent =
      reading?.problem?.message ?? (isMoney && reading?.value ? (bahtText(reading.value) ?? "") : "");
    this.words.classList.toggle("is-wrong", Boolean(reading?.problem));
  }

  /** Begin: "type" replaces what stands there, "edit" changes it, "bar" does so in the bar. */
  begin(how: "type" | "edit" | "bar" | "choices"): boolean {
    const place = this.surface.activePlace;
    const name = this.surface.cellName(place);
    if (this.now || !place || !name || !this.model.canEdit(name.key, name.column.key)) return false;
    const view = this.surface.viewAt(place.line);
    const cell = view?.cellAt(place.column);
    if (!view || !cell) return false;
    const text = how === "type" ? "" : editable(this.model.value(name.key, name.column.key), name.column);
    const inBar = how === "bar";
    const field = inBar ? this.bar : this.makeField(name.column, text);
    this.now = { ...name, view, cell, field, byTyping: how === "type", inBar, choices: null };
    view.editing = place.column;
    view.element.classList.add("has-editor");
    cell.classList.add("is-editing");
    if (inBar) return true;
    cell.replaceChildren(field);
    field.focus({ preventScroll: true });
    field.select();
    this.grow();
    if (name.column.type === "choice") this.openChoices(how === "type" ? "" : null);
    return true;
  }

  private makeField(column: Column, text: string): HTMLTextAreaElement {
    const figure = column.type === "money" || column.type === "integer";
    const field = h("textarea", {
      class: figure ? "grid-editor is-figure" : "grid-editor",
      rows: 1,
      "aria-label": t("edit_of", { column: column.title }),
      inputmode: figure ? "decimal" : null,
      autocomplete: "off",
      spellcheck: "false",
      wrap: figure ? "off" : null,
    });
    field.value = text;
    field.addEventListener("input", () => this.typed(field));
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", (event) => this.left(event));
    return field;
  }

  private typed(field: HTMLTextAreaElement): void {
    const { now } = this;
    if (!now) return;
    if (now.inBar) now.cell.textContent = field.value;
    else this.bar.value = field.value;
    this.sayReading(now.column, field.value);
    this.grow();
    if (now.column.type === "choice" && !now.inBar) this.openChoices(field.value);
  }

  private grow(): void {
    const field = this.now?.inBar ? null : this.now?.field;
    if (!field || this.now?.column.type !== "text") return;
    field.style.height = "";
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
  }

  private key(event: KeyboardEvent): void {
    event.stopPropagation();
    if (!this.now || event.isComposing) return;
    const after = this.meaning(event, this.now);
    if (after === null) return;
    event.preventDefault();
    if (after === "cancel") this.cancel();
    else if (after !== "handled") this.commit(after);
  }

  private meaning(event: KeyboardEvent, now: Open): After | "cancel" | "handled" | null {
    const { choices } = now;
    if (choices && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      choices.step(event.key === "ArrowDown" ? 1 : -1);
      return "handled";
    }
    switch (event.key) {
      case "Enter":
        if (event.altKey && now.column.type === "text") return this.newLine(now);
        if (choices) this.pick(choices.chosen);
        return event.shiftKey ? "up" : "down";
      case "Tab":
        if (choices) this.pick(choices.chosen);
        return event.shiftKey ? "left" : "right";
      case "Escape":
        return "cancel";
      case "F2":
        now.byTyping = !now.byTyping;
        return "handled";
    }
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyS") {
      this.commit("stay");
      this.events.save();
      return "handled";
    }
    if (event.altKey && event.key === "ArrowDown" && now.column.type === "choice") {
      this.openChoices(null);
      return "handled";
    }
    const arrow = ARROWS[event.key];
    const goes = now.byTyping && !now.inBar && !event.shiftKey && !event.ctrlKey;
    return arrow && goes ? arrow : null;
  }

  private newLine({ field }: Open): "handled" {
    field.setRangeText("\n", field.selectionStart, field.selectionEnd, "end");
    this.typed(field);
    return "handled";
  }

  private left(event: FocusEvent): void {
    if (!this.now) return;
    const to = event.relatedTarget;
    if (to instanceof Node && this.now.cell.contains(to)) return;
    // From the cell into the bar: the same edit goes on there.
    if (to === this.bar && !this.now.inBar) {
      const text = this.now.field.value;
      this.close();
      if (this.begin("bar")) {
        this.bar.value = text;
        this.typed(this.bar);
      }
      return;
    }
    this.commit("leave");
  }

  /** Take the text over as it stands. */
  commit(after: After): void {
    const { now } = this;
    if (!now) return;
    const text = now.field.value;
    this.close();
    this.events.commit(now.key, now.column, text, after);
  }

  cancel(): void {
    if (!this.now) return;
    this.close();
    this.events.cancelled();
  }

  private close(): void {
    const { now } = this;
    if (!now) return;
    this.now = null; // first: removing the field takes its focus away, which must not commit again
    now.choices?.element.remove();
    const at = now.view.cells.indexOf(now.cell as HTMLDivElement);
    now.view.forget(at);
    now.view.element.classList.remove("has-editor");
    now.cell.classList.remove("is-editing");
    if (!now.inBar) now.field.remove();
  }

  private openChoices(typed: string | null): void {
    const { now } = this;
    if (!now) return;
    now.choices?.element.remove();
    const all = now.column.choices ?? [];
    const empty: Choice = { value: "", label: t("nothing_choice") };
    const wanted = typed?.trim().toLowerCase() ?? "";
    const found = wanted ? all.filter((one) => one.label.toLowerCase().includes(wanted)) : [...all];
    if (!wanted && !now.column.required) found.unshift(empty);
    const current = this.model.value(now.key, now.column.key);
    const at = Math.max(
      0,
      found.findIndex((one) => (wanted ? true : one.value === (current ?? ""))),
    );
    now.choices = new Choices(found, now.column.title, at, now.field, (choice) => {
      this.pick(choice);
      this.commit("stay");
      this.surface.focus();
    });
    now.cell.append(now.choices.element);
    const below = this.surface.grid.getBoundingClientRect().bottom - now.cell.getBoundingClientRect().bottom;
    now.choices.element.classList.toggle("opens-up", below < now.choices.element.offsetHeight + 40);
  }

  private pick(choice: Choice | null): void {
    if (!this.now || !choice) return;
    this.now.field.value = choice.value === "" ? "" : choice.label;
  }
}

class Choices {
  readonly element: HTMLUListElement;
  private readonly options: HTMLLIElement[];

  constructor(
    private readonly choices: readonly Choice[],
    title: string,
    private at: number,
    private readonly field: HTMLElement,
    picked: (choice: Choice) => void,
  ) {
    this.options = choices.map((choice, index) =>
      h(
        "li",
        {
          role: "option",
          id: `grid-choice-${index}`,
          onpointerdown: (event: Event) => {
            event.preventDefault(); // the field keeps the focus
            event.stopPropagation();
            picked(choice);
          },
        },
        choice.label,
      ),
    );
    this.element = h(
      "ul",
      { class: "grid-choices", role: "listbox", id: "grid-choices", "aria-label": title },
      this.options.length > 0 ? this.options : h("li", { class: "faint" }, t("no_choice")),
    );
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("aria-controls", "grid-choices");
    this.step(0);
  }

  get chosen(): Choice | null {
    return this.choices[this.at] ?? null;
  }

  step(by: number): void {
    if (this.options.length === 0) return;
    this.at = (this.at + by + this.options.length) % this.options.length;
    for (const [index, option] of this.options.entries())
      option.setAttribute("aria-selected", String(index === this.at));
    this.field.setAttribute("aria-activedescendant", `grid-choice-${this.at}`);
    this.options[this.at]?.scrollIntoView({ block: "nearest" });
  }
}

/** For the phone: the reading below the field, and the mend of what cannot be read. */
export function sayReadingInto(
  element: Element,
  column: Column,
  text: string,
  mend: (text: string) => void,
): void {
  const reading = text.trim() ? readCell(text, column) : null;
  const words = column.type === "money" && reading?.value ? bahtText(reading.value) : null;
  const suggestion = reading?.problem?.suggestion ?? null;
  replaceChildren(
    element,
    reading?.problem?.message ?? words ?? "",
    suggestion === null
      ? null
      : h(
          "button",
          { type: "button", class: "btn", onclick: () => mend(suggestion) },
          t("mend", { value: suggestion }),
        ),
  );
  element.classList.toggle("is-wrong", Boolean(reading?.problem));
}
