/** The overview is a page of the server; scripts say the year while it is dragged, and print. */

import "../styles/paper.css";
import "../styles/dashboard.css";

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-print]")) print();
});

document.addEventListener("input", (event) => {
  const range = event.target;
  if (!(range instanceof HTMLInputElement) || range.id !== "dashboard-year") return;
  range.setAttribute("aria-valuetext", `${range.dataset["words"] ?? ""} ${range.value}`);
  const said = document.querySelector<HTMLOutputElement>("output[for=dashboard-year]");
  if (said) said.value = range.value;
});

// The organisation of one place is none of the next one.
document.addEventListener(
  "change",
  (event) => {
    if (!(event.target instanceof HTMLSelectElement) || event.target.id !== "dashboard-area") return;
    const organisation = document.querySelector<HTMLSelectElement>("#dashboard-organisation");
    if (organisation) organisation.value = "";
  },
  true,
);
