/** The table: every figure in full, sortable, one row chosen with map and chart. */

import { decimal, percent } from "../format";
import { h, keepFocus, replaceChildren } from "../panels/dom";
import { icon } from "../shell/icons";
import {
  addressOf,
  type Budget,
  type BudgetRow,
  rowsAddress,
  type SortKey,
  share,
  sorted,
  unplacedAddress,
  type View,
} from "./model";
import { colourOf, isMoney, short } from "./numbers";
import { seeBelow } from "./parts";
import { t } from "./texts";

export interface TableActions {
  select(code: string): void;
  sort(key: SortKey): void;
  go(view: View): void;
}

const COLUMNS: readonly (readonly [
  SortKey,
  "per_head_head" | "budget_head" | "disbursed_head" | "count_head" | null,
])[] = [
  ["per_head", "per_head_head"],
  ["budget", "budget_head"],
  ["disbursed", "disbursed_head"],
  ["share", null],
  ["count", "count_head"],
];

export function drawTable(table: HTMLTableElement, data: Budget, view: View, act: TableActions): void {
  const [head, body, foot] = [table.tHead, table.tBodies[0], table.tFoot];
  if (!head || !body || !foot) return;
  keepFocus(table, () => {
    replaceChildren(head, headRow(data, view, act));
    replaceChildren(
      body,
      sorted(data.rows, view.sort, view.ascending).map((row) => bodyRow(row, data, view, act)),
      unplacedRow(data, view),
    );
    replaceChildren(foot, totalRow(data, view));
  });
}

/** The column that the order stands in: the rank is that of the measure's own column. */
function sortColumn(view: View): SortKey {
  return view.sort === "rank" ? view.measure : view.sort;
}

function headRow(data: Budget, view: View, act: TableActions): HTMLElement {
  const chosen = sortColumn(view);
  const cell = (key: SortKey, title: string, number: boolean): HTMLElement => {
    const descending = key === "name" ? !view.ascending : view.ascending;
    return h(
      "th",
      {
        scope: "col",
        class: number ? "number" : null,
        "aria-sort": key === chosen ? (descending ? "descending" : "ascending") : null,
        "data-sort": key,
      },
      h(
        "button",
        {
          type: "button",
          "data-key": `sort-${key}`,
          title: t("sort_by", { column: title }),
          onclick: () => act.sort(key),
        },
        title,
        key === chosen ? h("span", { "aria-hidden": "true" }, descending ? " ▼" : " ▲") : null,
      ),
    );
  };
  return h(
    "tr",
    {},
    h("th", { scope: "col", class: "number" }, "#"),
    cell("name", t(data.level), false),
    COLUMNS.map(([key, title]) => cell(key, title === null ? "%" : t(title), true)),
  );
}

function swatch(row: BudgetRow, data: Budget): HTMLElement {
  const colour = colourOf(row, data.classes);
  const mark = h("span", { class: colour === null ? "swatch hatched" : "swatch", "aria-hidden": "true" });
  if (colour !== null) mark.style.backgroundColor = colour;
  return mark;
}

function bodyRow(row: BudgetRow, data: Budget, view: View, act: TableActions): HTMLElement {
  const chosen = row.code === view.selected;
  const choose = h(
    "button",
    {
      type: "button",
      class: "row-name",
      "data-key": row.code,
      "aria-pressed": String(chosen),
      onclick: (event: Event) => {
        event.stopPropagation();
        act.select(row.code);
      },
    },
    swatch(row, data),
    h("span", { class: "nowrap" }, row.name),
    row.outside ? h("small", { class: "faint" }, t("outside")) : null,
  );
  const figures = row.outside
    ? COLUMNS.map(([key]) => h("td", { class: `number col-${key}` }, "–"))
    : cells(row, row.per_head_baht, rowsAddress(view, row.code));
  return h(
    "tr",
    {
      "data-code": row.code,
      class: chosen ? "selected" : null,
      onclick: (event: Event) => {
        if (!(event.target as Element).closest("a")) act.select(row.code);
      },
    },
    h("td", { class: "number rank" }, row.rank === null ? "–" : row.rank),
    h("th", { scope: "row" }, choose),
    figures,
    phoneCell(row, data, view, act),
  );
}

/** On a phone a row is a line of a list: name, main figure, the money beside it, and where it leads. */
function phoneCell(row: BudgetRow, data: Budget, view: View, act: TableActions): HTMLElement {
  const beside =
    row.outside || isMoney(data.measure)
      ? ""
      : ` · ${t("million_each", { value: decimal(row.budget_baht / 1_000_000, 1) })}`;
  const into = row.drill ? { ...view, ...row.drill, selected: null } : null;
  const lead = into
    ? h(
        "a",
        {
          href: addressOf(into),
          "aria-label": `${row.name} ${seeBelow(into.level)}`,
          onclick: (event: Event) => {
            event.preventDefault();
            act.go(into);
          },
        },
        icon("right", 20),
      )
    : h(
        "a",
        { href: rowsAddress(view, row.code), "aria-label": `${row.name} ${t("count_head")}` },
        icon("right", 20),
      );
  return h(
    "td",
    { class: "phone-figure" },
    h("span", {}, h("strong", {}, short(row.value, data.measure)), beside),
    row.outside ? null : lead,
  );
}

type Sums = { readonly budget_baht: number; readonly disbursed_baht: number; readonly project_count: number };

function cells(sums: Sums, perHead: number | null, link: string | null): HTMLElement[] {
  const count = decimal(sums.project_count);
  return [
    h("td", { class: "number col-per_head" }, decimal(perHead)),
    h("td", { class: "number col-budget" }, decimal(sums.budget_baht)),
    h("td", { class: "number col-disbursed" }, decimal(sums.disbursed_baht)),
    h("td", { class: "number col-share" }, percent(share(sums), 0)),
    h("td", { class: "number col-count" }, link === null ? count : h("a", { href: link }, count)),
  ];
}

function unplacedRow(data: Budget, view: View): HTMLElement | null {
  if (data.unplaced.project_count === 0 && data.unplaced.budget_baht === 0) return null;
  return h(
    "tr",
    { class: "unplaced" },
    h("td", {}),
    h("th", { scope: "row" }, t("unknown", { level: t(data.level) })),
    cells(data.unplaced, null, unplacedAddress(view)),
    h("td", { class: "phone-figure" }, h("span", {}, decimal(data.unplaced.project_count))),
  );
}

function totalRow(data: Budget, view: View): HTMLElement {
  const places = data.rows.filter((row) => !row.outside).length;
  return h(
    "tr",
    { class: "total" },
    h("td", {}),
    h("th", { scope: "row" }, t("total", { n: decimal(places), level: t(data.level) })),
    cells(data.total, data.total.per_head_baht, rowsAddress(view, null)),
    h(
      "td",
      { class: "phone-figure" },
      h("span", {}, t("million_each", { value: decimal(data.total.budget_baht / 1_000_000, 1) })),
    ),
  );
}
