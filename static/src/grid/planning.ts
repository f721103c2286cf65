/** What is done to whole projects of a plan: merging one into another, and moving money to another year. */

import { h, replaceChildren } from "../panels/dom";
import { icon } from "../shell/icons";
import { nameOfRow } from "./cards";
import type { SheetModel } from "./model";
import type { Column } from "./protocol";
import { satang } from "./reading";
import type { CellChange } from "./rows";
import { t } from "./texts";

const YEAR = /^y\d{4}$/;
const MOST_SHOWN = 300;
const LINES_SHOWN = 8;

export interface Merging {
  readonly into: string;
  readonly add: boolean;
}

export interface Moving {
  readonly from: Column;
  readonly to: Column;
}

/** Columns of amounts by year, in their order. */
export function yearColumns(model: SheetModel): readonly Column[] {
  return model.columns.filter((column) => column.type === "money" && YEAR.test(column.key));
}

/** Rows that another one of the same form can be merged into. */
export function mergeTargets(model: SheetModel, key: string): readonly string[] {
  return model.present().filter((other) => {
    const row = model.row(other);
    return other !== key && !row.locked && row.stored === "present";
  });
}

/** The amounts of one row on top of another's; cells that cannot be read on either side stay as they are. */
export function added(model: SheetModel, from: string, into: string): CellChange[] {
  return yearColumns(model).flatMap(({ key: column }) => {
    const more = satang(model.value(from, column));
    if (more === 0 || model.problem(from, column) || model.problem(into, column)) return [];
    return [{ key: into, column, text: baht(satang(model.value(into, column)) + more) }];
  });
}

/** Money of rows in one year put on top of what stands in another; rows without any stay out. */
export function moved(
  model: SheetModel,
  rows: readonly string[],
  from: string,
  to: string,
): readonly CellChange[] {
  return rows.flatMap((key) => {
    const amount = satang(model.value(key, from));
    const able = model.canEdit(key, from) && model.canEdit(key, to);
    if (amount === 0 || !able || model.problem(key, from) || model.problem(key, to)) return [];
    return [
      { key, column: from, text: null },
      { key, column: to, text: baht(amount + satang(model.value(key, to))) },
    ];
  });
}

function baht(amount_satang: number): string {
  const whole = Math.trunc(amount_satang / 100);
  return `${whole}.${String(amount_satang % 100).padStart(2, "0")}`;
}

/** Ask into which project a row goes; null when it stays. */
export function askMerge(model: SheetModel, key: string): Promise<Merging | null> {
  const targets = mergeTargets(model, key);
  const find = h("input", {
    class: "input",
    type: "search",
    id: "merge-find",
    maxlength: 100,
    placeholder: t("merge_find"),
    "aria-label": t("merge_find"),
    autocomplete: "off",
  });
  const list = h("select", {
    class: "select sheet-list",
    id: "merge-into",
    size: LINES_SHOWN,
    "aria-describedby": "dialog-said",
  });
  const said = told();
  const add = h("input", { type: "checkbox", id: "merge-add" });
  add.checked = true;
  const fill = (): void => {
    const words = find.value.trim().toLowerCase();
    const found = targets.filter((other) => nameOfRow(model, other).toLowerCase().includes(words));
    const options = found
      .slice(0, MOST_SHOWN)
      .map((other) => h("option", { value: other }, nameOfRow(model, other)));
    replaceChildren(list, ...options);
    say(said, options.length === 0 ? t("merge_not_found") : null);
    if (options[0] && words) options[0].selected = true;
  };
  find.addEventListener("input", fill);
  fill();
  return asked<Merging>(
    t("merge_title"),
    t("merge_from", { name: nameOfRow(model, key) }),
    [
      h("label", { class: "label", for: "merge-into" }, t("merge_into")),
      find,
      list,
      said,
      h("label", { class: "check" }, add, t("merge_add")),
      h("p", { class: "small" }, t("merge_note")),
    ],
    t("merge_do"),
    () => {
      if (list.value !== "") return { into: list.value, add: add.checked };
      say(said, t(list.options.length === 0 ? "merge_not_found" : "merge_choose"));
      (list.options.length === 0 ? find : list).focus();
      return null;
    },
  );
}

