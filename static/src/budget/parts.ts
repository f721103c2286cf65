/** Furniture over the map: legend, card of the chosen place, source line, path. */

import { decimal, percent, thaiDate } from "../format";
import { h, replaceChildren } from "../panels/dom";
import { icon } from "../shell/icons";
import {
  addressOf,
  type Budget,
  type BudgetRow,
  cleared,
  isEmpty,
  LEVELS,
  type Level,
  rowsAddress,
  share,
  type View,
} from "./model";
import { classStart, classText, OUTSIDE_COLOUR, short } from "./numbers";
import { t } from "./texts";

type Go = (view: View) => void;

/** A link of this page that is followed without loading the page again. */
export function link(
  view: View,
  go: Go,
  attributes: Record<string, string>,
  ...children: (Node | string)[]
): HTMLElement {
  return h(
    "a",
    {
      ...attributes,
      href: addressOf(view),
      onclick: (event: MouseEvent) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go(view);
      },
    },
    ...children,
  );
}

/** "อ.เทพนิมิต": a name with what it is. */
export function fullName(level: Level, name: string): string {
  return level === "organisation" ? name : t(`${level}_name`, { name });
}

export function yearsText(view: View): string {
  const years = view.filters.fiscal_year;
  return years.length === 0 ? t("all_years") : t("year", { year: years.join(", ") });
}

export function placeText(data: Budget): string {
  const last = data.path.at(-1);
  if (!last) return t("country");
  const name = fullName(last.level, last.name);
  return last.fictional && last.level === "province" ? t("example", { name }) : name;
}

/** Words of the way into a place. */
export function seeBelow(level: Level): string {
  return t(level === "organisation" || level === "tambon" ? `see_${level}` : "see_amphoe");
}

/** In place of chart and table when the filters leave nothing. */
export function drawEmpty(target: HTMLElement, data: Budget, view: View, go: Go): void {
  target.hidden = !isEmpty(data);
  if (target.hidden) return;
  replaceChildren(
    target,
    h("h2", {}, t("nothing_title")),
    h("p", {}, t("nothing_hint")),
    h("div", { class: "btn-row" }, link(cleared(view), go, { class: "btn btn-primary" }, t("clear_filters"))),
  );
}

export function drawLegend(target: HTMLElement, data: Budget, view: View, go: Go): void {
  target.hidden = isEmpty(data);
  const filled = (colour: string | null): HTMLElement => {
    const mark = h("span", { class: colour === null ? "swatch hatched" : "swatch", "aria-hidden": "true" });
    if (colour !== null) mark.style.backgroundColor = colour;
    return mark;
  };
  const entry = (colour: string | null, text: string, count: number, start: string | null): HTMLElement =>
    h(
      "li",
      { class: start === null ? "aside" : null },
      filled(colour),
      h("span", { class: "bounds" }, text),
      start === null ? null : h("span", { class: "start", "aria-hidden": "true" }, start),
      h("span", { class: "number" }, decimal(count)),
    );
  const entries = data.classes
    .map((one, position) =>
      entry(
        one.colour,
        classText(data.classes, position, data.measure),
        one.count,
        classStart(data.classes, position, data.measure),
      ),
    )
    .reverse();
  const outside = data.rows.filter((row) => row.outside).length;
  const unknown = data.rows.filter((row) => row.value === null).length - outside;
  const other = view.method === "quantiles" ? "natural_breaks" : "quantiles";
  const classes = data.classes.filter((one) => one.upper !== 0).length;
  replaceChildren(
    target,
    h("h2", {}, `${t(data.measure)} (${t(`unit_${data.measure}`)})`),
    h(
      "p",
      {},
      t(view.method, { n: classes }),
      " · ",
      link({ ...view, method: other }, go, { title: t("change_method") }, t("change")),
    ),
    h(
      "ol",
      {},
      entries,
      entry(null, t("no_data"), unknown, null),
      outside > 0 ? entry(OUTSIDE_COLOUR, t("outside"), outside, null) : null,
    ),
  );
}

