/** Short news at the bottom left, six seconds; errors are never told this way. */

const SHOWN_MS = 6000;

export interface ToastAction {
  readonly label: string;
  readonly act: () => void;
}

function leaveLater(element: HTMLElement): void {
  let timer = setTimeout(() => element.remove(), SHOWN_MS);
  // Whoever wants to see what lies beneath it, such as the first column of a table, sends it away.
  element.addEventListener("click", (event) => {
    if (event.target === element) element.remove();
  });
  // Whoever reads or is about to press needs the time.
  for (const stop of ["pointerenter", "focusin"]) element.addEventListener(stop, () => clearTimeout(timer));
  for (const go of ["pointerleave", "focusout"])
    element.addEventListener(go, () => {
      clearTimeout(timer);
      timer = setTimeout(() => element.remove(), SHOWN_MS);
    });
}

/** `toast("ส่งตรวจแล้ว ใบรับเลขที่ R-7F3K-2091", { label: "เลิกทำ", act: undo })` */
export function toast(text: string, action?: ToastAction): void {
  const region = document.getElementById("toasts");
  if (!region) return;
  const element = document.createElement("div");
  element.className = "toast";
  element.append(document.createTextNode(text));
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = action.label;
    button.addEventListener("click", () => {
      element.remove();
      action.act();
    });
    element.append(button);
  }
  region.append(element);
  leaveLater(element);
}

/** Toasts that came with the page leave like the others. */
export function watchToasts(): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-toast]")) leaveLater(element);
}
