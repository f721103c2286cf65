/** Works at the same place as the drawing: a card each, with the answers that are kept at once. */

import { DUPLICATE_ANSWERS, type DuplicateAnswer, type Neighbour } from "../api/types";
import { decimal, metres, shortOrganisation, thaiMoment } from "../format";
import { icon } from "../shell/icons";
import { t } from "../workbench/editortexts";
import { h, keepFocus, replaceChildren } from "./dom";

export class OverlapsSection {
  readonly element = h("section", { class: "wb-section", hidden: true });
  private shown: readonly Neighbour[] = [];
  /** Cards whose answer is being changed, and what went wrong with one. */
  private readonly changing = new Set<string>();
  private readonly refused = new Map<string, string>();

  constructor(
    private readonly answer: (project: string, answer: DuplicateAnswer) => Promise<string | null>,
  ) {}

  get unanswered(): number {
    return this.shown.filter(({ answer }) => answer === null).length;
  }

  update(neighbours: readonly Neighbour[]): void {
    this.shown = neighbours;
    this.draw();
  }

  private draw(): void {
    this.element.hidden = this.shown.length === 0;
    keepFocus(this.element, () =>
      replaceChildren(
        this.element,
        h(
          "div",
          { class: "wb-section-head" },
          h("h3", {}, t("overlaps"), h("span", { class: "count" }, this.shown.length)),
        ),
        this.shown.map((one) => this.card(one)),
      ),
    );
  }

  private card(one: Neighbour): HTMLElement {
    const organisation = shortOrganisation(one.organisation_name);
    const away = metres(one.distance_m, 0);
    const head =
      one.shared_share > 0
        ? t("overlap_head", { away, share: Math.round(100 * one.shared_share), organisation })
        : t("overlap_near", { away, organisation });
    const facts = [
      one.fiscal_year_be && t("overlap_year", { year: one.fiscal_year_be }),
      one.shared_m > 0 && metres(one.shared_m, 0),
      one.money_baht && `${decimal(one.money_baht)} บ.`,
    ].filter(Boolean);
    const url = one.url ?? `/projects/${encodeURIComponent(one.project)}`;
    const refused = this.refused.get(one.project);
    return h(
      "article",
      { class: "overlap-card", "data-project": one.project },
      h(
        "div",
        { class: "overlap-head" },
        icon("warning", 18),
        h("b", {}, head),
        h("a", { href: url, target: "_blank", rel: "noopener" }, t("overlap_open")),
      ),
      h("p", { lang: "th", class: "clamp-2", title: one.name }, one.name),
      h("p", { class: "hint" }, [t("overlap_class", { title: one.title }), ...facts].join(" · ")),
      one.reasons.length > 0 &&
        h(
          "details",
          { class: "overlap-why" },
          h("summary", {}, t("overlap_why")),
          h(
            "ul",
            {},
            one.reasons.map((reason) => h("li", {}, reason)),
          ),
        ),
      one.answer !== null && !this.changing.has(one.project) ? this.said(one) : this.ask(one),
      refused !== undefined && h("p", { class: "field-error", role: "alert" }, refused),
    );
  }

  private said(one: Neighbour): HTMLElement {
    const words = t("overlap_answered", {
      answer: t(`answer_${one.answer as DuplicateAnswer}`),
      who: one.answered_by ?? "",
      when: one.answered_at ? thaiMoment(one.answered_at) : "",
    });
    return h(
      "p",
      { class: "overlap-said" },
      icon("check", 16),
      h("span", {}, words),
      one.status !== "confirmed" &&
        h(
          "button",
          {
            type: "button",
            class: "wb-link",
            "data-key": `change-${one.project}`,
            onclick: () => {
              this.changing.add(one.project);
              this.draw();
            },
          },
          t("overlap_change"),
        ),
    );
  }

  private ask(one: Neighbour): HTMLElement {
    return h(
      "div",
      { role: "group", "aria-label": t("overlap_ask") },
      h("p", {}, t("overlap_ask")),
      h(
        "div",
        { class: "overlap-answers" },
        DUPLICATE_ANSWERS.map((answer) =>
          h(
            "button",
            {
              type: "button",
              class: "btn btn-sm",
              "data-key": `${answer}-${one.project}`,
              "aria-pressed": one.answer === answer ? "true" : "false",
              onclick: () => void this.send(one, answer),
            },
            t(`answer_${answer}`),
          ),
        ),
      ),
    );
  }

  private async send(one: Neighbour, answer: DuplicateAnswer): Promise<void> {
    const refused = await this.answer(one.project, answer);
    if (refused === null) {
      this.refused.delete(one.project);
      this.changing.delete(one.project);
    } else {
      this.refused.set(one.project, refused);
      this.draw();
    }
  }
}
