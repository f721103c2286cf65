import { describe, expect, test } from "vitest";
import type { Batch } from "./editing";
import { linesOf, NO_FILTER } from "./lines";
import { SheetModel } from "./model";
import type { ChangesAnswer, Column, Sheet, SheetRow } from "./protocol";

const column = (key: string, more: Partial<Column> = {}): Column => ({
  key,
  title: key,
  type: "text",
  width: 100,
  frozen: false,
  editable: true,
  required: false,
  max_length: null,
  choices: null,
  total: false,
  help: null,
  ...more,
});
const row = (id: string, cells: SheetRow["cells"], more: Partial<SheetRow> = {}): SheetRow => ({
  id,
  group: "g1",
  version: 1,
  cells,
  problems: [],
  href: null,
  locked: false,
  ...more,
});
const sheet = (): Sheet => ({
  title: "ผ.02",
  editable: true,
  why_read_only: null,
  columns: [
    column("name", { required: true }),
    column("y1", { type: "money", total: true }),
    column("note", { editable: false }),
  ],
  groups: [
    { key: "g1", title: "ยุทธศาสตร์ที่ 1", note: null },
    { key: "g2", title: "ยุทธศาสตร์ที่ 2", note: null },
  ],
  rows: [
    row("1", { name: "ถนน", y1: "100.00", note: "x" }),
    row("2", { name: "สระ", y1: null, note: null }),
    row("3", { name: "ฝาย", y1: "50.50", note: null }, { group: "g2" }),
  ],
  as_of: "2026-11-21T07:00:00Z",
  undo_hint: null,
});
const made = (): SheetModel => new SheetModel(sheet(), () => "2026-11-21T07:31:00Z", "t");
const answer = (more: Partial<ChangesAnswer>): ChangesAnswer => ({
  receipt: "R",
  at: "2026-11-21T07:32:00Z",
  rows: [],
  removed: [],
  conflicts: [],
  problems: [],
  ...more,
});
function send(model: SheetModel): Batch {
  const batch = model.outgoing();
  if (!batch) throw new Error("nothing to send");
  model.sent(batch);
  return batch;
}
const type = (model: SheetModel, key: string, to: string, text: string | null): void => {
  model.change([{ key, column: to, text }], "แก้");
};

describe("typing", () => {
  test("sends the value that was read with the value last seen", () => {
    const model = made();
    type(model, "1", "y1", "๒๐๐ บาท");
    expect(model.value("1", "y1")).toBe("200.00");
    expect(model.changed("1", "y1")).toBe(true);
    expect(model.outgoing()?.cells).toEqual([
      { key: "1", column: "y1", base: "100.00", text: "๒๐๐ บาท", value: "200.00" },
    ]);
  });

  test("the value that was there leaves nothing to send", () => {
    const model = made();
    type(model, "1", "y1", "200");
    type(model, "1", "y1", "100");
    expect(model.outgoing()).toBeNull();
    expect(model.changed("1", "y1")).toBe(false);
  });

  test("an unreadable text stays as typed and is not sent", () => {
    const model = made();
    type(model, "1", "y1", "96O,000");
    expect(model.value("1", "y1")).toBe("96O,000");
    expect(model.problem("1", "y1")?.suggestion).toBe("960,000");
    expect(model.outgoing()).toBeNull();
    expect(model.counts()).toMatchObject({ changed: 0, wrong: 1, conflicts: 0, rows: 3 });
  });

  test("leaves read-only cells and locked rows alone", () => {
    const model = made();
    expect(model.change([{ key: "1", column: "note", text: "y" }], "แก้")).toBe(0);
    model.row("1").locked = true;
    expect(model.change([{ key: "1", column: "name", text: "y" }], "แก้")).toBe(0);
    expect(model.undoLabel).toBeNull();
  });
});

