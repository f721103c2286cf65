import { describe, expect, it } from "vitest";
import { amend, begin, record, redo, undo } from "./history";

describe("undo and redo", () => {
  it("go back and forth over every step", () => {
    let history = begin("a");
    history = record(history, "b", "one");
    history = record(history, "c", "two");
    expect(undo(history).present).toBe("b");
    expect(undo(undo(history)).present).toBe("a");
    expect(undo(undo(undo(history))).present).toBe("a");
    expect(redo(undo(history))).toEqual(history);
    expect(redo(redo(undo(undo(history)))).present).toBe("c");
  });
  it("forget the future after a new step and count no step without a change", () => {
    const history = record(undo(record(begin("a"), "b", "one")), "c", "two");
    expect(history.future).toHaveLength(0);
    expect(record(history, "c", "same")).toBe(history);
  });
  it("make one step of a drag", () => {
    let history = record(begin("start"), "moving", "move");
    history = amend(history, "moving more");
    history = amend(history, "end");
    expect(undo(history).present).toBe("start");
    expect(redo(undo(history)).present).toBe("end");
  });
  it("remember no more than 500 steps", () => {
    let history = begin(0);
    for (let i = 1; i <= 600; i += 1) history = record(history, i, "step");
    expect(history.past).toHaveLength(500);
  });
});
