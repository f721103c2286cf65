/** Pages with an editable sheet. */

import "../styles/grid.css";
import { ApiProblem, api } from "../api/client";
import { byId, h, replaceChildren } from "../panels/dom";
import { sessionEnded } from "../shell/session";
import { SheetPage } from "./page";
import type { Sheet } from "./protocol";
import { t } from "./texts";

/** Fetch the sheet and put it on its page; what went wrong is said with a way to try again. */
async function openSheet(root: HTMLElement): Promise<void> {
  const address = root.dataset.sheet ?? "";
  const failure = byId("sheet-empty");
  try {
    const sheet = await api.get<Sheet>(address);
    failure.hidden = true;
    new SheetPage(root, sheet, address);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.expired) sessionEnded();
    const again = h(
      "button",
      { type: "button", class: "btn", onclick: () => void openSheet(root) },
      t("try_again"),
    );
    replaceChildren(failure, h("p", {}, t("load_failed", { detail: error.detail })), again);
    failure.hidden = false;
  }
}

const root = document.getElementById("sheet");
if (root) void openSheet(root);
