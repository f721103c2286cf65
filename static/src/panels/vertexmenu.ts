/** The menu of a vertex: right click, or a long press on a screen that is touched. */

import { h } from "./dom";

export interface MenuItem {
  readonly label: string;
  readonly act: () => void;
}

export function showVertexMenu(
  target: HTMLElement,
  pixel: readonly [number, number],
  title: string,
  items: readonly MenuItem[],
): void {
  target.querySelector(".wb-vertexmenu")?.remove();
  const close = (): void => {
    menu.remove();
    document.removeEventListener("pointerdown", outside);
    target.focus();
  };
  const outside = (event: PointerEvent): void => {
    if (!menu.contains(event.target as Node)) close();
  };
  const menu = h(
    "div",
    { class: "menu-panel wb-vertexmenu", role: "menu", "aria-label": title },
    items.map(({ label, act }) =>
      h(
        "button",
        {
          type: "button",
          class: "menu-item",
          role: "menuitem",
          onclick: () => {
            close();
            act();
          },
        },
        label,
      ),
    ),
  );
  menu.addEventListener("keydown", (event) => {
    const buttons = [...menu.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Escape") close();
    else if (by !== 0) buttons[(at + by + buttons.length) % buttons.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  target.append(menu);
  const left = Math.min(pixel[0] + 8, target.clientWidth - menu.offsetWidth - 8);
  const top = Math.min(pixel[1] + 8, target.clientHeight - menu.offsetHeight - 8);
  menu.style.left = `${Math.max(8, left)}px`;
  menu.style.top = `${Math.max(8, top)}px`;
  menu.querySelector("button")?.focus();
  document.addEventListener("pointerdown", outside);
}
