/** The public pages are whole without a script; this adds the one thing that needs it: where the reader is. */

import "../styles/app.css";
import "../styles/public.css";
import { installForms } from "../shell/forms";
import { watchToasts } from "../shell/toast";
import { coarse } from "./position";

installForms();
watchToasts();

/** The browser asks the person; what is sent is rounded here, in the body of a form, once. */
function installNear(): void {
  const form = document.querySelector<HTMLFormElement>("#near-me");
  if (!form || !("geolocation" in navigator)) return;
  form.hidden = false;
  const problem = form.querySelector<HTMLElement>("#near-problem");
  const fail = (word: string | undefined): void => {
    if (!problem) return;
    problem.textContent = word ?? "";
    problem.hidden = false;
    form.querySelector("button")?.removeAttribute("disabled");
  };
  form.addEventListener("submit", (event) => {
    if (form.dataset["ready"]) return;
    event.preventDefault();
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const step = Number(form.dataset["step"]);
        for (const [name, value] of [
          ["lat", coords.latitude],
          ["lon", coords.longitude],
        ] as const) {
          const field = form.querySelector<HTMLInputElement>(`[name=${name}]`);
          if (field) field.value = coarse(value, step);
        }
        form.dataset["ready"] = "true";
        form.submit();
      },
      (error) => fail(problem?.dataset[error.code === error.PERMISSION_DENIED ? "refused" : "unknown"]),
      { enableHighAccuracy: false, timeout: 15_000, maximumAge: 300_000 },
    );
  });
}

installNear();
