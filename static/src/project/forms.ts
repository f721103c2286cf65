/** Forms of money: the open amount follows what is paid for, and instalments are added up as they are typed. */

import { decimal } from "../format";
import { t } from "./texts";

const THAI_ZERO = 0x0e50;

/** An amount as people type it, in satang; nothing of what is no amount. */
export function satang(text: string): number | null {
  const plain = text
    .replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - THAI_ZERO))
    .replace(/[,\s]|บาท/g, "");
  return /^\d+(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : null;
}

function installOpenAmount(): void {
  for (const select of document.querySelectorAll<HTMLSelectElement>("select[data-fills]")) {
    const amount = document.getElementById(select.dataset["fills"] ?? "");
    if (!(amount instanceof HTMLInputElement)) continue;
    // What the person typed themselves stays.
    let offered = amount.value;
    select.addEventListener("change", () => {
      if (amount.value !== offered && amount.value.trim()) return;
      offered = select.selectedOptions[0]?.dataset["open"] ?? "";
      amount.value = offered;
    });
  }
}

function installSum(): void {
  const table = document.querySelector<HTMLTableElement>("table[data-sum-to]");
  const sum = table?.querySelector("[data-sum]");
  const left = table?.querySelector("[data-sum-left]");
  if (!table || !sum || !left) return;
  left.setAttribute("aria-live", "polite");
  const whole = Math.round(Number(table.dataset["sumTo"]) * 100);
  const add = () => {
    const amounts = [...table.querySelectorAll<HTMLInputElement>('input[name$="-amount_baht"]')];
    const total = amounts.reduce((before, input) => before + (satang(input.value) ?? 0), 0);
    sum.textContent = decimal(total / 100, 2);
    const rest = whole - total;
    left.textContent =
      rest === 0
        ? t("sum_whole")
        : t(rest > 0 ? "sum_short" : "sum_over", { baht: decimal(Math.abs(rest) / 100, 2) });
  };
  table.addEventListener("input", add);
  add();
}

/** Percent as people type them (0.10, ๐.๑๐ %); nothing of what is none. */
export function percent(text: string): number | null {
  const plain = text
    .replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - THAI_ZERO))
    .replace(/[,\s%]/g, "");
  return /^\d+(\.\d+)?$/.test(plain) && Number(plain) <= 100 ? Number(plain) : null;
}

/** Satang that a delay costs: days, and percent of the contract or satang a day; nothing while one is missing. */
export function penaltySatang(
  contractSatang: number,
  days: number | null,
  rate: number | null,
  perDaySatang: number | null,
): number | null {
  if (days === null) return null;
  // Percent in whole ten-thousandths, so that nothing of the satang is lost to binary fractions.
  if (rate !== null) return Math.round((contractSatang * Math.round(rate * 10_000) * days) / 1_000_000);
  return perDaySatang === null ? null : perDaySatang * days;
}

/** The amount follows the days and the rate until the person types another one. */
function installPenalty(): void {
  const place = document.querySelector<HTMLElement>("[data-penalty-of]");
  const words = place?.querySelector("[data-penalty-words]");
  const [days, rate, perDay, amount] = ["days", "rate_percent", "per_day_baht", "amount_baht"].map((name) =>
    document.getElementById(`f-${name}`),
  );
  if (!place || !(days instanceof HTMLInputElement) || !(rate instanceof HTMLInputElement)) return;
  if (!(perDay instanceof HTMLInputElement) || !(amount instanceof HTMLInputElement)) return;
  place.querySelector("[name=compute]")?.remove();
  const whole = Math.round(Number(place.dataset["penaltyOf"]) * 100);
  const counted = (text: string): number | null => {
    const read = satang(text);
    return read === null || read % 100 ? null : read / 100;
  };
  let offered = amount.value;
  const show = (): void => {
    const found = penaltySatang(whole, counted(days.value), percent(rate.value), satang(perDay.value));
    if (found === null) return;
    const text = decimal(found / 100, 2);
    if (words) words.textContent = t("penalty", { baht: text });
    if (amount.value !== offered && amount.value.trim()) return;
    offered = text;
    amount.value = text;
  };
  for (const input of [days, rate, perDay]) input.addEventListener("input", show);
}

/** A form that was opened by its address is typed into at once; one that was refused tells why first. */
function focusForm(): void {
  const form = document.getElementById("form");
  const problems = form?.querySelector<HTMLElement>(".form-problems");
  if (problems) {
    problems.tabIndex = -1;
    problems.focus();
  } else if (form && location.hash === "#form") {
    const first = form.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea");
    first?.focus({ preventScroll: true });
  }
}

function installFocus(): void {
  // Going to the part of the page that the address names takes the focus away, and does so after loading at the latest.
  const later = () => setTimeout(focusForm);
  if (document.readyState === "complete") later();
  else addEventListener("load", later, { once: true });
}

export function installMoneyForms(): void {
  installFocus();
  installOpenAmount();
  installSum();
  installPenalty();
}