describe("sums", () => {
  test("leave wrong cells out and say how many", () => {
    const model = made();
    expect(model.total(["1", "2", "3"])).toEqual({ satang: { y1: 15050 }, wrong: 0, rows: 3 });
    type(model, "1", "y1", "1OO");
    type(model, "2", "y1", "0.25");
    expect(model.total(["1", "2"])).toEqual({ satang: { y1: 25 }, wrong: 1, rows: 2 });
  });
});

describe("steps", () => {
  test("a paste is one step, back and forth", () => {
    const model = made();
    model.change(
      [
        { key: "1", column: "y1", text: "1" },
        { key: "2", column: "y1", text: "x" },
      ],
      "วาง 2 ช่อง",
    );
    expect(model.undo()?.label).toBe("วาง 2 ช่อง");
    expect(model.value("1", "y1")).toBe("100.00");
    expect(model.problem("2", "y1")).toBeNull();
    expect(model.outgoing()).toBeNull();
    model.redo();
    expect(model.value("1", "y1")).toBe("1.00");
    expect(model.value("2", "y1")).toBe("x");
  });

  test("what was saved is taken back by the inverse change", () => {
    const model = made();
    type(model, "1", "y1", "200");
    const batch = send(model);
    model.accept(batch, answer({ rows: [row("1", { name: "ถนน", y1: "200.00" }, { version: 2 })] }));
    expect(model.outgoing()).toBeNull();
    expect(model.changed("1", "y1")).toBe(true);
    model.undo();
    expect(model.outgoing()?.cells[0]).toMatchObject({ base: "200.00", value: "100.00" });
  });

  test("a new step forgets what could be done again", () => {
    const model = made();
    type(model, "1", "y1", "1");
    model.undo();
    type(model, "1", "name", "ทาง");
    expect(model.redoLabel).toBeNull();
  });
});

describe("the answer", () => {
  test("does not overwrite what was typed meanwhile", () => {
    const model = made();
    type(model, "1", "y1", "200");
    const batch = send(model);
    type(model, "1", "y1", "300");
    model.accept(batch, answer({ rows: [row("1", { name: "ถนน", y1: "200.00" }, { version: 2 })] }));
    expect(model.value("1", "y1")).toBe("300.00");
    expect(model.outgoing()?.cells[0]).toMatchObject({ base: "200.00", value: "300.00" });
  });

  test("going back while it flies is a change of its own", () => {
    const model = made();
    type(model, "1", "y1", "200");
    const batch = send(model);
    type(model, "1", "y1", "100");
    model.accept(batch, answer({ rows: [row("1", { name: "ถนน", y1: "200.00" }, { version: 2 })] }));
    expect(model.outgoing()?.cells[0]).toMatchObject({ base: "200.00", value: "100.00" });
  });

  test("a refused cell keeps its text until it is changed", () => {
    const model = made();
    type(model, "1", "name", "ทาง");
    const problem = { row: "1", column: "name", code: "taken", message: "ชื่อซ้ำ", fix: null, suggestion: null };
    const accepted = model.accept(send(model), answer({ problems: [problem] }));
    expect(accepted.problems).toEqual([{ key: "1", column: "name" }]);
    expect(model.outgoing()).toBeNull();
    expect(model.problem("1", "name")?.code).toBe("taken");
    type(model, "1", "name", "ทาง 2");
    expect(model.problem("1", "name")).toBeNull();
  });

  test("a conflict waits for its person, either way", () => {
    const clash = {
      row: "1",
      column: "y1",
      base: "100.00",
      yours: "760.00",
      theirs: "742.50",
      by: "กองช่าง",
      at: "2026-11-21T07:29:00Z",
    };
    for (const choice of ["mine", "theirs"] as const) {
      const model = made();
      type(model, "1", "y1", "760");
      model.accept(send(model), answer({ conflicts: [clash] }));
      expect(model.conflict("1", "y1")).toMatchObject({ theirs: "742.50", by: "กองช่าง" });
      expect(model.value("1", "y1")).toBe("760.00");
      expect(model.outgoing()).toBeNull();
      expect(model.counts().conflicts).toBe(1);
      if (choice === "mine") {
        model.takeMine("1", "y1");
        expect(model.outgoing()?.cells[0]).toMatchObject({ base: "742.50", value: "760.00" });
      } else {
        model.takeTheirs("1", "y1", "เลือก");
        expect(model.value("1", "y1")).toBe("742.50");
        expect(model.outgoing()).toBeNull();
        model.undo();
        expect(model.value("1", "y1")).toBe("760.00");
      }
    }
  });

  test("of the whole sheet brings what others did and leaves what was typed", () => {
    const model = made();
    type(model, "1", "y1", "7");
    model.catchUp([row("1", { name: "ถนนใหม่", y1: "8.00" }), row("9", { name: "ท่อ", y1: null })]);
    expect(model.present()).toEqual(["1", "9"]);
    expect(model.value("1", "name")).toBe("ถนนใหม่");
    expect(model.outgoing()?.cells).toMatchObject([{ base: "100.00", value: "7.00" }]);
  });

  test("brings rows that others inserted into their group", () => {
    const model = made();
    type(model, "1", "name", "ก");
    model.accept(send(model), answer({ rows: [row("9", { name: "ใหม่", y1: null })] }));
    expect(model.present("g1")).toEqual(["1", "2", "9"]);
  });
});

