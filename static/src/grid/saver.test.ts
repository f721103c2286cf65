import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiProblem } from "../api/client";
import { SheetModel } from "./model";
import type { Changes, ChangesAnswer, Sheet, SheetRow } from "./protocol";
import { Saver, type SaveState } from "./saver";
import { KeptWork } from "./store";

const plain = { frozen: false, editable: true, required: false, max_length: null, choices: null, help: null };
const server = (): SheetRow[] =>
  ["1", "2"].map((id) => ({
    id,
    group: "g",
    version: 1,
    cells: { name: `ถนน ${id}`, y1: null },
    problems: [],
    href: null,
    locked: false,
  }));
const sheet = (): Sheet => ({
  title: "ผ.02",
  editable: true,
  why_read_only: null,
  columns: [
    { key: "name", title: "โครงการ", type: "text", width: 200, total: false, ...plain },
    { key: "y1", title: "2571", type: "money", width: 92, total: true, ...plain },
  ],
  groups: [],
  rows: server(),
  as_of: "2026-11-21T07:00:00Z",
  undo_hint: null,
});

/** A small server of one sheet: the newest value wins only over the base that was seen. */
function serve(rows: SheetRow[]): (changes: Changes) => Promise<ChangesAnswer> {
  return async (changes) => {
    const conflicts: ChangesAnswer["conflicts"][number][] = [];
    const touched = new Set<string>();
    for (const { row: id, column, base, value } of changes.changes) {
      const at = rows.findIndex((row) => row.id === id);
      const row = rows[at] as SheetRow;
      touched.add(id);
      const theirs = row.cells[column] ?? null;
      if (theirs !== base && theirs !== value)
        conflicts.push({
          row: id,
          column,
          base,
          yours: value,
          theirs,
          by: "กองช่าง",
          at: "2026-11-21T07:29:00Z",
        });
      else rows[at] = { ...row, version: Number(row.version) + 1, cells: { ...row.cells, [column]: value } };
    }
    const inserted = changes.inserts.map(({ key, group, cells }) => {
      const row: SheetRow = {
        id: `db-${key}-${rows.length}`,
        group,
        version: 1,
        cells,
        problems: [],
        href: null,
        locked: false,
      };
      if (!rows.some((one) => one.id === row.id)) rows.push(row);
      return { ...row, key };
    });
    return {
      receipt: "R-1",
      at: "2026-11-21T07:32:00Z",
      rows: [...rows.filter((row) => touched.has(row.id)), ...inserted],
      removed: changes.deletes.map((one) => one.row),
      conflicts,
      problems: [],
    };
  };
}

function started(rows = server()) {
  const model = new SheetModel(sheet(), undefined, "t");
  const states: SaveState[] = [];
  const post = vi.fn(serve(rows));
  const kept = new KeptWork("planner", "/api/v1/sheets/1");
  const renew = vi.fn(async () => {});
  const saver = new Saver({
    model,
    kept,
    post,
    renew,
    as_of: "2026-11-21T07:00:00Z",
    reload: async () => rows,
    show: (state) => states.push(state),
    accepted: () => {},
    failed: () => {},
  });
  const type = (key: string, column: string, text: string): void => {
    model.change([{ key, column, text }], "แก้");
    saver.touched();
  };
  return { model, states, post, saver, type, renew, rows };
}

