/** What reviewers said of this project: a list beside the drawing, those of a place as signs on the map too. */

import { ApiProblem, api } from "../api/client";
import type { Position } from "../draw/drawing";
import { thaiMoment } from "../format";
import type { Comments, ReviewComment } from "../review/state";
import { t } from "../workbench/editortexts";
import { h, keepFocus, replaceChildren } from "./dom";

export interface CommentsOptions {
  readonly project: string;
  readonly go: (position: Position) => void;
  readonly signs: (positions: readonly Position[]) => void;
}

export class CommentsSection {
  readonly element = h("section", { class: "wb-section", id: "wb-comments", hidden: true });

  constructor(private readonly options: CommentsOptions) {
    void this.ask(() => api.get<Comments>(this.address));
  }

  private get address(): string {
    return `/api/v1/projects/${encodeURIComponent(this.options.project)}/comments`;
  }

  /** Without an answer (offline, or not for this person) there is nothing to show and drawing goes on. */
  private async ask(work: () => Promise<Comments>): Promise<void> {
    try {
      this.show((await work()).items.filter(({ open }) => open));
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
    }
  }

  private show(open: readonly ReviewComment[]): void {
    this.element.hidden = open.length === 0;
    this.options.signs(open.flatMap(({ place }) => (place ? [[place.lon, place.lat] as Position] : [])));
    keepFocus(this.element, () =>
      replaceChildren(
        this.element,
        h(
          "div",
          { class: "wb-section-head" },
          h("h3", {}, t("comments"), h("span", { class: "count count-bad" }, open.length)),
        ),
        h(
          "ol",
          { class: "wb-remarks" },
          open.map((one) => this.row(one)),
        ),
      ),
    );
  }

  private row(one: ReviewComment): HTMLElement {
    const { place } = one;
    const vertex =
      place?.segment && place.vertex
        ? t("comment_vertex", { segment: place.segment, vertex: place.vertex })
        : (one.field_name ?? t("comment_whole"));
    const words = h(
      "span",
      { lang: "th" },
      one.text,
      h("small", { class: "hint" }, `${vertex} · ${one.by} · ${thaiMoment(one.at)}`),
    );
    return h(
      "li",
      { class: "wb-problem" },
      h("span", { class: "wb-sign wb-sign-warning" }, h("b", {}, "!")),
      place
        ? h(
            "button",
            {
              type: "button",
              class: "wb-problem-text",
              "data-key": `comment-${one.id}`,
              onclick: () => this.options.go([place.lon, place.lat]),
            },
            words,
          )
        : h("span", { class: "wb-problem-text" }, words),
      one.may_answer &&
        h(
          "button",
          {
            type: "button",
            class: "btn btn-sm",
            "data-key": `answer-${one.id}`,
            onclick: () => void this.ask(() => api.post<Comments>(`${this.address}/${one.id}/answer`, {})),
          },
          t("comment_done"),
        ),
    );
  }
}
