/** Forms: show a password, copy a number, say that sending has begun. Without scripts the forms work as they are. */

import { t } from "./texts";
import { toast } from "./toast";

function installReveal(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-reveal]")) {
    const input = document.getElementById(button.dataset["reveal"] ?? "");
    if (!(input instanceof HTMLInputElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
    });
  }
}

function installCopy(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    const source = document.getElementById(button.dataset["copy"] ?? "");
    if (!source || !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(source.textContent?.trim() ?? "");
      toast(t("copied"));
    });
  }
}

function installBusy(): void {
  document.addEventListener("submit", (event) => {
    const button = (event as SubmitEvent).submitter;
    const label = button?.dataset["busyLabel"];
    if (!(button instanceof HTMLButtonElement) || !label) return;
    const was = [...button.childNodes];
    button.style.width = `${button.offsetWidth}px`;
    button.textContent = label;
    button.setAttribute("aria-busy", "true");
    // A page that the browser brings back as it was left is not at work.
    window.addEventListener(
      "pageshow",
      () => {
        button.replaceChildren(...was);
        button.removeAttribute("aria-busy");
        button.style.width = "";
      },
      { once: true },
    );
  });
}

function installPrint(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-print-page]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
}

export function installForms(): void {
  installPrint();
  installReveal();
  installCopy();
  installBusy();
}
