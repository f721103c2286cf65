/** One answer for all rows that say the same: what cells with a problem say, each with a place for what they shall say. */

import { ApiProblem, api } from "../api/client";
import { decimal } from "../format";
import { h } from "../panels/dom";
import type { Batch, FieldInfo, PageData } from "./state";
import { t } from "./texts";

interface Said {
  readonly field: string;
  readonly text: string;
  readonly rows: number;
}

/** Opens the dialog; resolves with the number of rows mended, 0 when it was left as it was. */
export async function mendAll(data: PageData, code: string, title: string): Promise<number> {
  const base = `/api/v1/imports/${data.batch.id}`;
  const { items } = await api.get<{ items: Said[] }>(`${base}/problems/${encodeURIComponent(code)}/texts`);
  const known = items.filter((said) => data.fields.some((field) => field.name === said.field));
  return new Promise((resolve) => {
    let mended = 0;
    const inputs = known.map((said, n) => ({
      said,
      input: answer(said, data.fields.find((field) => field.name === said.field) as FieldInfo, n),
    }));
    const note = h("p", { class: "note note-bad", role: "alert", hidden: true });
    const send = h("button", { class: "btn btn-primary", disabled: true }, t("mend_all", { n: 0 }));
    const chosen = () => inputs.filter(({ input }) => input.value.trim() !== "");
    const form = h(
      "form",
      { method: "dialog", class: "mend-all" },
      h(
        "ul",
        { class: "plain" },
        inputs.map(({ said, input }, n) => line(said, input, n, data.fields)),
      ),
      note,
      h(
        "div",
        { class: "dialog-foot" },
        h("button", { type: "button", class: "btn", onclick: () => dialog.close() }, t("leave")),
        send,
      ),
    );
    const dialog = h(
      "dialog",
      { class: "dialog", "aria-labelledby": "mend-title" },
      h("h2", { id: "mend-title" }, title),
      h("p", {}, t("mend_all_text")),
      form,
    );
    form.addEventListener("input", () => {
      const n = chosen().reduce((sum, { said }) => sum + said.rows, 0);
      send.textContent = t("mend_all", { n: decimal(n) });
      send.disabled = n === 0;
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      send.disabled = true;
      try {
        for (const { said, input } of chosen()) {
          const body = { code, field: said.field, text: said.text, value: input.value };
          mended += (await api.patch<{ rows: number; import: Batch }>(`${base}/rows`, body)).rows;
          input.value = ""; // done: another try sends what is left
        }
        dialog.close();
      } catch (error) {
        note.hidden = false;
        note.textContent = error instanceof ApiProblem ? error.detail : t("failed");
        send.disabled = false;
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(mended);
    });
    document.body.append(dialog);
    dialog.showModal();
    inputs[0]?.input.focus();
  });
}

function answer(said: Said, field: FieldInfo, n: number): HTMLInputElement | HTMLSelectElement {
  const attributes = { id: `mend-${n}`, "aria-describedby": `mend-said-${n}` };
  return field.choices
    ? h(
        "select",
        { ...attributes, class: "select" },
        h("option", { value: "" }, t("choose")),
        ...field.choices.map(([code, name]) => h("option", { value: code }, name)),
      )
    : h("input", {
        ...attributes,
        class: "input",
        maxlength: 2000,
        placeholder: said.text,
        autocomplete: "off",
      });
}

function line(said: Said, input: HTMLElement, n: number, fields: readonly FieldInfo[]): HTMLElement {
  const field = fields.find((one) => one.name === said.field)?.title ?? said.field;
  return h(
    "li",
    {},
    h(
      "label",
      { class: "label", for: `mend-${n}` },
      field,
      " ",
      h(
        "span",
        { id: `mend-said-${n}` },
        t("mend_said", { text: said.text || t("nothing"), n: decimal(said.rows) }),
      ),
    ),
    input,
  );
}
