import { expect, test } from "vitest";
import { SheetModel } from "./model";
import { added, mergeTargets, moved } from "./planning";
import type { Column, Sheet, SheetRow } from "./protocol";
import { changesOf } from "./saver";

const column = (key: string, type: Column["type"] = "text"): Column => ({
  key,
  title: key,
  type,
  width: 100,
  frozen: false,
  editable: true,
  required: false,
  max_length: null,
  choices: null,
  total: type === "money",
  help: null,
});
const row = (id: string, name: string, y2570: string | null, more: Partial<SheetRow> = {}): SheetRow => ({
  id,
  group: "g",
  version: 1,
  cells: { name, y2570, y2571: null },
  problems: [],
  href: null,
  locked: false,
  ...more,
});
const made = (): SheetModel => {
  const sheet: Sheet = {
    title: "ผ.02",
    editable: true,
    why_read_only: null,
    columns: [column("name"), column("y2570", "money"), column("y2571", "money")],
    groups: [{ key: "g", title: "ยุทธศาสตร์ที่ 1", note: null }],
    rows: [row("1", "ถนน", "100.00"), row("2", "สระ", "50.25"), row("3", "ฝาย", null)],
    as_of: "2026-11-21T07:00:00Z",
    undo_hint: null,
  };
  return new SheetModel(sheet, () => "2026-11-21T07:31:00Z", "t");
};

test("a merge names where the row goes, and its money follows when the server has taken it", () => {
  const model = made();
  const money = added(model, "1", "2");
  expect(money).toEqual([{ key: "2", column: "y2570", text: "150.25" }]);
  expect(model.merge("1", "2", "รวม")).toBe(true);
  const batch = model.outgoing();
  if (!batch) throw new Error("nothing to send");
  expect(changesOf(model, batch).deletes).toEqual([{ row: "1", version: 1, into: "2" }]);
  model.sent(batch);
  const merged = row("1", "ถนน", "100.00", { locked: true, change: "MERGED" });
  model.accept(batch, { receipt: "R", at: "x", rows: [merged], removed: [], conflicts: [], problems: [] });
  expect(model.left("1")).toBe(true);
  model.along(money);
  expect(model.value("2", "y2570")).toBe("150.25");
  model.undo();
  expect(model.value("2", "y2570")).toBe("50.25");
  expect(model.outgoing()).toMatchObject({ restores: ["1"], deletes: [] });
});

test("a merge that the server refuses leaves both rows as they were", () => {
  const model = made();
  model.merge("1", "2", "รวม");
  const batch = model.outgoing();
  if (!batch) throw new Error("nothing to send");
  model.sent(batch);
  const problem = { row: "1", code: "line_has_budget", message: "มีงบ", fix: null, suggestion: null };
  model.accept(batch, { receipt: "R", at: "x", rows: [], removed: [], conflicts: [], problems: [problem] });
  expect(model.left("1")).toBe(false);
  expect(model.present()).toEqual(["1", "2", "3"]);
  expect(model.outgoing()).toBeNull();
});

test("a merge that waits in the browser still knows where the row goes", () => {
  const model = made();
  model.merge("1", "2", "รวม");
  const again = made();
  again.restore(model.kept());
  const batch = again.outgoing();
  if (!batch) throw new Error("nothing to send");
  expect(changesOf(again, batch).deletes[0]?.into).toBe("2");
});

test("a locked row and the row itself are no targets", () => {
  const model = made();
  model.remove(["3"], "ลบ");
  expect(mergeTargets(model, "1")).toEqual(["2"]);
  expect(model.merge("1", "1", "รวม")).toBe(false);
});

test("money moves on top of what stands in the other year, and rows without any stay out", () => {
  const model = made();
  model.change([{ key: "2", column: "y2571", text: "10" }], "แก้");
  expect(moved(model, ["1", "2", "3"], "y2570", "y2571")).toEqual([
    { key: "1", column: "y2570", text: null },
    { key: "1", column: "y2571", text: "100.00" },
    { key: "2", column: "y2570", text: null },
    { key: "2", column: "y2571", text: "60.25" },
  ]);
});
