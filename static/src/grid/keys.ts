/** What a key means in the grid while no cell is being edited. Letters go by their place, so that a Thai layout works. */

export type Move =
  | "up"
  | "down"
  | "left"
  | "right"
  | "home"
  | "end"
  | "top"
  | "bottom"
  | "page_up"
  | "page_down";

export type Command =
  | { readonly do: "move"; readonly to: Move; readonly extend: boolean }
  | { readonly do: "step"; readonly by: 1 | -1; readonly across: boolean }
  | { readonly do: "edit" | "type" | "choices" | "clear" | "leave" | "all" | "open" }
  | { readonly do: "fill_down" | "fill_right" | "undo" | "redo" | "save" | "insert" | "remove" }
  | { readonly do: "widen"; readonly by: 1 | -1 }
  | { readonly do: "next_problem"; readonly by: 1 | -1 };

export type Key = Pick<KeyboardEvent, "key" | "code" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">;

const MOVES: Readonly<Record<string, readonly [plain: Move, withCtrl: Move]>> = {
  ArrowUp: ["up", "top"],
  ArrowDown: ["down", "bottom"],
  ArrowLeft: ["left", "home"],
  ArrowRight: ["right", "end"],
  Home: ["home", "top"],
  End: ["end", "bottom"],
  PageUp: ["page_up", "page_up"],
  PageDown: ["page_down", "page_down"],
};

const WITH_CTRL: Readonly<Record<string, Command>> = {
  KeyA: { do: "all" },
  KeyD: { do: "fill_down" },
  KeyR: { do: "fill_right" },
  KeyY: { do: "redo" },
  KeyS: { do: "save" },
};

/** The command; null for keys that belong to the browser (copying and pasting come as events of their own). */
export function commandOf(key: Key): Command | null {
  const ctrl = key.ctrlKey || key.metaKey;
  if (key.altKey) return withAlt(key);
  const moves = MOVES[key.key];
  if (moves) return { do: "move", to: moves[ctrl ? 1 : 0], extend: key.shiftKey };
  if (ctrl) {
    if (key.code === "KeyZ") return { do: key.shiftKey ? "redo" : "undo" };
    if (key.key === "Enter") return { do: "open" };
    return key.shiftKey ? null : (WITH_CTRL[key.code] ?? null);
  }
  return plain(key);
}

function withAlt(key: Key): Command | null {
  if (key.ctrlKey || key.metaKey) return null; // AltGr writes letters
  if (key.shiftKey) {
    if (key.key === "ArrowRight") return { do: "widen", by: 1 };
    return key.key === "ArrowLeft" ? { do: "widen", by: -1 } : null;
  }
  const commands: Readonly<Record<string, Command>> = {
    ArrowDown: { do: "choices" },
    Insert: { do: "insert" },
    Delete: { do: "remove" },
  };
  return commands[key.key] ?? null;
}

function plain(key: Key): Command | null {
  const back = key.shiftKey;
  switch (key.key) {
    case "Enter":
      return { do: "step", by: back ? -1 : 1, across: false };
    case "Tab":
      return { do: "step", by: back ? -1 : 1, across: true };
    case "F2":
      return { do: "edit" };
    case "F8":
      return { do: "next_problem", by: back ? -1 : 1 };
    case "Delete":
    case "Backspace":
      return { do: "clear" };
    case "Escape":
      return { do: "leave" };
    default:
      return [...key.key].length === 1 ? { do: "type" } : null;
  }
}
