/** The list of problems: the number stands on the map too, a click goes there, the fix is beside it. */

import type { ProblemItem } from "../api/client";
import type { Drawing, Position } from "../draw/drawing";
import { icon } from "../shell/icons";
import { t } from "../workbench/editortexts";
import { h, keepFocus, replaceChildren } from "./dom";

export interface Fix {
  readonly label: string;
  readonly act: () => void;
}

export interface ShownProblem {
  readonly number: number;
  readonly isError: boolean;
  readonly message: string;
  readonly hint: string | null;
  readonly position: Position | null;
  readonly fix: Fix | null;
}

/** Where a problem is: its own place, else the vertex or the first vertex of the segment it names. */
export function problemPosition(problem: ProblemItem, drawing: Drawing): Position | null {
  const where = (problem.where ?? {}) as { lon?: number; lat?: number; segment?: number; vertex?: number };
  if (typeof where.lon === "number" && typeof where.lat === "number") return [where.lon, where.lat];
  const segment = drawing.segments[(where.segment ?? 0) - 1];
  return segment?.positions[(where.vertex ?? 1) - 1] ?? null;
}

export type CheckState = "idle" | "checking" | "unreachable";

export class ProblemsSection {
  readonly element = h("section", { class: "wb-section" });
  private shown: readonly ShownProblem[] = [];
  private at = -1;

  constructor(private readonly go: (position: Position) => void) {}

  get errors(): number {
    return this.shown.filter(({ isError }) => isError).length;
  }

  get warnings(): number {
    return this.shown.length - this.errors;
  }

  update(problems: readonly ShownProblem[], state: CheckState): void {
    this.shown = problems;
    const title = this.errors > 0 || problems.length === 0 ? "problems" : "problems_check";
    keepFocus(this.element, () =>
      replaceChildren(
        this.element,
        h(
          "div",
          { class: "wb-section-head" },
          h(
            "h3",
            {},
            t(title),
            problems.length > 0 &&
              h("span", { class: this.errors > 0 ? "count count-bad" : "count" }, problems.length),
          ),
          h("span", { class: "hint" }, state === "checking" ? t("checking") : ""),
        ),
        state === "unreachable" && h("p", { class: "hint" }, t("check_offline")),
        problems.length === 0 && state === "idle" && h("p", { class: "hint" }, t("no_problems")),
        problems.length > 0 &&
          h(
            "ol",
            { class: "wb-problems" },
            problems.map((problem) => this.row(problem)),
          ),
      ),
    );
  }

  /** F8: the next one, on the map. */
  next(): void {
    const placed = this.shown.filter(({ position }) => position !== null);
    if (placed.length === 0) return;
    this.at = (this.at + 1) % placed.length;
    const problem = placed[this.at] as ShownProblem;
    this.go(problem.position as Position);
    this.element.querySelector<HTMLElement>(`[data-key="problem-${problem.number}"]`)?.focus();
  }

  private row(problem: ShownProblem): HTMLElement {
    const { number, isError, message, hint, position, fix } = problem;
    const words = h("span", {}, message, hint && h("small", { class: "hint" }, hint));
    return h(
      "li",
      { class: "wb-problem" },
      h("span", { class: isError ? "wb-sign wb-sign-error" : "wb-sign wb-sign-warning" }, h("b", {}, number)),
      position
        ? h(
            "button",
            {
              type: "button",
              class: "wb-problem-text",
              "data-key": `problem-${number}`,
              title: t("fix_go"),
              onclick: () => this.go(position),
            },
            words,
          )
        : h("span", { class: "wb-problem-text" }, words),
      fix
        ? h(
            "button",
            { type: "button", class: "btn btn-sm", "data-key": `fix-${number}`, onclick: fix.act },
            fix.label,
          )
        : position && !isError
          ? null
          : position &&
            h(
              "button",
              {
                type: "button",
                class: "btn btn-sm",
                "data-key": `go-${number}`,
                onclick: () => this.go(position),
              },
              icon("target", 16),
              t("fix_go"),
            ),
    );
  }
}
