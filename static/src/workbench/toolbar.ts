/** The tools over the map: 48 px, icon over a word; toggles are marked differently from tools. */

import type { DrawSession, Tool } from "../draw/session";
import { h, replaceChildren } from "../panels/dom";
import { type IconName, icon } from "../shell/icons";
import { t } from "./editortexts";

export type Action = "snap" | "trace" | "merge" | "undo" | "redo" | "delete";
export type MenuAction = "save" | "fit" | "reverse" | "clear" | "cross" | "keys";

export interface ToolbarState {
  readonly snapping: boolean;
  readonly tracing: boolean;
  readonly crossOn: boolean;
  readonly letterKeys: boolean;
  /** The shape that fits the project; the others stay usable. */
  readonly expected: Tool | null;
  readonly enabled: boolean;
}

export interface ToolbarActions {
  readonly tool: (tool: Tool) => void;
  readonly act: (action: Action) => void;
  readonly menu: (action: MenuAction) => void;
}

const KEYS: Readonly<Record<string, string>> = {
  select: "V",
  line: "L",
  point: "P",
  polygon: "A",
  snap: "S",
  trace: "T",
  split: "X",
  merge: "J",
  measure: "M",
  undo: "Ctrl Z",
  redo: "Ctrl Y",
  delete: "Delete",
};

const GROUPS: readonly (readonly (Tool | Action)[])[] = [
  ["select"],
  ["line", "point", "polygon", "ends"],
  ["snap", "trace"],
  ["split", "merge"],
  ["undo", "redo", "delete"],
  ["measure"],
];
const TOOLS = new Set<string>(["select", "line", "point", "polygon", "split", "measure", "ends"]);

export class Toolbar {
  private readonly buttons = new Map<string, HTMLButtonElement>();
  private readonly menu: HTMLElement;
  private readonly menuButton: HTMLButtonElement;
  private readonly checks = new Map<MenuAction, HTMLButtonElement>();

  constructor(
    readonly element: HTMLElement,
    private readonly session: DrawSession,
    private readonly actions: ToolbarActions,
  ) {
    element.setAttribute("role", "toolbar");
    element.setAttribute("aria-label", t("tools"));
    this.menu = this.makeMenu();
    this.menuButton = h(
      "button",
      {
        type: "button",
        class: "tool wb-more-tool",
        "aria-haspopup": "menu",
        "aria-expanded": "false",
        onclick: () => this.toggleMenu(),
      },
      icon("more"),
      t("more"),
    );
    replaceChildren(
      element,
      GROUPS.map((group, i) =>
        h(
          "div",
          { class: "wb-toolgroup", "data-group": i },
          group.map((name) => this.button(name)),
        ),
      ),
      h("span", { class: "wb-spacer" }),
      this.menuButton,
      this.menu,
    );
    element.addEventListener("keydown", (event) => this.arrows(event));
    document.addEventListener("pointerdown", (event) => {
      if (!this.menu.hidden && !this.element.contains(event.target as Node)) this.toggleMenu(false);
    });
  }

  private button(name: Tool | Action): HTMLButtonElement {
    const word = t(name);
    const key = KEYS[name];
    const toggle = name === "snap" || name === "trace";
    const button = h(
      "button",
      {
        type: "button",
        class: toggle ? "tool tool-toggle" : "tool",
        "data-tool": name,
        title: key ? t("tool_key", { tool: word, key }) : word,
        onclick: () => (TOOLS.has(name) ? this.actions.tool(name as Tool) : this.actions.act(name as Action)),
      },
      icon(name as IconName),
      h("span", {}, word),
    );
    this.buttons.set(name, button);
    return button;
  }

  private makeMenu(): HTMLElement {
    const item = (action: MenuAction, word: string, checked = false): HTMLElement => {
      const button = h(
        "button",
        {
          type: "button",
          class: "menu-item",
          role: checked ? "menuitemcheckbox" : "menuitem",
          onclick: () => {
            this.toggleMenu(false);
            this.actions.menu(action);
          },
        },
        word,
      );
      if (checked) this.checks.set(action, button);
      return button;
    };
    const menu = h(
      "div",
      { class: "menu-panel wb-menu", role: "menu", hidden: true },
      item("save", t("menu_save")),
      item("fit", t("menu_fit")),
      item("reverse", t("menu_reverse")),
      item("clear", t("menu_clear")),
      item("cross", t("menu_cross"), true),
      item("keys", t("menu_keys"), true),
    );
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.toggleMenu(false);
    });
    return menu;
  }

  private toggleMenu(open = this.menu.hidden): void {
    const hadFocus = this.menu.contains(document.activeElement);
    this.menu.hidden = !open;
    this.menuButton.setAttribute("aria-expanded", String(open));
    if (open) this.menu.querySelector("button")?.focus();
    else if (hadFocus) this.menuButton.focus();
  }

  /** One tab stop; arrows go along the bar and through the menu. */
  private arrows(event: KeyboardEvent): void {
    const inMenu = this.menu.contains(event.target as Node);
    const [back, on] = inMenu ? ["ArrowUp", "ArrowDown"] : ["ArrowLeft", "ArrowRight"];
    if (event.key !== back && event.key !== on) return;
    const scope = inMenu ? this.menu : this.element;
    const all = [...scope.querySelectorAll<HTMLButtonElement>("button:not(:disabled)")].filter(
      (button) => button.offsetParent !== null && (inMenu || !this.menu.contains(button)),
    );
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    all[(at + (event.key === on ? 1 : -1) + all.length) % all.length]?.focus();
    event.preventDefault();
  }

  update(state: ToolbarState): void {
    const session = this.session;
    const set = (name: string, values: { pressed?: boolean; disabled?: boolean }): void => {
      const button = this.buttons.get(name);
      if (!button) return;
      if (values.pressed !== undefined) button.setAttribute("aria-pressed", String(values.pressed));
      button.disabled = values.disabled ?? !state.enabled;
    };
    for (const tool of TOOLS) {
      set(tool, {
        pressed: session.tool === tool,
        disabled: !state.enabled && tool !== "measure" && tool !== "select",
      });
    }
    for (const shape of ["line", "point", "polygon"]) {
      this.buttons.get(shape)?.toggleAttribute("data-expected", shape === state.expected);
    }
    set("snap", { pressed: state.snapping });
    set("trace", { pressed: state.tracing });
    set("undo", { disabled: !session.canUndo });
    set("redo", { disabled: !session.canRedo });
    set("delete", { disabled: !state.enabled || session.state.vertex === null });
    const lines = session.drawing.segments.filter(({ shape }) => shape === "LineString").length;
    set("split", { pressed: session.tool === "split", disabled: !state.enabled || lines === 0 });
    set("merge", { disabled: !state.enabled || lines < 2 });
    this.checks.get("cross")?.setAttribute("aria-checked", String(state.crossOn));
    this.checks.get("keys")?.setAttribute("aria-checked", String(state.letterKeys));
  }
}
