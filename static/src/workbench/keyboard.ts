/** Keys of the map. Letters match the physical key, so that a Thai layout works, only while the map has the focus. */

import type { Tool } from "../draw/session";

export interface KeyActions {
  readonly tool: (tool: Tool) => void;
  readonly snap: () => void;
  readonly trace: () => void;
  readonly merge: () => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly save: () => void;
  readonly submit: () => void;
  readonly fold: (pane: "list" | "panel") => void;
  /** Enter on the map: place at the cross; answers false when there is nothing to place. */
  readonly enter: () => void;
  readonly finish: () => void;
  readonly backspace: () => void;
  readonly remove: () => void;
  readonly escape: () => void;
  readonly nextVertex: (by: 1 | -1) => void;
  readonly nextProblem: () => void;
  /** Metres east and north; false when no vertex is active and the map should pan. */
  readonly nudge: (east_m: number, north_m: number) => boolean;
  readonly lettersOn: () => boolean;
}

const TOOL_KEYS: Readonly<Record<string, Tool>> = {
  KeyV: "select",
  KeyL: "line",
  KeyP: "point",
  KeyA: "polygon",
  KeyX: "split",
  KeyM: "measure",
  KeyE: "ends",
};

const ARROWS: Readonly<Record<string, readonly [east: number, north: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

/** A field whose text was used and taken away has nothing of its own to undo. */
function emptied(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.id === "typed-coordinates" && target.value === "";
}

/** Keys with Ctrl and F8, wherever the focus is in the workbench. */
function anywhere(event: KeyboardEvent, actions: KeyActions): boolean {
  const control = event.ctrlKey || event.metaKey;
  if (event.key === "F8") actions.nextProblem();
  else if (!control) return false;
  else if (event.code === "KeyS") actions.save();
  else if (event.key === "Enter") actions.submit();
  else if (typing(event.target) && !emptied(event.target)) return false;
  else if (event.code === "KeyZ" && !event.shiftKey) actions.undo();
  else if (event.code === "KeyY" || event.code === "KeyZ") actions.redo();
  else return false;
  return true;
}

function letters(event: KeyboardEvent, actions: KeyActions): boolean {
  if (!actions.lettersOn()) return false;
  const tool = TOOL_KEYS[event.code];
  if (tool) actions.tool(tool);
  else if (event.code === "KeyS") actions.snap();
  else if (event.code === "KeyT") actions.trace();
  else if (event.code === "KeyJ") actions.merge();
  else if (event.code === "KeyN") actions.nextVertex(event.shiftKey ? -1 : 1);
  else if (event.code === "BracketLeft") actions.fold("list");
  else if (event.code === "BracketRight") actions.fold("panel");
  else return false;
  return true;
}

function onMap(event: KeyboardEvent, actions: KeyActions): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const arrow = ARROWS[event.key];
  if (arrow) {
    const step = event.shiftKey ? 0.1 : 1;
    return actions.nudge(arrow[0] * step, arrow[1] * step);
  }
  if (event.key === "Enter") event.shiftKey ? actions.finish() : actions.enter();
  else if (event.key === "Backspace") actions.backspace();
  else if (event.key === "Delete") actions.remove();
  else if (event.key === "Escape") actions.escape();
  else return letters(event, actions);
  return true;
}

/** Listen before the map's own keys do; answers the way to stop. */
export function bindKeys(bench: HTMLElement, map: HTMLElement, actions: KeyActions): () => void {
  const listen = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const handled = anywhere(event, actions) || (event.target === map && onMap(event, actions));
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
  };
  bench.addEventListener("keydown", listen, { capture: true });
  return () => bench.removeEventListener("keydown", listen, { capture: true });
}