beforeEach(() => {
  vi.useFakeTimers();
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("saving", () => {
  test("waits for the last key and sends many cells once", async () => {
    const { post, states, type } = started();
    type("1", "y1", "5");
    await vi.advanceTimersByTimeAsync(500);
    type("2", "y1", "6");
    await vi.advanceTimersByTimeAsync(799);
    expect(post).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(post).toHaveBeenCalledTimes(1);
    expect(post.mock.calls[0]?.[0].changes).toEqual([
      { row: "1", column: "y1", base: null, value: "5.00" },
      { row: "2", column: "y1", base: null, value: "6.00" },
    ]);
    expect(states.at(-1)).toEqual({ kind: "saved", at: "2026-11-21T07:32:00Z" });
  });

  test("is never said to be whole while a cell waits to be mended", async () => {
    const { states, type } = started();
    type("1", "y1", "5");
    type("2", "y1", "96O");
    await vi.advanceTimersByTimeAsync(800);
    expect(states.at(-1)).toEqual({ kind: "partly", at: "2026-11-21T07:32:00Z", cells: 1 });
    type("2", "y1", "960");
    await vi.advanceTimersByTimeAsync(800);
    expect(states.at(-1)).toEqual({ kind: "saved", at: "2026-11-21T07:32:00Z" });
  });

  test("is kept while there is no connection and goes by itself afterwards", async () => {
    const { post, states, type, model } = started();
    post.mockRejectedValueOnce(new ApiProblem(0, "offline", "x"));
    type("1", "y1", "5");
    type("1", "name", "");
    type("2", "y1", "96O");
    await vi.advanceTimersByTimeAsync(800);
    expect(states.at(-1)).toEqual({ kind: "local", reason: "offline" });
    const again = new SheetModel(sheet());
    expect(again.restore(new KeptWork("planner", "/api/v1/sheets/1").read()).restored).toBe(3);
    expect(again.value("2", "y1")).toBe("96O");
    expect(new KeptWork("engineer", "/api/v1/sheets/1").read()).toEqual([]);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(states.at(-1)?.kind).toBe("partly");
    expect(model.outgoing()).toBeNull();
    const left = new KeptWork("planner", "/api/v1/sheets/1").read();
    expect(left).toMatchObject([{ row: "2", text: "96O" }]);
  });

  test("has nothing to do when it was taken back in time", async () => {
    const { post, states, type } = started();
    type("1", "y1", "5");
    type("1", "y1", "");
    await vi.advanceTimersByTimeAsync(2000);
    expect(post).not.toHaveBeenCalled();
    expect(states.map((state) => state.kind)).toEqual(["waiting", "clean"]);
  });

  test("goes on after signing in again", async () => {
    const { post, states, saver, type, renew } = started();
    post.mockRejectedValueOnce(new ApiProblem(401, "signed_out", "x"));
    type("1", "y1", "5");
    await vi.advanceTimersByTimeAsync(800);
    expect(states.at(-1)).toEqual({ kind: "local", reason: "expired" });
    await saver.flush();
    expect(renew).toHaveBeenCalledTimes(1);
    expect(states.at(-1)?.kind).toBe("saved");
  });

  test("says why it was refused and tries again when asked", async () => {
    const { post, states, saver, type } = started();
    post.mockRejectedValueOnce(new ApiProblem(409, "sheet_submitted", "แผนส่งแล้ว"));
    type("1", "y1", "5");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states.at(-1)).toEqual({ kind: "failed", detail: "แผนส่งแล้ว" });
    expect(post).toHaveBeenCalledTimes(1);
    await saver.flush();
    expect(states.at(-1)?.kind).toBe("saved");
  });

  test("two people in one cell: the second decides", async () => {
    const rows = server();
    const [first, second] = [started(rows), started(rows)];
    first.type("1", "y1", "742.5");
    await vi.advanceTimersByTimeAsync(800);
    second.type("1", "y1", "760");
    await vi.advanceTimersByTimeAsync(800);
    expect(second.model.conflict("1", "y1")).toMatchObject({ base: null, theirs: "742.50" });
    second.model.takeMine("1", "y1");
    second.saver.touched();
    await vi.advanceTimersByTimeAsync(800);
    expect(rows[0]?.cells.y1).toBe("760.00");
    expect(second.model.counts().conflicts).toBe(0);
  });

  test("an insert whose answer was lost is the same row again", async () => {
    const { post, model, saver, rows } = started();
    const whole = post.getMockImplementation() as (changes: Changes) => Promise<ChangesAnswer>;
    post.mockImplementationOnce(async (changes) => {
      await whole(changes);
      throw new ApiProblem(0, "offline", "x");
    });
    const [key = ""] = model.insert([{ group: "g", after: "2", cells: { name: "ท่อ" } }], [], "แทรก");
    saver.touched();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(rows).toHaveLength(3);
    expect(model.row(key).id).toBe(`db-${key}-2`);
    expect(model.outgoing()).toBeNull();
  });
});
