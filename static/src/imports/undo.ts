/** Taking an accepted import back as a whole: asked first, refused with a list where others have built upon it. */

import { ApiProblem, api } from "../api/client";
import { decimal } from "../format";
import { ask } from "../panels/dialog";
import { byId, h, replaceChildren } from "../panels/dom";
import { t } from "./texts";

const LISTED = 20;

export function prepareUndo(button: HTMLButtonElement): void {
  button.addEventListener("click", async () => {
    const answer = await ask({
      title: t("undo_title"),
      text: t("undo_text", {
        created: decimal(Number(button.dataset.created)),
        recorded: decimal(Number(button.dataset.recorded)),
      }),
      safe: t("keep_import"),
      act: t("undo_act"),
      destructive: true,
    });
    if (answer === null) return;
    button.disabled = true;
    try {
      await api.post(`/api/v1/imports/${button.dataset.batch}/undo`);
      location.reload();
    } catch (error) {
      button.disabled = false;
      if (!(error instanceof ApiProblem)) throw error;
      const lines = error.errors.slice(0, LISTED).map((one) => h("li", {}, one.message));
      replaceChildren(
        byId("undo-problems"),
        h("div", { class: "note note-bad" }, error.detail, h("ul", {}, ...lines)),
      );
    }
  });
}
