import { describe, expect, it } from "vitest";
import {
  addSegment,
  addVertex,
  type Drawing,
  deleteVertex,
  dropIncomplete,
  dropRepeats,
  EMPTY,
  mergeSegments,
  moveSegment,
  moveVertex,
  type Position,
  removeSegment,
  replaceLine,
  reverseSegment,
  segmentArea,
  segmentOf,
  splitAt,
  splitAtVertex,
  totalLength,
} from "./drawing";
import { fromGeometries, toFeatureCollection } from "./geojson";

const LINE: readonly Position[] = [
  [102, 15],
  [102.01, 15],
  [102.02, 15],
];

function withLine(): readonly [Drawing, number] {
  return addSegment(EMPTY, "LineString", LINE);
}

describe("vertices", () => {
  it("are added at the end or in the middle, moved and deleted without touching the old drawing", () => {
    const [drawing, id] = withLine();
    const longer = addVertex(addVertex(drawing, id, [102.03, 15]), id, [102.005, 15], 1);
    expect(segmentOf(longer, id)?.positions.map(([lon]) => lon)).toEqual([
      102, 102.005, 102.01, 102.02, 102.03,
    ]);
    const moved = moveVertex(longer, id, 1, [102.006, 15.001]);
    expect(segmentOf(moved, id)?.positions[1]).toEqual([102.006, 15.001]);
    expect(segmentOf(deleteVertex(moved, id, 1), id)?.positions).toHaveLength(4);
    expect(segmentOf(drawing, id)?.positions).toBe(LINE);
  });
  it("keeps the same drawing when nothing changes", () => {
    const [drawing, id] = withLine();
    expect(moveVertex(drawing, id, 0, [102, 15])).toBe(drawing);
    expect(deleteVertex(drawing, id, 9)).toBe(drawing);
    expect(removeSegment(drawing, 99)).toBe(drawing);
  });
  it("moves the one position of a point", () => {
    const [drawing, id] = addSegment(EMPTY, "Point", [[100, 14]]);
    expect(segmentOf(addVertex(drawing, id, [101, 14]), id)?.positions).toEqual([[101, 14]]);
  });
  it("takes the segment away with its last vertex", () => {
    const [drawing, id] = addSegment(EMPTY, "Point", [[100, 14]]);
    expect(deleteVertex(drawing, id, 0).segments).toHaveLength(0);
  });
});

describe("split and merge", () => {
  it("splits at a vertex into two segments that share it, keeping the length", () => {
    const [drawing, id] = withLine();
    const split = splitAtVertex(drawing, id, 1);
    expect(split.segments.map((s) => s.positions.length)).toEqual([2, 2]);
    expect(split.segments[0]?.positions[1]).toEqual(split.segments[1]?.positions[0]);
    expect(totalLength(split)).toBeCloseTo(totalLength(drawing), 6);
  });
  it("does not split at an end and never splits a polygon", () => {
    const [drawing, id] = withLine();
    expect(splitAtVertex(drawing, id, 0)).toBe(drawing);
    expect(splitAtVertex(drawing, id, 2)).toBe(drawing);
    const [area, areaId] = addSegment(EMPTY, "Polygon", LINE);
    expect(splitAtVertex(area, areaId, 1)).toBe(area);
  });
  it("splits between vertices", () => {
    const [drawing, id] = withLine();
    const split = splitAt(drawing, id, 2, [102.015, 15]);
    expect(split.segments[0]?.positions.at(-1)).toEqual([102.015, 15]);
    expect(split.segments).toHaveLength(2);
    expect(splitAt(drawing, id, 1, [102.01, 15]).segments).toHaveLength(2);
  });
  it("merges back at the nearest ends, turning the second line when needed", () => {
    const [drawing, id] = withLine();
    const split = splitAtVertex(drawing, id, 1);
    const second = split.segments[1]?.id as number;
    const merged = mergeSegments(reverseSegment(split, second), id, second);
    expect(merged.segments).toHaveLength(1);
    expect(merged.segments[0]?.positions).toEqual(LINE);
  });
});

describe("segments", () => {
  it("change their number", () => {
    const [one, first] = withLine();
    const [two, second] = addSegment(one, "LineString", LINE);
    expect(moveSegment(two, second, -1).segments.map((s) => s.id)).toEqual([second, first]);
    expect(moveSegment(two, second, 1)).toBe(two);
  });
  it("lose repeated vertices and unfinished segments", () => {
    const [drawing, id] = addSegment(EMPTY, "LineString", [
      [102, 15],
      [102, 15],
      [102.01, 15],
    ]);
    expect(segmentOf(dropRepeats(drawing), id)?.positions).toHaveLength(2);
    const [unfinished] = addSegment(drawing, "Polygon", [[102, 15]]);
    expect(dropIncomplete(unfinished).segments).toHaveLength(1);
  });
});

describe("GeoJSON", () => {
  it("numbers segments, closes rings and leaves unfinished ones out", () => {
    const [one] = withLine();
    const [two] = addSegment(one, "Polygon", [
      [102, 15],
      [102.001, 15],
      [102.001, 15.001],
    ]);
    const [three] = addSegment(two, "LineString", [[102, 15]]);
    const collection = toFeatureCollection(three, { status: "DRAFT" });
    expect(collection.features.map((f) => f.properties.seq)).toEqual([1, 2]);
    expect(collection.features[1]?.geometry.coordinates[0]).toHaveLength(4);
    expect(collection.properties).toEqual({ status: "DRAFT" });
  });
  it("comes back with holes and parts", () => {
    const outer = [
      [102, 15],
      [102.01, 15],
      [102.01, 15.01],
      [102, 15],
    ];
    const hole = [
      [102.004, 15.001],
      [102.006, 15.001],
      [102.006, 15.003],
      [102.004, 15.001],
    ];
    const drawing = fromGeometries([
      { type: "Polygon", coordinates: [outer, hole] },
      {
        type: "MultiPoint",
        coordinates: [
          [1, 2],
          [3, 4],
        ],
      },
      null,
    ]);
    expect(drawing.segments.map((s) => s.shape)).toEqual(["Polygon", "Point", "Point"]);
    expect(drawing.segments[0]?.holes).toHaveLength(1);
    expect(segmentArea(drawing.segments[0] as never)).toBeGreaterThan(0);
    expect(toFeatureCollection(drawing).features[0]?.geometry.coordinates).toEqual([outer, hole]);
  });
});

describe("replaceLine", () => {
  it("keeps the number of the segment and lets the rest follow it", () => {
    const before: Drawing = {
      segments: [
        {
          id: 1,
          shape: "LineString",
          positions: [
            [102, 15],
            [102.01, 15],
            [102.5, 15],
            [102.51, 15],
          ],
        },
        { id: 2, shape: "Point", positions: [[102, 16]] },
      ],
      nextId: 3,
    };
    const after = replaceLine(before, 1, [
      [
        [102, 15],
        [102.01, 15],
      ],
      [
        [102.5, 15],
        [102.51, 15],
      ],
    ]);
    expect(after.segments.map(({ id, shape }) => [id, shape])).toEqual([
      [1, "LineString"],
      [3, "LineString"],
      [2, "Point"],
    ]);
    expect(after.nextId).toBe(4);
    expect(replaceLine(before, 2, [[[102, 15]]])).toBe(before);
    expect(replaceLine(before, 1, [])).toBe(before);
  });
});
