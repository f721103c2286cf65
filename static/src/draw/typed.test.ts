import { describe, expect, it } from "vitest";
import { DrawSession } from "./session";
import { stillStanding, withTyped } from "./typed";

describe("typed vertices", () => {
  it("count while they stand in the drawing, and again after redo", () => {
    const session = new DrawSession();
    session.setTool("line");
    session.place([102, 16]);
    const typed = withTyped([], "16.01, 102.01", [[102.01, 16.01]]);
    session.place([102.01, 16.01]);
    expect(stillStanding(typed, session.drawing)).toEqual(typed);
    session.undo();
    expect(stillStanding(typed, session.drawing)).toEqual([]);
    session.redo();
    expect(stillStanding(typed, session.drawing)).toEqual(typed);
    session.deleteLast();
    expect(stillStanding(typed, session.drawing)).toEqual([]);
  });
  it("of a pasted table count while one of them stands", () => {
    const session = new DrawSession();
    session.setTool("line");
    session.placeAll([
      [102, 16],
      [102.1, 16.1],
    ]);
    const typed = withTyped([], "table", session.active?.positions ?? []);
    session.deleteLast();
    expect(stillStanding(typed, session.drawing)).toHaveLength(1);
  });
});
