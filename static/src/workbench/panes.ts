/** List and panel fold away with `[` and `]`, and by their buttons. */

import { byId } from "../panels/dom";
import { t } from "./texts";

function fold(pane: "list" | "panel", folded: boolean): void {
  byId("workbench").toggleAttribute(`data-${pane}-folded`, folded);
  for (const button of document.querySelectorAll<HTMLButtonElement>(`[data-fold="${pane}"]`)) {
    button.setAttribute("aria-expanded", String(!folded));
    const label = t(folded ? "expand" : "collapse");
    button.setAttribute("aria-label", label);
    button.title = label;
  }
}

/** On a narrow screen the list is a drawer while something is drawn: closed, and open again afterwards. */
export function drawerFor(editing: boolean): void {
  if (matchMedia("(min-width: 900px) and (max-width: 1199px)").matches) fold("list", editing);
}

export function toggleFold(pane: "list" | "panel"): void {
  fold(pane, !byId("workbench").hasAttribute(`data-${pane}-folded`));
}

export function bindPanels(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-fold]")) {
    button.addEventListener("click", () => toggleFold(button.dataset.fold as "list" | "panel"));
  }
}
