/** The two dialogs that change how a file is read: encoding, coordinate system and layer; columns. */

import { ApiProblem, api } from "../api/client";
import { h } from "../panels/dom";

function choices(form: HTMLFormElement): Record<string, unknown> {
  const given = new FormData(form);
  if (form.dataset.change === "columns") {
    const column_map: Record<string, string | null> = {};
    for (const [name, value] of given) column_map[name] = String(value) || null;
    return { column_map };
  }
  const body: Record<string, unknown> = {};
  for (const [name, value] of given) {
    if (String(value)) body[name] = name === "epsg" ? Number(value) : String(value);
  }
  return body;
}

export function prepareChanges(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-change]")) {
    form.addEventListener("submit", async (event) => {
      const submitter = event.submitter as HTMLButtonElement | null;
      if (submitter?.value !== "change") return;
      event.preventDefault();
      submitter.disabled = true;
      try {
        await api.patch(`/api/v1/imports/${form.dataset.batch}`, choices(form));
        location.reload();
      } catch (error) {
        submitter.disabled = false;
        const text = error instanceof ApiProblem ? (error.errors[0]?.message ?? error.detail) : String(error);
        form.querySelector(".note-bad")?.remove();
        form.querySelector(".dialog-foot")?.before(h("p", { class: "note note-bad", role: "alert" }, text));
      }
    });
  }
}
