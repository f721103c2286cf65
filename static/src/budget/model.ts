/** The view of the budget map: what the server says, and the address that opens it again. Pure. */

import { withQuery } from "../api/client";

export const LEVELS = ["province", "amphoe", "tambon", "organisation"] as const;
export const MEASURES = ["budget", "disbursed", "count", "per_head"] as const;
export const METHODS = ["natural_breaks", "quantiles"] as const;
export const FILTERS = ["fiscal_year", "kind", "status", "fund_source", "strategy"] as const;
export type Level = (typeof LEVELS)[number];
export type Measure = (typeof MEASURES)[number];
export type Method = (typeof METHODS)[number];
export type FilterName = (typeof FILTERS)[number];
export type Filters = Readonly<Record<FilterName, readonly string[]>>;

export interface BudgetRow {
  readonly code: string;
  readonly name: string;
  readonly budget_baht: number;
  readonly disbursed_baht: number;
  readonly project_count: number;
  readonly population: number | null;
  readonly per_head_baht: number | null;
  readonly value: number | null;
  readonly class: number | null;
  readonly rank: number | null;
  readonly outside: boolean;
  readonly drill: { readonly level: Level; readonly parent: string } | null;
}

export interface ValueClass {
  readonly lower: number;
  readonly upper: number | null;
  readonly colour: string;
  readonly count: number;
}

export interface Budget {
  readonly measure: Measure;
  readonly method: Method;
  readonly level: Level;
  readonly parent: string | null;
  readonly path: readonly {
    readonly code: string;
    readonly level: Level;
    readonly name: string;
    readonly fictional: boolean;
  }[];
  readonly filters: Readonly<Record<FilterName, readonly (string | number)[]>>;
  readonly rows: readonly BudgetRow[];
  readonly total: {
    readonly budget_baht: number;
    readonly disbursed_baht: number;
    readonly project_count: number;
    readonly population: number | null;
    readonly per_head_baht: number | null;
  };
  readonly unplaced: {
    readonly budget_baht: number;
    readonly disbursed_baht: number;
    readonly project_count: number;
  };
  readonly average: number | null;
  readonly classes: readonly ValueClass[];
  readonly years: readonly number[];
  readonly data_as_of: string | null;
  readonly population_year_be: number | null;
}

export type SortKey = "rank" | "name" | "per_head" | "budget" | "disbursed" | "share" | "count";

/** Everything that the address holds. */
export interface View {
  readonly level: Level;
  readonly parent: string | null;
  readonly measure: Measure;
  readonly method: Method;
  readonly classes: number;
  readonly filters: Filters;
  readonly selected: string | null;
  readonly sort: SortKey;
  readonly ascending: boolean;
}

const ALL_YEARS = "all";
const CLASSES = 6;
const SORTS: readonly SortKey[] = ["rank", "name", "per_head", "budget", "disbursed", "share", "count"];

/** What the server made of the address it was given, defaults included; the rest is the browser's own. */
export function viewOf(data: Budget, search: string): View {
  const params = new URLSearchParams(search);
  const sort = params.get("sort") ?? "rank";
  const key = (sort.startsWith("-") ? sort.slice(1) : sort) as SortKey;
  const filters = Object.fromEntries(FILTERS.map((name) => [name, data.filters[name].map(String)]));
  return {
    level: data.level,
    parent: data.parent,
    measure: data.measure,
    method: data.method,
    classes: Number(params.get("classes") ?? CLASSES) || CLASSES,
    filters: filters as unknown as Filters,
    selected: params.get("selected"),
    sort: SORTS.includes(key) ? key : "rank",
    ascending: !sort.startsWith("-"),
  };
}

