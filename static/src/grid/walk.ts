/** Where the arrows, Enter and Tab lead from the active cell. */

import type { Move } from "./keys";
import type { Place } from "./ranges";
import type { Surface } from "./surface";

const SAFE = 1;
const WIDER_PX = 24;

export class Walk {
  constructor(
    private readonly surface: Surface,
    private readonly fold: (group: string) => void,
  ) {}

  corner(): Place {
    return { line: this.surface.lines.length - 1, column: this.surface.columns.length - 1 };
  }

  move(to: Move, extend: boolean): void {
    const now = this.surface.activePlace;
    if (!now) return;
    const line = this.surface.lines[now.line];
    if (line?.kind === "group" && !extend && (to === "left" || to === "right")) {
      const open = this.surface.cellAt(now.line, 0)?.getAttribute("aria-expanded") === "true";
      if (open === (to === "left")) this.fold(line.group.key);
      return;
    }
    const { first, last } = this.surface.inView();
    const page = Math.max(1, last - first - SAFE);
    const end = this.corner();
    const moves: Readonly<Record<Move, Place>> = {
      up: { ...now, line: now.line - 1 },
      down: { ...now, line: now.line + 1 },
      left: { ...now, column: now.column - 1 },
      right: { ...now, column: now.column + 1 },
      home: { ...now, column: 0 },
      end: { ...now, column: end.column },
      top: { line: 0, column: 0 },
      bottom: end,
      page_up: { ...now, line: now.line - page },
      page_down: { ...now, line: now.line + page },
    };
    this.surface.select(moves[to], extend);
  }

  /** Enter and Tab go through rows only; Tab through the cells that can be edited, on to the next row. */
  step(by: 1 | -1, across: boolean): void {
    const now = this.surface.activePlace;
    if (!now) return;
    const { lines, columns } = this.surface;
    const line = lines[now.line];
    if (!across && line?.kind === "group") {
      this.fold(line.group.key);
      return;
    }
    const editable = columns.flatMap((column, at) => (column.editable ? [at] : []));
    if (across && editable.length > 0) {
      const next = (by === 1 ? editable : [...editable].reverse()).find((at) => (at - now.column) * by > 0);
      if (next !== undefined) {
        this.surface.select({ line: now.line, column: next });
        return;
      }
    }
    for (let at = now.line + by; at >= 0 && at < lines.length; at += by) {
      if (lines[at]?.kind !== "row") continue;
      const column = across ? ((by === 1 ? editable[0] : editable.at(-1)) ?? now.column) : now.column;
      this.surface.select({ line: at, column });
      return;
    }
  }

  widen(by: 1 | -1): void {
    const at = this.surface.activePlace?.column ?? 0;
    this.surface.resize(at, this.surface.width(at) + by * WIDER_PX, true);
    this.surface.reveal();
  }
}
