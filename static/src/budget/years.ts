/** The year slider: a native range with the year in words, and a button that plays one year after the other. */

import { h, replaceChildren } from "../panels/dom";
import { icon } from "../shell/icons";
import { t } from "./texts";

const STEP_MS = 1400;
/** So many words fit beside each other under the slider, on a phone too. */
const WORDS = 7;

/** Positions of the years that are written: the last, every second or third before it, and the chosen one alone. */
export function writtenTicks(count: number, chosen: number): number[] {
  const every = Math.max(1, Math.ceil(count / WORDS));
  return Array.from({ length: count }, (_, index) => index).filter(
    (index) =>
      index === chosen ||
      ((count - 1 - index) % every === 0 && (chosen === -1 || Math.abs(index - chosen) >= every)),
  );
}

export class Years {
  private years: readonly number[] = [];
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly range = h("input", { type: "range", min: 0, step: 1, "aria-label": t("years_label") });
  private readonly ticks = h("div", { class: "year-ticks", "aria-hidden": "true" });
  private readonly button = h("button", {
    type: "button",
    class: "btn btn-icon",
    onclick: () => this.toggle(),
  });

  constructor(
    target: HTMLElement,
    private readonly choose: (year: number) => void,
  ) {
    this.range.addEventListener("input", () => {
      this.stop();
      this.take(Number(this.range.value));
    });
    replaceChildren(
      target,
      this.button,
      h("span", { class: "years-word" }, t("years_label")),
      h("div", { class: "year-range" }, this.range, this.ticks),
    );
    this.face();
  }

  show(years: readonly number[], chosen: readonly string[]): void {
    this.years = years;
    const position = chosen.length === 1 ? years.indexOf(Number(chosen[0])) : -1;
    this.range.max = String(Math.max(years.length - 1, 0));
    this.range.disabled = this.button.disabled = years.length < 2;
    this.range.value = String(position === -1 ? years.length - 1 : position);
    this.range.dataset.none = String(position === -1);
    this.words(position);
    replaceChildren(
      this.ticks,
      writtenTicks(years.length, position).map((index) => {
        const tick = h("span", { class: index === position ? "chosen" : null }, years[index] ?? "");
        tick.style.left = `${(100 * index) / Math.max(years.length - 1, 1)}%`;
        return tick;
      }),
    );
    this.range.style.setProperty(
      "--done",
      `${(100 * Math.max(position, 0)) / Math.max(years.length - 1, 1)}%`,
    );
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.face();
  }

  private take(position: number): void {
    const year = this.years[position];
    if (year === undefined) return;
    this.words(position);
    this.choose(year);
  }

  private words(position: number): void {
    const year = this.years[position];
    this.range.setAttribute("aria-valuetext", year === undefined ? t("all_years") : t("year_full", { year }));
  }

  /** Nothing moves by itself for those who asked for no motion: each press is one year. */
  private toggle(): void {
    if (this.timer !== undefined) {
      this.stop();
      return;
    }
    const next = (): void => {
      const position = (Number(this.range.value) + 1) % this.years.length;
      this.range.value = String(position);
      this.take(position);
      if (position === this.years.length - 1) this.stop();
    };
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      next();
      return;
    }
    this.timer = setInterval(next, STEP_MS);
    this.face();
    next();
  }

  private face(): void {
    const playing = this.timer !== undefined;
    const label = t(playing ? "pause" : "play");
    this.button.setAttribute("aria-label", label);
    this.button.title = label;
    replaceChildren(this.button, icon(playing ? "pause" : "play"));
  }
}
