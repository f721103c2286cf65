/** How the budget map writes its values: millions on map and chart, whole baht in the table. */

import { decimal } from "../format";
import type { BudgetRow, Measure, ValueClass } from "./model";
import { t } from "./texts";

export function isMoney(measure: Measure): boolean {
  return measure === "budget" || measure === "disbursed";
}

/** A value as map, chart and card write it. */
export function short(value: number | null, measure: Measure): string {
  if (value === null) return "–";
  return isMoney(measure) ? decimal(value / 1_000_000, 1) : decimal(value);
}

/** A bound exactly, with as many decimals as it has. */
function bound(value: number, measure: Measure): string {
  const shown = isMoney(measure) ? value / 1_000_000 : value;
  const text = String(Number(shown.toPrecision(12)));
  return decimal(shown, text.includes(".") ? (text.split(".")[1]?.length ?? 0) : 0);
}

/** Bounds of a class; the highest and the lowest are open, whole numbers end one below the next class. */
export function classText(classes: readonly ValueClass[], position: number, measure: Measure): string {
  const one = classes[position];
  if (!one) return "";
  if (one.upper === 0) return "0";
  if (one.upper === null) return t("and_more", { bound: bound(one.lower, measure) });
  const lowest = classes.findIndex((each) => each.upper !== 0);
  if (position === lowest) return t("below", { bound: bound(one.upper, measure) });
  if (measure === "count") return `${decimal(one.lower)} – ${decimal(one.upper - 1)}`;
  return `${bound(one.lower, measure)} – <${bound(one.upper, measure)}`;
}

/** Where a class begins, for the strip under a phone's map. */
export function classStart(classes: readonly ValueClass[], position: number, measure: Measure): string {
  const one = classes[position];
  if (!one) return "";
  const lowest = classes.findIndex((each) => each.upper !== 0);
  if (one.upper === 0 || (position === lowest && lowest === 0)) return "0";
  return one.upper === null ? `${bound(one.lower, measure)}+` : bound(one.lower, measure);
}

export const OUTSIDE_COLOUR = "#C4C9D4";

/** Fill of a row: its class, else grey outside the register; `null` = hatched, nothing is known. */
export function colourOf(row: BudgetRow, classes: readonly ValueClass[]): string | null {
  if (row.outside) return OUTSIDE_COLOUR;
  return row.class === null ? null : (classes[row.class]?.colour ?? null);
}
