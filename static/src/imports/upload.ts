/** Sending a file: drag and drop, a bar that moves, problems beside the form. */

import { language } from "../i18n";
import { h, replaceChildren } from "../panels/dom";
import { t } from "./texts";

interface Refusal {
  readonly detail?: string;
  readonly errors?: readonly { readonly message: string; readonly fix?: string }[];
}

export function prepareUpload(form: HTMLFormElement): void {
  const drop = form.querySelector<HTMLElement>("#drop");
  const input = form.querySelector<HTMLInputElement>("#file");
  if (!drop || !input) return;
  for (const name of ["dragenter", "dragover"])
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer?.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
  const name = form.querySelector<HTMLOutputElement>("#file-name");
  const none = name?.textContent ?? "";
  input.addEventListener("change", () => {
    if (name) name.textContent = input.files?.[0]?.name ?? none;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}

function send(form: HTMLFormElement): void {
  const progress = form.querySelector<HTMLElement>("#upload-progress");
  const bar = form.querySelector<HTMLProgressElement>("#upload-bar");
  const text = form.querySelector<HTMLElement>("#upload-text");
  const button = form.querySelector<HTMLButtonElement>("#send");
  if (!progress || !bar || !text || !button) return;
  replaceChildren(problemsOf(form));
  progress.hidden = false;
  button.disabled = true;
  // fetch cannot tell how much of a body is sent.
  const request = new XMLHttpRequest();
  request.open("POST", form.dataset.api ?? "/api/v1/imports");
  request.responseType = "json";
  request.setRequestHeader("Accept", "application/json, application/problem+json");
  request.setRequestHeader("Accept-Language", language());
  request.setRequestHeader(
    "X-CSRFToken",
    document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "",
  );
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = total ? (100 * loaded) / total : 0;
    text.textContent = t("sending", { percent: Math.round(bar.value) });
  });
  const again = (refusal: Refusal): void => {
    progress.hidden = true;
    button.disabled = false;
    refuse(form, refusal);
  };
  request.addEventListener("load", () => {
    if (request.status < 300 && request.response?.url) {
      text.textContent = t("sent");
      location.assign(String(request.response.url));
    } else if (request.status === 413) again({ detail: t("too_large") });
    else again((request.response as Refusal | null) ?? { detail: t("failed") });
  });
  request.addEventListener("error", () => again({ detail: t("failed") }));
  request.send(new FormData(form));
}

function problemsOf(form: HTMLFormElement): Element {
  return form.querySelector("#upload-problems") as Element;
}

function refuse(form: HTMLFormElement, refusal: Refusal): void {
  const lines = refusal.errors?.length
    ? refusal.errors.map((one) => `${one.message} ${one.fix ?? ""}`.trim())
    : [refusal.detail ?? t("failed")];
  replaceChildren(
    problemsOf(form),
    h("ul", { class: "note note-bad plain" }, ...lines.map((line) => h("li", {}, line))),
  );
}
