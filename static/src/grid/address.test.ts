import { expect, test } from "vitest";
import { linkedCell, withCell } from "./address";
import { bestPlace } from "./cards";

test("the address names the cell and keeps the form", () => {
  const search = withCell("?form=ผ.02", "17", "y2572");
  expect(linkedCell(search)).toEqual({ row: "17", column: "y2572" });
  expect(new URLSearchParams(search).get("form")).toBe("ผ.02");
  expect(withCell(search, null, "y2572")).toBe("?form=%E0%B8%9C.02");
  expect(withCell("", null, "a")).toBe("");
});

test("a card stays inside the grid and off the active cell", () => {
  const frame = { left: 0, top: 0, right: 1000, bottom: 600 };
  const cell = { left: 500, top: 100, right: 600, bottom: 132 };
  const size = { width: 300, height: 60 };
  expect(bestPlace(cell, size, frame, [], false)).toEqual({ x: 296, y: 136 });
  const active = { left: 500, top: 132, right: 600, bottom: 164 };
  expect(bestPlace(cell, size, frame, [active], false)).toEqual({ x: 196, y: 100 });
  const low = { left: 500, top: 560, right: 600, bottom: 592 };
  expect(bestPlace(low, size, frame, [], true).y + size.height).toBeLessThanOrEqual(600);
});
