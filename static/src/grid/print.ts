/** On paper the whole sheet is a plain table: heads on every page, groups, sums, every row. */

import { thaiMoment } from "../format";
import { h } from "../panels/dom";
import { type Filter, linesOf } from "./lines";
import type { SheetModel } from "./model";
import { isStatus } from "./protocol";
import { shown } from "./reading";
import { leading, satangText, shortTitle } from "./rowview";
import { t } from "./texts";

export function printed(model: SheetModel, title: string, filter: Filter): HTMLElement {
  const { columns } = model;
  const figure = (at: number): string | null =>
    columns[at]?.type === "money" || columns[at]?.type === "integer" ? "number" : null;
  const first = leading(columns);
  const sums = (words: string, keys: readonly string[]): HTMLElement => {
    const total = model.total(keys);
    const wrong = total.wrong > 0 ? ` (${t("without_wrong", { n: total.wrong })})` : "";
    return h(
      "tr",
      { class: "total" },
      h("th", { scope: "row", colspan: first }, words + wrong),
      columns
        .slice(first)
        .map((column) =>
          h("td", { class: "number" }, column.total ? satangText(total.satang[column.key] ?? 0) : ""),
        ),
    );
  };
  const body = linesOf(model, new Set(), filter).lines.map((line) => {
    if (line.kind === "group")
      return h(
        "tr",
        {},
        h(
          "th",
          { colspan: columns.length, scope: "colgroup" },
          [line.group.title, line.group.note].filter(Boolean).join(" · "),
        ),
      );
    if (line.kind === "sum")
      return sums(t("group_total", { title: shortTitle(line.group.title) }), line.keys);
    return h(
      "tr",
      {},
      columns.map((column, at) => {
        const value = model.value(line.key, column.key);
        return h("td", { class: figure(at) }, isStatus(value) ? value.label : shown(value, column));
      }),
    );
  });
  const present = model.present();
  const hasSums = columns.some((column) => column.total);
  return h(
    "div",
    { class: "sheet-print" },
    h("h1", {}, title),
    h("p", {}, t("print_title", { time: thaiMoment(new Date()) }), ` · ${location.href}`),
    h(
      "table",
      { class: "table" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          columns.map((column, at) => h("th", { scope: "col", class: figure(at) }, column.title)),
        ),
      ),
      h("tbody", {}, body, hasSums ? sums(t("grand_total", { n: present.length }), present) : null),
    ),
  );
}
