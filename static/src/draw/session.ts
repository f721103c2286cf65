/**
 * The state of one drawing at work: tool, active segment and vertex, what can be undone. Knows no map and no server;
 * the map, the panel, the keyboard and the typed coordinates all speak to it.
 */

import {
  addSegment,
  addVertex,
  addVertices,
  type Drawing,
  deleteVertex,
  dropRepeats,
  EMPTY,
  isComplete,
  mergeSegments,
  moveSegment,
  moveVertex,
  type Position,
  removeSegment,
  replaceLine,
  reverseSegment,
  type Segment,
  type Shape,
  segmentOf,
  splitAt,
  splitAtVertex,
} from "./drawing";
import { direct } from "./geodesic";
import { amend, begin, type History, record, redo, undo } from "./history";

export type Tool = "select" | "line" | "point" | "polygon" | "split" | "measure" | "ends";

export const TOOL_SHAPE: Readonly<Partial<Record<Tool, Shape>>> = {
  line: "LineString",
  point: "Point",
  polygon: "Polygon",
};

/** Everything that undo brings back. */
export interface Snapshot {
  readonly drawing: Drawing;
  readonly activeId: number | null;
  /** Active vertex of the active segment. */
  readonly vertex: number | null;
  /** The active segment still grows with every click. */
  readonly growing: boolean;
}

export type ChangeLabel =
  | "add_vertex"
  | "move_vertex"
  | "insert_vertex"
  | "delete_vertex"
  | "new_segment"
  | "remove_segment"
  | "order_segments"
  | "split"
  | "merge"
  | "reverse"
  | "finish"
  | "clean"
  | "replace"
  | "trace";

export interface SessionEvent {
  readonly kind: "drawing" | "selection" | "tool";
  readonly label?: ChangeLabel | "undo" | "redo";
}

export type Listener = (event: SessionEvent) => void;

/** A drawing as it is found: a segment that was left half-way goes on growing. */
function beginning(drawing: Drawing): Snapshot {
  const half = drawing.segments.find((segment) => !isComplete(segment));
  const activeId = half?.id ?? drawing.segments[0]?.id ?? null;
  return { drawing, activeId, vertex: half ? half.positions.length - 1 : null, growing: half !== undefined };
}

const START: Snapshot = { drawing: EMPTY, activeId: null, vertex: null, growing: false };

export class DrawSession {
  private history: History<Snapshot>;
  private listeners: Listener[] = [];
  private dragging = false;
  private currentTool: Tool = "select";

  constructor(drawing: Drawing = EMPTY) {
    this.history = begin({ ...START, ...beginning(drawing) });
  }

  get state(): Snapshot {
    return this.history.present;
  }

  get drawing(): Drawing {
    return this.state.drawing;
  }

  get tool(): Tool {
    return this.currentTool;
  }

  get active(): Segment | undefined {
    return segmentOf(this.drawing, this.state.activeId);
  }

  get canUndo(): boolean {
    return this.history.past.length > 0;
  }

  get canRedo(): boolean {
    return this.history.future.length > 0;
  }

  subscribe(listener: Listener): () => void {
    this.listeners.push(listener);
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  }

