/** The buttons and the search boxes round a sheet. */

import { debounce } from "../panels/dom";
import { t } from "./texts";

const LINES = '[data-sheet-do="insert"], [data-sheet-do="remove"]';
const WRITING = ["insert", "remove", "fill", "paste", "merge", "move"]
  .map((one) => `[data-sheet-do="${one}"]`)
  .join();

function buttons(selector: string): NodeListOf<HTMLButtonElement> {
  return document.querySelectorAll<HTMLButtonElement>(selector);
}

function searchBoxes(): NodeListOf<HTMLInputElement> {
  return document.querySelectorAll<HTMLInputElement>("[data-sheet-search]");
}

export class Toolbar {
  constructor(
    private readonly acts: Readonly<Record<string, () => void>>,
    private readonly calls: {
      /** A button of the bar was pressed: the sheet has the focus again. */
      readonly pressed: () => void;
      /** What is typed into a search box, at once and when the typing rests. */
      readonly typed: (text: string) => void;
      readonly search: (text: string) => void;
    },
  ) {
    this.wireButtons();
    this.wireSearch();
  }

  private wireButtons(): void {
    for (const button of buttons("[data-sheet-do]")) {
      button.addEventListener("click", () => {
        this.acts[button.dataset.sheetDo ?? ""]?.();
        if (button.closest(".sheet-bar")) this.calls.pressed();
      });
    }
  }

  private wireSearch(): void {
    const search = debounce(this.calls.search, 150);
    for (const box of searchBoxes())
      box.addEventListener("input", () => {
        search(box.value);
        this.calls.typed(box.value);
      });
    for (const button of document.querySelectorAll<HTMLElement>("[data-sheet-find]"))
      button.addEventListener("click", () => {
        const box = document.querySelector<HTMLInputElement>("#sheet-phone-search");
        if (!box) return;
        box.hidden = !box.hidden;
        button.setAttribute("aria-expanded", String(!box.hidden));
        if (!box.hidden) box.focus();
      });
  }

  /** What this person and this sheet have no use for is off, or not there. */
  offer({ editable, fixed, comments }: { editable: boolean; fixed: boolean; comments: boolean }): void {
    if (!editable) for (const button of buttons(WRITING)) button.disabled = true;
    for (const button of buttons('[data-sheet-do="comment"]')) button.hidden = !comments;
    if (fixed) for (const button of buttons(LINES)) button.hidden = true;
  }

  /** What undo and redo would do. */
  steps(undoLabel: string | null, redoLabel: string | null): void {
    for (const [name, label, words] of [
      ["undo", undoLabel, "undo_what"],
      ["redo", redoLabel, "redo_what"],
    ] as const) {
      for (const button of buttons(`[data-sheet-do="${name}"]`)) {
        button.disabled = label === null;
        button.title = label === null ? "" : t(words, { what: label });
      }
    }
  }

  /** Where the row that is stood on opens, and whether its removal brings it back. */
  row(row: { readonly href: string | null; readonly ended: boolean } | null): void {
    const open = document.querySelector<HTMLAnchorElement>("#sheet-open");
    if (open) {
      open.hidden = !row?.href;
      if (row?.href) open.href = row.href;
    }
    const remove = document.querySelector<HTMLElement>('[data-sheet-do="remove"] [data-word]');
    if (remove) remove.textContent = row?.ended ? t("revive_rows") : t("remove_rows");
  }

  clearSearch(): void {
    for (const box of searchBoxes()) box.value = "";
  }
}
