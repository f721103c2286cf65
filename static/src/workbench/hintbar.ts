/** Bottom left of the map: what is going on and which keys help. */

import type { DrawSession } from "../draw/session";
import { h, replaceChildren } from "../panels/dom";
import { t } from "./editortexts";

type Key = readonly [key: string, words: string];

export interface Choice {
  readonly label: string;
  readonly act: () => void;
}

export class HintBar {
  /** A question of the tool (measured length, two ends) stands until the tool changes. */
  private held: string | null = null;

  constructor(private readonly element: HTMLElement) {}

  show(session: DrawSession, cross: boolean): void {
    const key = `${session.tool}`;
    if (this.held === key) return;
    this.held = null;
    this.element.dataset.tool = session.tool;
    const [words, keys] = hint(session, cross);
    this.element.hidden = words === "";
    replaceChildren(
      this.element,
      h("b", {}, words),
      keys.map(([name, what]) => h("span", { class: "wb-key" }, h("kbd", {}, name), ` ${what}`)),
    );
  }

  say(words: string): void {
    this.held = this.element.dataset.tool ?? null;
    this.element.hidden = false;
    replaceChildren(this.element, h("b", {}, words));
  }

  choose(words: string, choices: readonly Choice[]): void {
    this.say(words);
    for (const { label, act } of choices) {
      const button = h("button", { type: "button", class: "btn btn-sm" }, label);
      button.addEventListener("click", () => {
        this.release();
        act();
      });
      this.element.append(button);
    }
    this.element.querySelector("button")?.focus();
  }

  /** The question was answered or given up. */
  release(): void {
    this.held = null;
  }

  hide(): void {
    this.release();
    this.element.hidden = true;
  }
}

function hint(session: DrawSession, cross: boolean): readonly [string, readonly Key[]] {
  const { tool, active } = session;
  const number = session.drawing.segments.findIndex(({ id }) => id === session.state.activeId) + 1;
  const leave: Key = ["Esc", t("key_cancel")];
  if (tool === "measure") return [t("hint_measure"), [leave]];
  if (tool === "ends") return [t("hint_ends"), [leave]];
  if (tool === "split") return [t("hint_split"), [leave]];
  if (tool === "point") return [t("hint_point"), [leave]];
  if (tool === "line" || tool === "polygon") {
    if (!session.state.growing)
      return [t("hint_start"), cross ? [["Enter", t("place_here")], leave] : [leave]];
    const finish: Key = [cross ? "Shift Enter" : "Enter", t("key_finish")];
    return [t("hint_line", { number }), [finish, ["Backspace", t("key_last")], leave]];
  }
  const { vertex } = session.state;
  if (vertex === null || !active) return ["", []];
  return [
    t("hint_vertex", { vertex: vertex + 1, number }),
    [
      ["Delete", t("key_delete")],
      ["← ↑ ↓ →", t("key_move")],
    ],
  ];
}
