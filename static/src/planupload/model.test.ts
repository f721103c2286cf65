import { describe, expect, it } from "vitest";
import { forAll, grouped, nextWaiting, type Upload } from "./model";

const cell = (key: string, conflict: boolean, choice: "mine" | "theirs" | null = null) => ({
  key,
  name: "ถนน",
  title: "2570",
  sheet: "ผ.02",
  address: "I9",
  base: "1",
  yours: "2",
  theirs: "3",
  conflict,
  choice,
  by: null,
  at: null,
  remarks: [],
});

const upload: Upload = {
  id: 1,
  api: "/api/v1/plan-uploads/1",
  status: "STAGED",
  counts: { errors: 1, undecided: 1, cells: 2, inserts: 0, removals: 1 },
  acceptable: false,
  problems: [
    { code: "amount_unreadable", level: "error", message: "อ่านไม่ได้", key: "c:9:y2570" },
    { code: "row_copied", level: "warning", message: "สำเนา" },
    { code: "workbook_no_lines", level: "error", message: "ไม่มี" },
  ],
  cells: [cell("c:1:y2570", true), cell("c:2:y2570", true, "mine"), cell("c:3:y2570", false)],
  inserts: [],
  removals: [{ key: "r:4", name: "ออก", conflict: true, choice: null }],
};

describe("groups", () => {
  it("keeps what stops apart from what is to be looked at", () => {
    const groups = grouped(upload);
    expect([groups.mend.length, groups.look.length]).toEqual([2, 1]);
    expect(groups.collide.map((one) => one.key)).toEqual(["c:1:y2570", "c:2:y2570"]);
    expect(groups.change.map((one) => one.key)).toEqual(["c:3:y2570"]);
  });

  it("goes through everything that waits and begins again", () => {
    expect(nextWaiting(upload, null)).toBe("c:9:y2570");
    expect(nextWaiting(upload, "c:9:y2570")).toBe("c:1:y2570");
    expect(nextWaiting(upload, "c:1:y2570")).toBe("r:4");
    expect(nextWaiting(upload, "r:4")).toBe("c:9:y2570");
    expect(nextWaiting({ ...upload, problems: [], cells: [], removals: [] }, null)).toBeNull();
  });

  it("asks only for choices that differ", () => {
    expect(forAll(upload.cells, "mine")).toEqual({ "c:1:y2570": "mine", "c:3:y2570": "mine" });
  });
});
