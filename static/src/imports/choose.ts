/** Which project a row means: those that are suggested with their reasons, another by its code, or a new one. */

import { ApiProblem, api } from "../api/client";
import { decimal } from "../format";
import { h } from "../panels/dom";
import { photoLarge } from "./photo";
import type { Batch, Match, Row } from "./state";
import { t } from "./texts";

export const NEW = "new";

/** Opens the dialog; resolves with the row as it is then, or null when it was left as it was. */
export function chooseProject(batch: number, row: Row): Promise<(Row & { readonly import: Batch }) | null> {
  return new Promise((resolve) => {
    let answer: (Row & { readonly import: Batch }) | null = null;
    const listed = row.matches.some((match) => match.project === row.project);
    const typed = h("input", {
      class: "input",
      name: "code",
      maxlength: 40,
      autocomplete: "off",
      value: row.project && !listed ? row.project : "",
      "aria-label": t("project_code"),
    });
    const note = h("p", { class: "note note-bad", role: "alert", hidden: true });
    const chosen = row.project ?? (row.choice === NEW ? NEW : "");
    const form = h(
      "form",
      { method: "dialog", class: "choose-project" },
      h(
        "div",
        { class: "choices", role: "radiogroup", "aria-labelledby": "choose-title" },
        row.matches.map((match) => option(match.project, chosen, suggestion(match))),
        option(NEW, chosen, h("strong", {}, t("new_project"))),
        option("typed", row.project && !listed ? "typed" : "", [h("span", {}, t("other_project")), typed]),
      ),
      note,
      h(
        "div",
        { class: "dialog-foot" },
        h("button", { type: "button", class: "btn", onclick: () => dialog.close() }, t("leave_choice")),
        h("button", { class: "btn btn-primary" }, t("choose_project")),
      ),
    );
    const dialog = h(
      "dialog",
      { class: "dialog dialog-wide", "aria-labelledby": "choose-title" },
      h(
        "h2",
        { id: "choose-title" },
        t("choose_title", { row: row.row, name: String(row.values.name ?? row.photo?.file_name ?? "") }),
      ),
      photoLarge(row),
      form,
    );
    typed.addEventListener("focus", () => {
      const radio = form.querySelector<HTMLInputElement>('input[value="typed"]');
      if (radio) radio.checked = true;
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const value = String(new FormData(form).get("project") ?? "");
      const project = value === "typed" ? typed.value.trim().toUpperCase() : value;
      if (!project) return;
      try {
        answer = await api.patch(`/api/v1/imports/${batch}/rows/${row.row}`, { project });
        dialog.close();
      } catch (error) {
        note.hidden = false;
        note.textContent =
          error instanceof ApiProblem ? (error.errors[0]?.message ?? error.detail) : t("failed");
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

type Child = Node | string;

function option(value: string, chosen: string, content: Child | readonly Child[]): HTMLElement {
  return h(
    "label",
    { class: "choice" },
    h("input", { type: "radio", name: "project", value, checked: value === chosen }),
    h("span", { class: "choice-text" }, ...(Array.isArray(content) ? content : [content])),
  );
}

function suggestion(match: Match): Child[] {
  return [
    h("strong", {}, match.name),
    h("span", { class: "pill" }, percent(match.score)),
    h(
      "small",
      {},
      `${match.project} · ${t("match_line", { year: match.fiscal_year_be, baht: decimal(match.budget_baht) })} · ${match.reasons.join(" · ")}`,
    ),
  ];
}

export function percent(score: number): string {
  return `${Math.round(100 * score)} %`;
}