describe("rows", () => {
  test("a new row is sent when something is in it, and keeps its key", () => {
    const model = made();
    const [key = ""] = model.insert([{ group: "g1", after: "1", cells: {} }], [], "แทรก");
    expect(model.present()).toEqual(["1", key, "2", "3"]);
    expect(model.outgoing()).toBeNull();
    type(model, key, "name", "ท่อ");
    type(model, key, "y1", "x");
    const batch = send(model);
    expect(batch.inserts).toEqual([key]);
    expect(batch.cells.map((cell) => cell.column)).toEqual(["name"]);
    model.accept(batch, answer({ rows: [row("8", { name: "ท่อ", y1: null }, { key })] }));
    expect(model.row(key).id).toBe("8");
    expect(model.outgoing()).toBeNull();
    type(model, key, "y1", "5");
    expect(model.outgoing()?.cells[0]).toMatchObject({ key, base: null, value: "5.00" });
    expect(model.outgoing()?.inserts).toEqual([]);
  });

  test("where the lines are given none is added and none is taken out", () => {
    const model = new SheetModel({ ...sheet(), fixed_rows: true });
    expect(model.insert([{ group: "g1", after: "1", cells: { name: "ท่อ" } }], [], "แทรก")).toEqual([]);
    expect(model.remove(["1"], "ลบ")).toBe(0);
    expect(model.present()).toEqual(["1", "2", "3"]);
    type(model, "1", "name", "ก");
    expect(model.outgoing()?.cells).toHaveLength(1);
  });

  test("a refused row waits until it is changed", () => {
    const model = made();
    const [key = ""] = model.insert([{ group: "g1", after: null, cells: { y1: "5" } }], [], "แทรก");
    expect(model.present()[0]).toBe(key);
    const problem = { row: key, column: "name", code: "required", message: "", fix: null, suggestion: null };
    model.accept(send(model), answer({ problems: [problem] }));
    expect(model.outgoing()).toBeNull();
    expect(model.problem(key, "name")?.code).toBe("required");
    type(model, key, "name", "ท่อ");
    expect(model.problem(key, "name")).toBeNull();
    expect(model.outgoing()?.inserts).toEqual([key]);
  });

  test("removing and taking it back, before and after the server knows", () => {
    const model = made();
    model.remove(["2"], "ลบ");
    expect(model.present()).toEqual(["1", "3"]);
    model.undo();
    expect(model.outgoing()).toBeNull();
    model.redo();
    const batch = send(model);
    expect(batch.deletes).toEqual(["2"]);
    model.accept(batch, answer({ removed: ["2"] }));
    model.undo();
    expect(model.outgoing()?.restores).toEqual(["2"]);
    model.accept(send(model), answer({ rows: [row("2", { name: "สระ", y1: null })] }));
    expect(model.present()).toEqual(["1", "2", "3"]);
    expect(model.outgoing()).toBeNull();
  });

  test("a line in force that is taken out stays to be seen, and comes back", () => {
    const model = made();
    model.remove(["1"], "ลบ");
    const ended = row("1", { name: "ถนน", y1: "100.00" }, { locked: true, change: "WITHDRAWN" });
    model.accept(send(model), answer({ rows: [ended], removed: ["1"] }));
    expect(model.present()).toEqual(["1", "2", "3"]);
    expect(model.total(["1", "2"])).toMatchObject({ satang: { y1: 0 }, rows: 1 });
    expect(model.outgoing()).toBeNull();
    model.undo();
    expect(model.outgoing()?.restores).toEqual(["1"]);
    model.accept(
      send(model),
      answer({ rows: [row("1", { name: "ถนน", y1: "100.00" }, { change: "CHANGED" })] }),
    );
    expect(model.total(["1", "2"]).satang).toEqual({ y1: 10000 });
    expect(model.outgoing()).toBeNull();
  });

  test("a row that may not go comes back, with the reason", () => {
    const model = made();
    model.remove(["2"], "ลบ");
    const problem = { row: "2", code: "line_has_budget", message: "มีงบแล้ว", fix: "โอน", suggestion: null };
    expect(model.accept(send(model), answer({ problems: [problem] })).notes).toEqual(["มีงบแล้ว · โอน"]);
    expect(model.present()).toContain("2");
  });

  test("a row that another person removed is told", () => {
    const model = made();
    type(model, "2", "name", "บ่อ");
    expect(model.accept(send(model), answer({ removed: ["2"] })).gone).toEqual(["2"]);
    expect(model.present()).toEqual(["1", "3"]);
  });
});

