import { IDBFactory } from "fake-indexeddb";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiProblem } from "../api/client";
import { Autosave, type SaveState } from "./autosave";
import { type DraftContent, DraftStore, type LocalDraft, newerDraft } from "./drafts";
import { EMPTY } from "./drawing";

const CONTENT: DraftContent = { drawing: EMPTY };

function draft(project: string, saved_at: string, user = "eng"): LocalDraft {
  return { user, project, content: CONTENT, base_version: 2, saved_at, sent: false };
}

describe("the store", () => {
  it("keeps one draft per person and project and lists the newest first", async () => {
    const store = await DraftStore.open("t", new IDBFactory());
    await store.put(draft("P1", "2026-11-20T01:00:00Z"));
    await store.put(draft("P2", "2026-11-20T02:00:00Z"));
    await store.put(draft("P1", "2026-11-20T03:00:00Z"));
    await store.put(draft("P1", "2026-11-20T04:00:00Z", "other"));
    expect((await store.list("eng")).map((d) => d.project)).toEqual(["P1", "P2"]);
    await store.remove("eng", "P1");
    expect(await store.get("eng", "P1")).toBeUndefined();
    expect(await store.get("other", "P1")).toBeDefined();
    store.close();
  });
  it("does not call a changed draft sent", async () => {
    const store = await DraftStore.open("t", new IDBFactory());
    await store.put(draft("P1", "2026-11-20T02:00:00Z"));
    await store.markSent("eng", "P1", "2026-11-20T01:00:00Z");
    expect((await store.get("eng", "P1"))?.sent).toBe(false);
    await store.markSent("eng", "P1", "2026-11-20T02:00:00Z");
    expect((await store.get("eng", "P1"))?.sent).toBe(true);
    store.close();
  });
  it("prefers unsent work, then the newer copy", () => {
    const local = draft("P1", "2026-11-20T01:00:00Z");
    const remote = { content: CONTENT, base_version: 3, saved_at: "2026-11-20T02:00:00Z" };
    expect(newerDraft(undefined, null)).toBeNull();
    expect(newerDraft(local, remote)?.from).toBe("local");
    expect(newerDraft({ ...local, sent: true }, remote)?.from).toBe("server");
    expect(newerDraft(undefined, remote)?.from).toBe("server");
  });
});

describe("autosave", () => {
  afterEach(() => vi.useRealTimers());

  async function setUp(send: (content: DraftContent, version: number) => Promise<void>) {
    const store = await DraftStore.open("t", new IDBFactory());
    const shown: SaveState[] = [];
    const autosave = new Autosave({
      store,
      user: "eng",
      project: "P1",
      send,
      show: (state) => shown.push(state),
      delay_ms: 20,
    });
    return { store, shown, autosave };
  }

  it("writes here at once and sends the last of several changes", async () => {
    const send = vi.fn(async () => {});
    const { store, shown, autosave } = await setUp(send);
    await autosave.change(CONTENT, 0);
    await autosave.change({ ...CONTENT, typed: [{ text: "x", positions: [] }] }, 0);
    expect((await store.get("eng", "P1"))?.content.typed).toEqual([{ text: "x", positions: [] }]);
    await vi.waitFor(() => expect(shown.at(-1)?.kind).toBe("saved"));
    expect(send).toHaveBeenCalledTimes(1);
    expect((await store.get("eng", "P1"))?.sent).toBe(true);
    autosave.stop();
  });

  it.each([
    [0, "offline"],
    [401, "expired"],
  ] as const)("keeps the work here when the answer is %i", async (status, reason) => {
    const send = vi.fn(async (): Promise<void> => {
      throw new ApiProblem(status, "x", "x");
    });
    const { store, shown, autosave } = await setUp(send);
    await autosave.change(CONTENT, 0);
    await autosave.flush();
    expect(shown.at(-1)).toMatchObject({ kind: "local", reason });
    expect(autosave.pending).toBe(true);
    expect((await store.get("eng", "P1"))?.sent).toBe(false);
    send.mockImplementation(async () => {});
    await autosave.flush();
    expect(shown.at(-1)?.kind).toBe("saved");
    autosave.stop();
  });

  it("keeps the work here while a maintenance window is open, and sends it when that is over", async () => {
    const send = vi.fn(async (): Promise<void> => {
      throw new ApiProblem(503, "read_only", "อ่านได้อย่างเดียว");
    });
    const { shown, autosave } = await setUp(send);
    await autosave.change(CONTENT, 0);
    await autosave.flush();
    expect(shown.at(-1)).toMatchObject({ kind: "local", reason: "read_only" });
    expect(autosave.pending).toBe(true);
    send.mockImplementation(async () => {});
    await autosave.flush();
    expect(shown.at(-1)?.kind).toBe("saved");
    autosave.stop();
  });

  it("says why the server refused and forgets after a version was saved", async () => {
    const { store, shown, autosave } = await setUp(async () => {
      throw new ApiProblem(413, "too_large", "ใหญ่เกินไป");
    });
    await autosave.change(CONTENT, 0);
    await autosave.flush();
    expect(shown.at(-1)).toEqual({ kind: "failed", message: "ใหญ่เกินไป" });
    await autosave.forget();
    expect(await store.get("eng", "P1")).toBeUndefined();
    expect(autosave.pending).toBe(false);
  });
});
