/** What keys do on the sheet, once no cell is being typed into. */

import type { Actions } from "./actions";
import type { Cards } from "./cards";
import type { CellEditor } from "./editor";
import { type Command, commandOf } from "./keys";
import type { SheetModel } from "./model";
import type { Surface } from "./surface";
import { t } from "./texts";
import type { Walk } from "./walk";

export interface CommandParts {
  readonly model: SheetModel;
  readonly surface: Surface;
  readonly actions: Actions;
  readonly editor: CellEditor;
  readonly cards: Cards;
  readonly walk: Walk;
}

export interface CommandCalls {
  readonly fold: (group: string) => void;
  readonly openRow: () => void;
  readonly save: () => void;
  readonly nextToFix: (by: 1 | -1) => void;
  readonly say: (text: string) => void;
}

export class Commands {
  private leaving = false;

  constructor(
    private readonly parts: CommandParts,
    private readonly calls: CommandCalls,
  ) {}

  key(event: KeyboardEvent): void {
    if (this.parts.editor.open || event.isComposing) return;
    const command = commandOf(event);
    if (command === null) return;
    if (command.do === "step" && command.across && this.leaving) return; // Esc, then Tab: out of the table
    this.leaving = command.do === "leave";
    event.stopPropagation(); // letters are text here, not keys of the page
    if (command.do === "type") {
      this.beginTyping(event);
      return;
    }
    if (command.do !== "leave") event.preventDefault();
    this.run(command);
  }

  /** Open the cell that is stood on; false where it cannot be written, which is said. */
  edit(how: "type" | "edit" | "choices"): boolean {
    const { surface, editor, model } = this.parts;
    const name = surface.cellName(surface.activePlace);
    if (editor.begin(how)) return true;
    if (name) this.calls.say(model.row(name.key).locked ? t("read_only_row") : t("read_only_cell"));
    return false;
  }

  private beginTyping(event: KeyboardEvent): void {
    const { surface, actions } = this.parts;
    const place = surface.activePlace;
    const line = place ? surface.lines[place.line] : undefined;
    if (event.key === " " && line?.kind === "group") {
      event.preventDefault();
      this.calls.fold(line.group.key);
      return;
    }
    if (event.key === " " && actions.toggle()) {
      event.preventDefault();
      return;
    }
    if (!this.edit("type")) event.preventDefault(); // the letter itself goes into the field that has the focus now
  }

  private run(command: Command): void {
    const { surface, actions, editor, cards, walk } = this.parts;
    const simple: Readonly<Partial<Record<Command["do"], () => void>>> = {
      edit: () => this.edit("edit"),
      choices: () => this.choices(),
      clear: () => actions.clear(),
      leave: () => cards.dismiss(),
      all: () => surface.selectRange(walk.corner(), { line: 0, column: 0 }),
      open: () => this.calls.openRow(),
      fill_down: () => actions.fillDown(),
      fill_right: () => actions.fillRight(),
      undo: () => actions.undo(),
      redo: () => actions.redo(),
      save: () => this.calls.save(),
      insert: () => actions.insertRow(),
      remove: () => actions.removeRows(),
    };
    if (command.do === "move") walk.move(command.to, command.extend);
    else if (command.do === "step") walk.step(command.by, command.across);
    else if (command.do === "widen") walk.widen(command.by);
    else if (command.do === "next_problem") this.calls.nextToFix(command.by);
    else simple[command.do]?.();
    // The cell that had the focus may have gone out of view, and its element with it.
    const focused = document.activeElement;
    const isOurs = focused === document.body || surface.grid.contains(focused);
    if (!editor.open && isOurs) surface.focus();
  }

  private choices(): void {
    if (this.parts.cards.enter()) return;
    this.edit("choices");
  }
}