describe("work kept in the browser", () => {
  test("comes back on a sheet that was loaded again", () => {
    const model = made();
    type(model, "1", "y1", "96O,000");
    type(model, "2", "y1", "7");
    model.insert([{ group: "g2", after: "3", cells: { name: "ท่อ" } }], [], "แทรก");
    model.remove(["3"], "ลบ");
    const again = made();
    const { restored, lost } = again.restore(JSON.parse(JSON.stringify(model.kept())));
    expect([restored, lost]).toEqual([4, []]);
    expect(again.value("1", "y1")).toBe("96O,000");
    expect(again.present("g2")).toHaveLength(1);
    expect(again.outgoing()).toMatchObject({ deletes: ["3"], cells: [{ value: "7.00" }, { value: "ท่อ" }] });
  });

  test("an insert that went out before the page was closed is not made again", () => {
    const model = made();
    model.insert([{ group: "g2", after: "3", cells: { name: "ท่อ", y1: "5" } }], [], "แทรก");
    send(model);
    const arrived = sheet();
    const again = new SheetModel({
      ...arrived,
      rows: [...arrived.rows, row("8", { name: "ท่อ", y1: "5.00" }, { group: "g2" })],
    });
    again.restore(model.kept());
    expect(again.present("g2")).toEqual(["3", "8"]);
    expect(again.outgoing()).toBeNull();
    const lost = made();
    lost.restore(model.kept());
    expect(lost.outgoing()?.inserts).toHaveLength(1);
  });

  test("keeps conflicts open, and says what fits nowhere", () => {
    const model = made();
    type(model, "1", "y1", "7");
    const clash = {
      row: "1",
      column: "y1",
      base: "100.00",
      yours: "7",
      theirs: "8.00",
      by: "ก",
      at: "2026-01-01",
    };
    model.accept(send(model), answer({ conflicts: [clash] }));
    const again = made();
    expect(
      again.restore([...model.kept(), { ...(model.kept()[0] as never as object), row: "77" } as never]).lost,
    ).toHaveLength(1);
    expect(again.conflict("1", "y1")?.by).toBe("ก");
    expect(again.outgoing()).toBeNull();
  });
});