  private tell(event: SessionEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  private step(next: Partial<Snapshot>, label: ChangeLabel): boolean {
    const drawing = next.drawing ?? this.drawing;
    if (drawing === this.drawing && next.growing === undefined) return false;
    this.history = record(this.history, { ...this.state, ...next, drawing }, label);
    this.tell({ kind: "drawing", label });
    return true;
  }

  private look(next: Partial<Snapshot>): void {
    this.history = amend(this.history, { ...this.state, ...next });
    this.tell({ kind: "selection" });
  }

  /** Load a drawing: nothing before it can be undone. */
  reset(drawing: Drawing): void {
    this.history = begin({ ...START, ...beginning(drawing) });
    this.tell({ kind: "drawing", label: "replace" });
  }

  /** Put another drawing in place of this one, as a step that can be undone. */
  replace(drawing: Drawing, label: ChangeLabel = "replace"): void {
    this.step(beginning(drawing), label);
  }

  setTool(tool: Tool): void {
    if (tool === this.currentTool) return;
    if (this.state.growing && TOOL_SHAPE[tool] !== this.active?.shape) this.finish();
    this.currentTool = tool;
    if (TOOL_SHAPE[tool] === "LineString") this.resumeAtEnd();
    this.tell({ kind: "tool" });
  }

  /** With an end of a line active, the line tool goes on from that end. */
  private resumeAtEnd(): void {
    const { active } = this;
    const { vertex } = this.state;
    if (active?.shape !== "LineString" || vertex === null || active.positions.length < 2) return;
    const last = active.positions.length - 1;
    if (vertex === last) this.look({ growing: true });
    else if (vertex === 0) {
      this.step({ drawing: reverseSegment(this.drawing, active.id), vertex: last, growing: true }, "reverse");
    }
  }

  select(id: number | null, vertex: number | null = null): void {
    if (id === this.state.activeId && vertex === this.state.vertex) return;
    if (this.state.growing && id !== this.state.activeId) this.finish();
    this.look({ activeId: id, vertex });
  }

  /** A position was pointed at, typed, or put under the cross: it goes where the tool says. */
  place(position: Position): void {
    this.placeAll([position], "add_vertex");
  }

  /** Several at once: a traced piece of road, a pasted table. One step to undo. */
  placeAll(positions: readonly Position[], label: ChangeLabel = "trace"): void {
    if (positions.length === 0) return;
    const shape = TOOL_SHAPE[this.currentTool] ?? this.active?.shape ?? "LineString";
    const { active } = this;
    if (shape === "Point") {
      this.placePoints(positions);
      return;
    }
    const continues = active?.shape === shape && (this.state.growing || !isComplete(active));
    if (active && continues) {
      const drawing = addVertices(this.drawing, active.id, positions);
      const vertex = (segmentOf(drawing, active.id)?.positions.length ?? 1) - 1;
      this.step({ drawing, vertex, growing: true }, label);
      return;
    }
    const [drawing, id] = addSegment(this.drawing, shape, positions);
    this.step({ drawing, activeId: id, vertex: positions.length - 1, growing: true }, "new_segment");
  }

  private placePoints(positions: readonly Position[]): void {
    let { drawing } = this;
    let id = this.state.activeId;
    for (const position of positions) [drawing, id] = addSegment(drawing, "Point", [position]);
    this.step({ drawing, activeId: id, vertex: 0, growing: false }, "new_segment");
  }

  /** End the growing segment; one that is not yet a line or an area is taken away. */
  finish(): void {
    const { active } = this;
    if (!this.state.growing) return;
    if (active && !isComplete(active)) {
      const drawing = removeSegment(this.drawing, active.id);
      const activeId = drawing.segments.at(-1)?.id ?? null;
      this.step({ drawing, activeId, vertex: null, growing: false }, "finish");
      return;
    }
    this.look({ growing: false });
  }

  startDrag(id: number, index: number): void {
    this.look({ activeId: id, vertex: index });
    this.dragging = false;
  }

  /** The first movement is a step; the rest of the gesture changes it in place. */
  drag(position: Position): void {
    const { activeId, vertex } = this.state;
    if (activeId === null || vertex === null) return;
    const drawing = moveVertex(this.drawing, activeId, vertex, position);
    if (drawing === this.drawing) return;
    if (this.dragging) {
      this.history = amend(this.history, { ...this.state, drawing });
      this.tell({ kind: "drawing", label: "move_vertex" });
    } else {
      this.dragging = this.step({ drawing }, "move_vertex");
    }
  }

  endDrag(): void {
    this.dragging = false;
  }

  /** A new vertex before `index`, active at once so that it can be dragged on. */
  insert(id: number, index: number, position: Position): void {
    this.step(
      { drawing: addVertex(this.drawing, id, position, index), activeId: id, vertex: index },
      "insert_vertex",
    );
    this.dragging = true;
  }

  setVertex(id: number, index: number, position: Position): void {
    this.step(
      { drawing: moveVertex(this.drawing, id, index, position), activeId: id, vertex: index },
      "move_vertex",
    );
  }

  /** Move the active vertex by metres east and north. */
  nudge(east_m: number, north_m: number): void {
    const position = this.activePosition();
    const { activeId, vertex } = this.state;
    if (!position || activeId === null || vertex === null) return;
    const moved = direct(position, Math.atan2(east_m, north_m), Math.hypot(east_m, north_m));
    this.setVertex(activeId, vertex, moved);
  }

  activePosition(): Position | undefined {
    const { vertex } = this.state;
    return vertex === null ? undefined : this.active?.positions[vertex];
  }

  deleteVertex(id = this.state.activeId, index = this.state.vertex): boolean {
    if (id === null || index === null) return false;
    const drawing = deleteVertex(this.drawing, id, index);
    const left = segmentOf(drawing, id)?.positions.length ?? 0;
    const vertex = left === 0 ? null : Math.min(Math.max(0, index - 1), left - 1);
    const activeId = left === 0 ? (drawing.segments.at(-1)?.id ?? null) : id;
    const growing = left > 0 && this.state.growing;
    return this.step({ drawing, activeId, vertex, growing }, "delete_vertex");
  }

  /** Take back the newest vertex of the growing segment. */
  deleteLast(): boolean {
    const { active } = this;
    if (!active || !this.state.growing) return this.deleteVertex();
    return this.deleteVertex(active.id, active.positions.length - 1);
  }

  /** Step through the vertices of the active segment, then into the next segment. */
  stepVertex(by: 1 | -1): void {
    const { segments } = this.drawing;
    const all = segments.flatMap((segment) =>
      segment.positions.map((_, index) => ({ id: segment.id, index })),
    );
    if (all.length === 0) return;
    const { activeId, vertex } = this.state;
    const at = all.findIndex(({ id, index }) => id === activeId && index === vertex);
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length];
    if (next) this.select(next.id, next.index);
  }

