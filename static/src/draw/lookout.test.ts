import { describe, expect, it } from "vitest";
import { type Box, type Looked, Lookout } from "./lookout";

function watched() {
  const moves: (Looked | Box)[] = [];
  let now: Looked = { center: [0, 0], zoom: 14 };
  const lookout = new Lookout({
    box: () => [now.center[0] - 10, now.center[1] - 10, now.center[0] + 10, now.center[1] + 10],
    now: () => now,
    moveTo: (looked) => {
      now = looked;
      moves.push(looked);
    },
    show: (box) => {
      now = { center: [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2], zoom: 7 };
      moves.push(box);
    },
  });
  return { lookout, moves };
}

describe("looking at readings", () => {
  it("leaves the map alone where all of them are seen", () => {
    const { lookout, moves } = watched();
    lookout.look([
      [1, 1],
      [-9, 9],
    ]);
    lookout.look([]);
    lookout.back();
    expect(moves).toEqual([]);
  });
  it("shows all of them, and goes back to what was seen before the first", () => {
    const { lookout, moves } = watched();
    lookout.look([[500, 0]]);
    lookout.look([
      [500, 0],
      [0, 900],
    ]);
    lookout.back();
    lookout.back();
    expect(moves).toEqual([[500, 0, 500, 0], [0, 0, 500, 900], { center: [0, 0], zoom: 14 }]);
  });
  it("does not go back when the person moved on", () => {
    const { lookout, moves } = watched();
    lookout.look([[500, 0]]);
    lookout.stay();
    lookout.back();
    expect(moves).toHaveLength(1);
  });
});