describe("a sheet that is written whole", () => {
  const whole = (): SheetModel => new SheetModel({ ...sheet(), whole: true });

  test("sends nothing while a cell waits for its person", () => {
    const model = whole();
    type(model, "1", "y1", "7");
    type(model, "2", "y1", "x");
    expect([model.outgoing(), model.waiting]).toEqual([null, 1]);
    type(model, "2", "y1", "8");
    expect(model.outgoing()?.cells).toHaveLength(2);
  });

  test("keeps everything that was refused with one cell, and sends all of it after the mend", () => {
    const model = whole();
    type(model, "1", "y1", "7");
    const [key = ""] = model.insert([{ group: "g2", after: "3", cells: { name: "ท่อ" } }], [], "แทรก");
    model.remove(["2"], "ลบ");
    const problem = { row: key, column: "name", code: "x", message: "ไม่มี", fix: null, suggestion: null };
    const accepted = model.accept(send(model), answer({ written: false, problems: [problem] }));
    expect([accepted.saved, model.waiting, model.outgoing()]).toEqual([0, 1, null]);
    expect(model.problem(key, "name")?.message).toBe("ไม่มี");
    type(model, key, "name", "ท่อระบายน้ำ");
    expect(model.outgoing()).toMatchObject({
      inserts: [key],
      deletes: ["2"],
      cells: [{ key: "1" }, { key }],
    });
  });

  test("shows what the server knows of a new row beside another one's mistake, until the row is another", () => {
    const model = whole();
    const [right = ""] = model.insert([{ group: "g1", after: null, cells: { name: "70-1" } }], [], "วาง");
    type(model, "1", "y1", "7");
    const problem = { row: "1", column: "y1", code: "x", message: "ไม่มี", fix: null, suggestion: null };
    const found = [{ key: right, cells: { note: "ถนนสายใหม่", name: "70-2" } }];
    model.accept(send(model), answer({ written: false, problems: [problem], found }));
    expect([model.value(right, "note"), model.value(right, "name")]).toEqual(["ถนนสายใหม่", "70-1"]);
    type(model, right, "name", "70-3");
    expect(model.value(right, "note")).toBeNull();
  });

  test("is not sent again as it was when the refusal names no cell", () => {
    const model = whole();
    type(model, "1", "y1", "7");
    model.accept(send(model), answer({ written: false, problems: [] }));
    expect(model.outgoing()).toBeNull();
    type(model, "1", "y1", "8");
    expect(model.outgoing()?.cells).toMatchObject([{ value: "8.00" }]);
  });
});

describe("lines", () => {
  test("number group heads and rows, whatever is folded", () => {
    const model = made();
    const { lines, last } = linesOf(model, new Set(["g1"]), NO_FILTER);
    expect(lines.map((line) => line.id)).toEqual(["group g1", "sum g1", "group g2", "row 3", "sum g2"]);
    expect(lines[3]).toMatchObject({ number: 5 });
    expect(last).toBe(5);
  });

  test("a filter opens groups and leaves out those without a match", () => {
    const model = made();
    const found = linesOf(model, new Set(["g1"]), { text: "สระ", mark: "all" }).lines;
    expect(found.map((line) => line.id)).toEqual(["group g1", "row 2", "sum g1"]);
    type(model, "3", "y1", "x");
    const wrong = linesOf(model, new Set(), { text: "", mark: "fix" }).lines;
    expect(wrong.map((line) => line.id)).toEqual(["group g2", "row 3", "sum g2"]);
  });
});