  split(id: number, leg: number, position: Position): boolean {
    return this.afterSplit(splitAt(this.drawing, id, leg, position), id);
  }

  splitAtActive(): boolean {
    const { activeId, vertex } = this.state;
    if (activeId === null || vertex === null) return false;
    return this.afterSplit(splitAtVertex(this.drawing, activeId, vertex), activeId);
  }

  private afterSplit(drawing: Drawing, id: number): boolean {
    const at = drawing.segments.findIndex((segment) => segment.id === id);
    const activeId = drawing.segments[at + 1]?.id ?? id;
    if (drawing === this.drawing) return false;
    return this.step({ drawing, activeId, vertex: 0, growing: false }, "split");
  }

  /** Join the active line with the one before it, or with the one after it when it is the first. */
  merge(withId?: number): boolean {
    const { segments } = this.drawing;
    const at = segments.findIndex((segment) => segment.id === this.state.activeId);
    const other = withId ?? (segments[at - 1] ?? segments[at + 1])?.id;
    if (at < 0 || other === undefined) return false;
    const second = segments.findIndex((segment) => segment.id === other);
    const [firstId, secondId] = second < at ? [other, this.state.activeId] : [this.state.activeId, other];
    const drawing = mergeSegments(this.drawing, firstId as number, secondId as number);
    if (drawing === this.drawing) return false;
    return this.step({ drawing, activeId: firstId, vertex: null, growing: false }, "merge");
  }

  removeSegment(id: number): boolean {
    const drawing = removeSegment(this.drawing, id);
    const activeId = drawing.segments.at(-1)?.id ?? null;
    return this.step(
      { drawing, activeId, vertex: null, ...(this.state.growing ? { growing: false } : {}) },
      "remove_segment",
    );
  }

  orderSegment(id: number, by: 1 | -1): boolean {
    return this.step({ drawing: moveSegment(this.drawing, id, by) }, "order_segments");
  }

  reverse(id: number): boolean {
    return this.step({ drawing: reverseSegment(this.drawing, id), vertex: null }, "reverse");
  }

  /** The line as it was mended, in one step that can be undone. */
  mendLine(id: number, lines: readonly (readonly Position[])[]): boolean {
    return this.step({ drawing: replaceLine(this.drawing, id, lines), vertex: null }, "clean");
  }

  dropRepeats(): boolean {
    return this.step({ drawing: dropRepeats(this.drawing), vertex: null }, "clean");
  }

  undo(): boolean {
    return this.travel(undo(this.history), "undo");
  }

  redo(): boolean {
    return this.travel(redo(this.history), "redo");
  }

  private travel(history: History<Snapshot>, label: "undo" | "redo"): boolean {
    if (history === this.history) return false;
    this.history = history;
    this.dragging = false;
    const shape = this.active?.shape;
    if (this.state.growing && shape && TOOL_SHAPE[this.currentTool] !== shape) this.look({ growing: false });
    this.tell({ kind: "drawing", label });
    return true;
  }
}
