/** Keys of every page: `/` search, `g` then `m` `p` `b`, `?` list of keys, Esc closes the nearest thing. */

import { remember, remembered } from "./storage";

const SWITCH = "eplan.single-keys";
const CHORD_MS = 1500;

/** Second key of "go to", by its place on the keyboard: the same on a Thai and an English layout. */
const PLACES: Readonly<Record<string, string>> = { KeyM: "/map", KeyP: "/projects", KeyB: "/budget" };

export function singleKeysOn(): boolean {
  return remembered(SWITCH) !== "off";
}

const TEXT = "input, textarea, select, [contenteditable], dialog[open]";

/** True where letters are text, or where something else listens to them: a map has keys of its own, but not `/`, `?`. */
export function isTyping(target: EventTarget | null, code: string): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest(code === "Slash" ? TEXT : `${TEXT}, [role='application']`) !== null;
}

export type GlobalKey = "search" | "keys" | "go";

/** What a key press means on any page, by the physical key; null when it means nothing. */
export function meaning(
  event: Pick<KeyboardEvent, "code" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey">,
): GlobalKey | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  if (event.code === "Slash") return event.shiftKey ? "keys" : "search";
  return event.code === "KeyG" && !event.shiftKey ? "go" : null;
}

function closeNearest(): void {
  const menu = document.querySelector<HTMLDetailsElement>("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
    return;
  }
  document.querySelector<HTMLButtonElement>('[data-drawer][aria-expanded="true"]')?.click();
}

export function installKeyboard(): void {
  let goSince = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      closeNearest();
      return;
    }
    if (event.defaultPrevented || !singleKeysOn() || isTyping(event.target, event.code)) return;
    if (Date.now() - goSince < CHORD_MS) {
      goSince = 0;
      const place = PLACES[event.code];
      if (place) {
        event.preventDefault();
        location.assign(place);
        return;
      }
    }
    switch (meaning(event)) {
      case "search": {
        const box = document.getElementById("search");
        if (!box) return;
        event.preventDefault();
        box.focus();
        return;
      }
      case "keys":
        event.preventDefault();
        (document.getElementById("keys") as HTMLDialogElement | null)?.showModal();
        return;
      case "go":
        goSince = Date.now();
    }
  });
  for (const box of document.querySelectorAll<HTMLInputElement>("[data-single-keys]")) {
    box.checked = singleKeysOn();
    box.addEventListener("change", () => remember(SWITCH, box.checked ? "on" : "off"));
  }
}
