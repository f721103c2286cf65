import { describe, expect, it } from "vitest";
import { Network } from "./network";
import { SnapIndex, type Snapped, type Target } from "./snapping";

const main: Target = {
  id: "main",
  label: "ถนนหลัก",
  points: [
    [0, 0],
    [100, 0],
    [200, 0],
  ],
};
const side: Target = {
  id: "side",
  label: "ซอย",
  points: [
    [150, 1],
    [150, 80],
  ],
};
const far: Target = {
  id: "far",
  label: "ไกล",
  points: [
    [1000, 1000],
    [1100, 1000],
  ],
};
const index = new SnapIndex([main, side, far]);

describe("snapping", () => {
  it("catches an end, then a vertex, then a place on a leg", () => {
    expect(index.snap([2, 3], 5)).toMatchObject({ kind: "end", at: [0, 0], target: main });
    expect(index.snap([101, 3], 5)).toMatchObject({ kind: "vertex", index: 1 });
    expect(index.snap([50, 3], 5)).toMatchObject({ kind: "edge", at: [50, 0], index: 1, distance: 3 });
  });
  it("prefers a vertex to a nearer leg and catches nothing far away", () => {
    expect(index.snap([148, 0.5], 5)).toMatchObject({ kind: "end", target: side });
    expect(index.snap([50, 50], 5)).toBeNull();
  });
  it("closes rings and skips what is being dragged", () => {
    const ring = new SnapIndex([
      {
        id: "r",
        label: "",
        closed: true,
        points: [
          [0, 0],
          [10, 0],
          [10, 10],
        ],
      },
    ]);
    expect(ring.snap([5.1, 5], 1)).toMatchObject({ kind: "edge", index: 3 });
    expect(ring.snap([0.1, 0], 1, () => true)).toBeNull();
  });
});

describe("network", () => {
  const network = new Network([main, side, far]);
  it("follows lines through a joint that touches the middle of a leg", () => {
    const from = index.snap([20, 1], 5) as Snapped;
    const to = index.snap([151, 79], 5) as Snapped;
    expect(network.path(from, to)).toEqual([
      [20, 0],
      [100, 0],
      [150, 1],
      [150, 80],
    ]);
  });
  it("answers nothing when lines do not connect", () => {
    const from = index.snap([20, 1], 5) as Snapped;
    const to = index.snap([1000, 1001], 5) as Snapped;
    expect(network.path(from, to)).toBeNull();
  });
});
