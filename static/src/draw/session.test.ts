import { describe, expect, it } from "vitest";
import type { Position } from "./drawing";
import { DrawSession } from "./session";

const A: Position = [102, 15];
const B: Position = [102.01, 15];
const C: Position = [102.02, 15];

function drawn(): DrawSession {
  const session = new DrawSession();
  session.setTool("line");
  for (const position of [A, B, C]) session.place(position);
  return session;
}

describe("drawing a line", () => {
  it("grows with every place and ends with finish", () => {
    const session = drawn();
    expect(session.active?.positions).toEqual([A, B, C]);
    expect(session.state.growing).toBe(true);
    session.finish();
    session.place([102.03, 15]);
    expect(session.drawing.segments).toHaveLength(2);
  });
  it("takes an unfinished line away at the end", () => {
    const session = new DrawSession();
    session.setTool("line");
    session.place(A);
    session.setTool("select");
    expect(session.drawing.segments).toHaveLength(0);
  });
  it("goes on from an active end, also from the first", () => {
    const session = drawn();
    session.setTool("select");
    session.select(session.state.activeId, 0);
    session.setTool("line");
    session.place([101.99, 15]);
    expect(session.active?.positions).toEqual([C, B, A, [101.99, 15]]);
    expect(session.drawing.segments).toHaveLength(1);
  });
});

describe("undo", () => {
  it("covers placing, dragging, inserting, deleting, splitting, merging and ordering", () => {
    const session = drawn();
    const id = session.state.activeId as number;
    session.setTool("select");
    const steps: (() => unknown)[] = [
      () => {
        session.startDrag(id, 1);
        session.drag([102.011, 15.001]);
        session.drag([102.012, 15.002]);
        session.endDrag();
      },
      () => session.insert(id, 1, [102.005, 15]),
      () => session.deleteVertex(id, 1),
      () => session.split(id, 2, [102.016, 15]),
      () => session.orderSegment(session.drawing.segments[1]?.id as number, -1),
      () => session.merge(),
      () => session.removeSegment(session.drawing.segments[0]?.id as number),
    ];
    const before: unknown[] = [];
    for (const act of steps) {
      before.push(session.drawing);
      act();
      expect(session.drawing).not.toBe(before.at(-1));
    }
    for (const drawing of before.reverse()) {
      expect(session.undo()).toBe(true);
      expect(session.drawing).toBe(drawing);
    }
    for (let i = 0; i < steps.length; i += 1) expect(session.redo()).toBe(true);
    expect(session.drawing.segments).toHaveLength(0);
    expect(session.redo()).toBe(false);
  });
  it("goes on drawing after undoing a vertex", () => {
    const session = drawn();
    session.undo();
    expect(session.active?.positions).toEqual([A, B]);
    session.place([102.02, 15.01]);
    expect(session.active?.positions).toEqual([A, B, [102.02, 15.01]]);
    expect(session.drawing.segments).toHaveLength(1);
  });
});

describe("a drawing that was left half-way", () => {
  it("goes on growing when it is restored, and is dropped when another tool is taken", () => {
    const left = new DrawSession();
    left.setTool("line");
    left.place(A);
    const session = new DrawSession();
    session.reset(left.drawing);
    session.setTool("line");
    session.place(B);
    expect(session.active?.positions).toEqual([A, B]);
    const other = new DrawSession(left.drawing);
    other.setTool("point");
    expect(other.drawing.segments).toHaveLength(0);
  });
});

describe("keyboard", () => {
  it("steps through vertices and moves one by metres", () => {
    const session = drawn();
    session.setTool("select");
    session.select(session.state.activeId, null);
    session.stepVertex(1);
    expect(session.activePosition()).toEqual(A);
    session.stepVertex(-1);
    expect(session.activePosition()).toEqual(C);
    session.nudge(0, 1);
    expect(((session.activePosition() as Position)[1] - 15) * 110_649).toBeCloseTo(1, 3);
  });
  it("deletes the last vertex while drawing and the active one otherwise", () => {
    const session = drawn();
    session.deleteLast();
    expect(session.active?.positions).toEqual([A, B]);
    session.finish();
    session.select(session.state.activeId, 0);
    session.deleteVertex();
    expect(session.active?.positions).toEqual([B]);
  });
});

describe("points", () => {
  it("are one segment each", () => {
    const session = new DrawSession();
    session.setTool("point");
    session.placeAll([A, B]);
    session.place(C);
    expect(session.drawing.segments.map((segment) => segment.shape)).toEqual(["Point", "Point", "Point"]);
  });
});
