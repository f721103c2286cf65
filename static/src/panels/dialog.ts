/** Dialogs for deleting, sending and giving up work: the safe button comes first and Esc is the safe answer. */

import { h } from "./dom";

export interface Question {
  readonly title: string;
  readonly text: string;
  readonly safe: string;
  readonly act: string;
  readonly destructive?: boolean;
  /** Label of a free text that goes with the answer. */
  readonly note?: string;
  /** What stands in it already. */
  readonly noted?: string;
  /** What is said, with the dialog still open, where the text may not be left empty. */
  readonly needed?: string;
}

/** True (or the note) when the act was chosen, null otherwise. */
export function ask(question: Question): Promise<string | null> {
  return new Promise((resolve) => {
    const note = question.note
      ? h("textarea", { class: "textarea", id: "dialog-note", rows: 2, maxlength: 500 }, question.noted)
      : null;
    const amiss = h(
      "p",
      { class: "field-error", id: "dialog-amiss", role: "alert", hidden: true },
      question.needed,
    );
    const act = (): void => {
      if (!note || !question.needed || note.value.trim() !== "") {
        dialog.close("act");
        return;
      }
      amiss.hidden = false;
      note.setAttribute("aria-invalid", "true");
      note.setAttribute("aria-describedby", "dialog-amiss");
      note.focus();
    };
    const dialog = h(
      "dialog",
      { class: "dialog", "aria-labelledby": "dialog-title", "aria-describedby": "dialog-text" },
      h("h2", { id: "dialog-title" }, question.title),
      h("p", { id: "dialog-text" }, question.text),
      note && h("label", { class: "label", for: "dialog-note" }, question.note),
      note,
      amiss,
      h(
        "div",
        { class: "dialog-foot" },
        h("button", { type: "button", class: "btn", onclick: () => dialog.close("") }, question.safe),
        h(
          "button",
          {
            type: "button",
            class: question.destructive ? "btn btn-danger-solid" : "btn btn-primary",
            onclick: act,
          },
          question.act,
        ),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "act" ? (note?.value ?? "") : null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