/** Ask from which year to which the money of rows goes; null when it stays. */
export function askMove(model: SheetModel, rows: readonly string[], near: string): Promise<Moving | null> {
  const years = yearColumns(model).filter((column) => column.editable);
  const choose = (id: string, chosen: Column | undefined): HTMLSelectElement =>
    h(
      "select",
      { class: "select", id },
      years.map((column) => {
        const option = h("option", { value: column.key }, column.title);
        option.selected = column === chosen;
        return option;
      }),
    );
  const filled = years.find((column) => rows.some((key) => satang(model.value(key, column.key)) !== 0));
  const first = years.find((column) => column.key === near) ?? filled ?? years[0];
  const next = first ? years[years.indexOf(first) + 1] : undefined;
  const [from, to] = [choose("move-from", first), choose("move-to", next ?? years.at(-2))];
  const said = told();
  const byKey = (key: string): Column | undefined => years.find((column) => column.key === key);
  return asked<Moving>(
    t("move_title"),
    t("move_from", { n: rows.length }),
    [
      h("div", { class: "field" }, h("label", { class: "label", for: "move-from" }, t("move_of")), from),
      h("div", { class: "field" }, h("label", { class: "label", for: "move-to" }, t("move_to")), to),
      said,
      h("p", { class: "small" }, t("move_note")),
    ],
    t("move_do"),
    () => {
      const [one, other] = [byKey(from.value), byKey(to.value)];
      say(said, one === other ? t("move_same") : null);
      return one && other && one !== other ? { from: one, to: other } : null;
    },
  );
}

/** Ask for words about something; null when none are sent. */
export function askText(
  about: string,
  label: string,
  act: string,
  required: boolean,
): Promise<string | null> {
  const field = h("textarea", {
    class: "textarea",
    id: "sheet-words-field",
    rows: 4,
    maxlength: 2000,
    "aria-describedby": "dialog-said",
  });
  const said = told();
  return asked(
    t("comment_title"),
    about,
    [h("label", { class: "label", for: "sheet-words-field" }, label), field, said],
    act,
    () => {
      const text = field.value.trim();
      if (text !== "" || !required) return text;
      say(said, t("comment_empty"));
      field.focus();
      return null;
    },
  );
}

/** Where a dialog says, in the language of the page, what is missing. */
function told(): HTMLElement {
  return h("p", { class: "field-error", id: "dialog-said", role: "alert", hidden: true });
}

function say(place: HTMLElement, words: string | null): void {
  place.hidden = words === null;
  replaceChildren(place, words === null ? null : [icon("error", 16), h("span", {}, words)]);
}

/** A dialog whose answer is read when it is sent; while there is none it stays open. Esc and the first button are safe. */
export function asked<Answer>(
  title: string,
  text: string,
  inside: readonly HTMLElement[],
  act: string,
  read: () => Answer | null,
): Promise<Answer | null> {
  return new Promise((resolve) => {
    let answer: Answer | null = null;
    const form = h(
      "form",
      { class: "stack-small", novalidate: true },
      ...inside,
      h(
        "div",
        { class: "dialog-foot" },
        h("button", { type: "button", class: "btn", onclick: () => dialog.close() }, t("cancel")),
        h("button", { class: "btn btn-primary" }, act),
      ),
    );
    const dialog = h(
      "dialog",
      { class: "dialog", "aria-labelledby": "sheet-dialog-title" },
      h("h2", { id: "sheet-dialog-title" }, title),
      h("p", {}, text),
      form,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer = read();
      if (answer !== null) dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
