/** The budget desk is pages of the server; scripts only add: a live sum, choosing all rows, filters that go at once. */

import "../styles/desk.css";
import "../styles/evaluations.css";
import { decimal } from "../format";
import { type Sums, signedSatang, sumsOf } from "./sums";

const baht = (satang: number): string => `${satang < 0 ? "−" : ""}${decimal(Math.abs(satang) / 100, 2)}`;

/** A transfer: in, out and the difference, which has to be nothing. */
function installTransfer(form: HTMLFormElement): void {
  const inputs = [...form.querySelectorAll<HTMLInputElement>("[data-amount]")];
  const sum = form.querySelector<HTMLElement>(".desk-sum");
  const words = form.querySelector<HTMLElement>("[data-sum-words]");
  const pools = [...form.querySelectorAll<HTMLElement>("[data-pool]")];
  const fill = (place: HTMLElement, mark: string, { given, taken }: Sums): void => {
    for (const [name, satang] of Object.entries({ given, taken, difference: given - taken })) {
      const figure = place.querySelector(`[${mark}="${name}"]`);
      if (figure) figure.textContent = baht(satang);
    }
  };
  // Each fund outside the ordinance sums to zero by itself; its line is told when anything of it moves.
  const showPools = (): boolean => {
    let [mixed, outside] = [false, false];
    for (const line of pools) {
      const mine = inputs.filter((input) => (input.dataset.inPool ?? "") === line.dataset.pool);
      const sums = sumsOf(mine.map((input) => input.value));
      fill(line, "data-pool-sum", sums);
      line.hidden = sums.given === 0 && sums.taken === 0;
      line.dataset.off = String(sums.given !== sums.taken);
      mixed ||= sums.given !== sums.taken;
      outside ||= !line.hidden && line.dataset.pool !== "";
    }
    const list = form.querySelector<HTMLElement>("[data-pools]");
    if (list) list.hidden = !outside;
    return mixed;
  };
  const show = (): void => {
    const { given, taken } = sumsOf(inputs.map((input) => input.value));
    fill(form, "data-sum", { given, taken });
    const mixed = showPools();
    const balanced = given === taken && given > 0 && !mixed;
    if (sum) sum.dataset.balanced = String(balanced);
    const state = balanced ? "balancedWords" : given === taken && mixed ? "mixedWords" : "openWords";
    const said = words?.dataset[state] ?? "";
    if (words && words.textContent !== said) words.textContent = said;
    for (const input of inputs) input.closest("tr")?.classList.toggle("selected", input.value.trim() !== "");
  };
  form.addEventListener("input", show);
  show();
}

/** Rows to choose from: all of a table at once, and how many there are. */
function installChoosing(form: HTMLFormElement): void {
  const boxes = [...form.querySelectorAll<HTMLInputElement>("[data-chosen]")];
  const words = form.querySelector<HTMLElement>("[data-chosen-words]");
  const amountOf = (box: HTMLInputElement): number => {
    const input = document.getElementById(box.dataset.amountOf ?? "");
    return input instanceof HTMLInputElement ? (signedSatang(input.value) ?? 0) : 0;
  };
  const show = (): void => {
    const chosen = boxes.filter((box) => box.checked);
    for (const box of boxes) box.closest("tr")?.classList.toggle("selected", box.checked);
    if (!words) return;
    const total = chosen.reduce((all, box) => all + amountOf(box), 0);
    words.textContent =
      chosen.length === 0
        ? (words.dataset.noneWords ?? "")
        : (words.dataset.chosenWords ?? "")
            .replace("{n}", decimal(chosen.length))
            .replace("{baht}", baht(total));
  };
  for (const all of form.querySelectorAll<HTMLInputElement>("[data-choose-all]")) {
    all.hidden = false;
    const mine = boxes.filter((box) => box.dataset.chosen === all.dataset.chooseAll);
    all.addEventListener("change", () => {
      for (const box of mine) box.checked = all.checked;
      show();
    });
  }
  form.addEventListener("input", (event) => {
    // Whoever types an amount wants the row.
    const input = event.target;
    const box = input instanceof HTMLInputElement && boxes.find((one) => one.dataset.amountOf === input.id);
    if (box) box.checked = true;
    show();
  });
  show();
}

/** What was typed and not saved is not lost to another button or a link without a question. */
function installUnsaved(form: HTMLFormElement): void {
  let typed = false;
  form.addEventListener("input", () => {
    typed = true;
  });
  form.addEventListener("submit", () => {
    typed = false;
  });
  addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-unsaved]")) installUnsaved(form);
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-transfer]")) installTransfer(form);
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-choosing]")) installChoosing(form);
for (const select of document.querySelectorAll<HTMLSelectElement>("select[data-go]"))
  select.addEventListener("change", () => select.form?.requestSubmit());