export function drawCard(
  target: HTMLElement,
  row: BudgetRow | null,
  data: Budget,
  view: View,
  act: { go: Go; close(): void },
): void {
  target.hidden = row === null;
  if (!row) {
    replaceChildren(target);
    return;
  }
  const line = (name: string, value: string, strong = false): HTMLElement =>
    h("div", {}, h("dt", {}, name), h("dd", {}, strong ? h("strong", {}, value) : value));
  const drill = row.drill;
  replaceChildren(
    target,
    h(
      "div",
      { class: "card-head" },
      h("h2", {}, fullName(data.level, row.name)),
      h(
        "button",
        { type: "button", "aria-label": t("close"), title: t("close"), onclick: () => act.close() },
        icon("close", 16),
      ),
    ),
    row.outside
      ? null
      : h(
          "p",
          { class: "card-line" },
          h("strong", {}, short(row.value, data.measure)),
          ` ${t(`unit_${data.measure}`)} · ${percent(share(row), 0)}`,
        ),
    row.outside
      ? h("p", {}, t("outside_long"))
      : h(
          "dl",
          {},
          line(
            t("card_per_head"),
            row.per_head_baht === null ? "–" : t("baht_each", { value: decimal(row.per_head_baht) }),
            view.measure === "per_head",
          ),
          line(
            t("card_budget"),
            t("million_each", { value: decimal(row.budget_baht / 1_000_000, 1) }),
            view.measure === "budget",
          ),
          line(t("card_disbursed"), percent(share(row), 0), view.measure === "disbursed"),
          line(t("card_projects"), decimal(row.project_count), view.measure === "count"),
          line(t("card_people"), decimal(row.population)),
        ),
    row.outside
      ? null
      : h(
          "div",
          { class: "btn-row" },
          drill
            ? link(
                { ...view, ...drill, selected: null },
                act.go,
                { class: "btn btn-sm", "data-drill": drill.parent },
                seeBelow(drill.level),
              )
            : null,
          h(
            "a",
            { class: "btn btn-sm", href: rowsAddress(view, row.code), "data-rows": row.code },
            t("rows", { n: decimal(row.project_count) }),
          ),
        ),
  );
}

export function drawSource(target: HTMLElement, data: Budget): void {
  const parts = [
    data.population_year_be === null ? null : t("people_at", { year: data.population_year_be }),
    t("data_at", { date: thaiDate(data.data_as_of) }),
  ];
  target.textContent = parts.filter((part) => part !== null).join(" · ");
}

export function drawCrumbs(target: HTMLElement, data: Budget, view: View, go: Go): void {
  const steps = [{ code: null as string | null, level: "province" as Level, name: t("country") }].concat(
    data.path.map((area) => ({
      code: area.code,
      level: LEVELS[LEVELS.indexOf(area.level) + 1] ?? "organisation",
      name:
        area.fictional && area.level === "province"
          ? t("example", { name: fullName(area.level, area.name) })
          : fullName(area.level, area.name),
    })),
  );
  replaceChildren(
    target,
    steps.map((step, position) => [
      position === 0 ? null : icon("right", 16),
      position === steps.length - 1
        ? h("strong", { "aria-current": "page" }, step.name)
        : link({ ...view, level: step.level, parent: step.code, selected: null }, go, {}, step.name),
    ]),
  );
}

export function drawLevels(target: HTMLElement, data: Budget, view: View, go: Go): void {
  const deepest = data.parent?.length ?? 0;
  const below = LEVELS.filter((level, position) =>
    level === "organisation"
      ? deepest > 0
      : (position + 1) * 2 > deepest && !(deepest === 0 && level === "tambon"),
  );
  replaceChildren(
    target,
    below.map((level) => {
      const here: Record<string, string> = level === view.level ? { "aria-current": "true" } : {};
      return link({ ...view, level, selected: null }, go, { "data-level": level, ...here }, t(level));
    }),
  );
}
