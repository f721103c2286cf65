/** On a phone the panel is a sheet with three stops: 96 px, 46 % and 92 % of the screen. */

import { h } from "./dom";

export const STOPS = ["low", "middle", "high"] as const;
export type Stop = (typeof STOPS)[number];

const FRACTION: Readonly<Record<Stop, (height: number) => number>> = {
  low: () => 96,
  middle: (height) => height * 0.46,
  high: (height) => height * 0.92,
};

/** The stop nearest to a height of the sheet. */
export function nearestStop(height_px: number, screen_px: number): Stop {
  return STOPS.reduce((best, stop) => {
    const away = (one: Stop): number => Math.abs(FRACTION[one](screen_px) - height_px);
    return away(stop) < away(best) ? stop : best;
  });
}

/** The handle: dragged, or pressed to go to the next stop; arrows work too. */
export function sheet(panel: HTMLElement, label: string): HTMLElement {
  const set = (stop: Stop): void => {
    panel.dataset.stop = stop;
    panel.style.removeProperty("--sheet");
    handle.setAttribute("aria-valuenow", String(STOPS.indexOf(stop) + 1));
  };
  const step = (by: number): void => {
    const at = STOPS.indexOf((panel.dataset.stop as Stop) ?? "middle") + by;
    const next = STOPS[Math.min(STOPS.length - 1, Math.max(0, at))];
    if (next) set(next);
  };
  const handle = h("div", {
    class: "wb-handle",
    role: "slider",
    tabindex: 0,
    "aria-label": label,
    "aria-orientation": "vertical",
    "aria-valuemin": 1,
    "aria-valuemax": STOPS.length,
    "aria-valuenow": 2,
    onkeydown: ((event: KeyboardEvent) => {
      if (event.key === "ArrowUp") step(1);
      else if (event.key === "ArrowDown") step(-1);
      else return;
      event.preventDefault();
    }) as EventListener,
  });
  let start: { y: number; height: number } | null = null;
  handle.addEventListener("pointerdown", (event) => {
    start = { y: event.clientY, height: panel.offsetHeight };
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (start) panel.style.setProperty("--sheet", `${start.height + start.y - event.clientY}px`);
  });
  handle.addEventListener("pointerup", (event) => {
    if (!start) return;
    const moved = start.y - event.clientY;
    if (Math.abs(moved) < 6) step(panel.dataset.stop === "high" ? -2 : 1);
    else set(nearestStop(start.height + moved, window.innerHeight));
    start = null;
  });
  set("middle");
  return handle;
}
