/** The line above the sheet that says what happened, or asks. */

import { byId, h, replaceChildren } from "../panels/dom";
import { t } from "./texts";

export class Notes {
  show(text: string, kind: "info" | "warn" | "bad", buttons: readonly HTMLElement[] = []): void {
    const note = byId("sheet-note");
    note.dataset.kind = kind;
    note.className = kind === "info" ? "note sheet-note" : `note note-${kind} sheet-note`;
    const close = h(
      "button",
      { type: "button", class: "btn btn-sm", onclick: () => this.clear() },
      t("close_note"),
    );
    replaceChildren(note, h("span", {}, text), buttons.length > 0 ? buttons : close);
    note.hidden = false;
  }

  clear(kind?: string): void {
    const note = byId("sheet-note");
    if (kind === undefined || note.dataset.kind === kind) note.hidden = true;
  }
}