/** The view of an address that this page wrote: nothing is guessed, an absent filter narrows nothing. */
export function viewFrom(search: string): View {
  const params = new URLSearchParams(search);
  const pick = <T extends string>(name: string, allowed: readonly T[], usual: T): T => {
    const given = params.get(name) as T | null;
    return given !== null && allowed.includes(given) ? given : usual;
  };
  const sort = params.get("sort") ?? "rank";
  const many = (name: string): string[] =>
    params
      .getAll(name)
      .flatMap((text) => text.split(","))
      .filter((text) => text !== "" && text !== ALL_YEARS);
  const filters = Object.fromEntries(FILTERS.map((name) => [name, many(name)]));
  return {
    level: pick("level", LEVELS, "province"),
    parent: params.get("parent") || null,
    measure: pick("measure", MEASURES, "budget"),
    method: pick("method", METHODS, "natural_breaks"),
    classes: Number(params.get("classes") ?? CLASSES) || CLASSES,
    filters: filters as unknown as Filters,
    selected: params.get("selected"),
    sort: pick(
      "sort",
      SORTS.flatMap((key) => [key, `-${key}`]),
      "rank",
    ).replace("-", "") as SortKey,
    ascending: !sort.startsWith("-"),
  };
}

/** Address of a view; what is as usual is left out, the year never is. */
export function addressOf(view: View): string {
  return withQuery("/budget", {
    level: view.level,
    parent: view.parent,
    measure: view.measure === "budget" ? null : view.measure,
    method: view.method === "natural_breaks" ? null : view.method,
    classes: view.classes === CLASSES ? null : view.classes,
    ...view.filters,
    fiscal_year: view.filters.fiscal_year.length > 0 ? view.filters.fiscal_year : ALL_YEARS,
    selected: view.selected,
    sort: view.sort === "rank" ? null : `${view.ascending ? "" : "-"}${view.sort}`,
  });
}

/** Where the figures of a view come from. */
export function dataAddress(view: View): string {
  return withQuery("/api/v1/budget", {
    level: view.level,
    parent: view.parent,
    measure: view.measure,
    method: view.method,
    classes: view.classes,
    ...view.filters,
  });
}

/** Where the rows of a view can be taken away. */
export function fileAddress(view: View, format: string): string {
  return dataAddress(view).replace("/api/v1/budget?", `/api/v1/budget/file?format=${format}&`);
}

/** No project at all: there is nothing to rank, class or draw. */
export function isEmpty(data: Budget): boolean {
  return data.total.project_count === 0 && data.unplaced.project_count === 0;
}

/** The view without what narrows it; the years stay while anything else did. */
export function cleared(view: View): View {
  const none: Filters = { fiscal_year: [], kind: [], status: [], fund_source: [], strategy: [] };
  const beside = FILTERS.some((name) => name !== "fiscal_year" && view.filters[name].length > 0);
  return { ...view, filters: beside ? { ...none, fiscal_year: view.filters.fiscal_year } : none };
}

/** Figures are another request, the selection and the order are not. */
export function sameFigures(a: View, b: View): boolean {
  return dataAddress(a) === dataAddress(b);
}

/** The list with the very projects behind a number: of one place, or of the whole view. */
export function rowsAddress(view: View, code: string | null): string {
  const place =
    code === null
      ? { area: view.parent }
      : view.level === "organisation"
        ? { organisation: code, area: view.parent }
        : { area: code };
  return withQuery("/projects", { ...place, ...view.filters });
}

/** The projects under the parent whose area is not known down to the level shown. */
export function unplacedAddress(view: View): string {
  return withQuery("/projects", { area: view.parent, area_missing: view.level, ...view.filters });
}

export function share(row: { readonly disbursed_baht: number; readonly budget_baht: number }): number | null {
  return row.budget_baht > 0 ? (row.disbursed_baht / row.budget_baht) * 100 : null;
}

const KEYS: Readonly<Record<Exclude<SortKey, "name">, (row: BudgetRow) => number | null>> = {
  rank: (row) => row.value,
  per_head: (row) => row.per_head_baht,
  budget: (row) => (row.outside ? null : row.budget_baht),
  disbursed: (row) => (row.outside ? null : row.disbursed_baht),
  share,
  count: (row) => (row.outside ? null : row.project_count),
};

/** Rows in the order of the table: numbers start with the largest, unknown ones always stand last. */
export function sorted(rows: readonly BudgetRow[], key: SortKey, ascending: boolean): BudgetRow[] {
  const direction = ascending ? 1 : -1;
  if (key === "name") {
    return [...rows].sort((a, b) => direction * a.name.localeCompare(b.name, "th"));
  }
  const of = KEYS[key];
  return [...rows].sort((a, b) => {
    const [x, y] = [of(a), of(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return direction * (y - x) || a.code.localeCompare(b.code);
  });
}
