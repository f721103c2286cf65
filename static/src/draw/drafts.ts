/** Drawings kept in the browser: written at every change, before anything is asked of the network. */

import type { Drawing } from "./drawing";
import type { TypedVertices } from "./typed";

export interface DraftContent {
  readonly drawing: Drawing;
  /** Coordinates as they were typed, kept as evidence beside the drawing. */
  readonly typed?: readonly TypedVertices[];
}

export interface LocalDraft {
  readonly user: string;
  readonly project: string;
  readonly content: DraftContent;
  /** Geometry version that the drawing started from. */
  readonly base_version: number;
  /** ISO 8601. */
  readonly saved_at: string;
  /** True when the server has this content too. */
  readonly sent: boolean;
}

const STORE = "drafts";

function promised<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export class DraftStore {
  private constructor(private readonly database: IDBDatabase) {}

  static async open(name = "eplan-drafts", factory: IDBFactory = indexedDB): Promise<DraftStore> {
    const request = factory.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: ["user", "project"] });
    };
    return new DraftStore(await promised(request));
  }

  private store(mode: IDBTransactionMode): IDBObjectStore {
    return this.database.transaction(STORE, mode).objectStore(STORE);
  }

  async get(user: string, project: string): Promise<LocalDraft | undefined> {
    return promised<LocalDraft | undefined>(this.store("readonly").get([user, project]));
  }

  async put(draft: LocalDraft): Promise<void> {
    await promised(this.store("readwrite").put(draft));
  }

  /** Note that the server has the draft, unless it was changed since. */
  async markSent(user: string, project: string, saved_at: string): Promise<void> {
    const store = this.store("readwrite");
    const draft = await promised<LocalDraft | undefined>(store.get([user, project]));
    if (draft?.saved_at === saved_at) await promised(store.put({ ...draft, sent: true }));
  }

  async remove(user: string, project: string): Promise<void> {
    await promised(this.store("readwrite").delete([user, project]));
  }

  /** Drafts of one person, the newest first. */
  async list(user: string): Promise<LocalDraft[]> {
    const all = await promised<LocalDraft[]>(this.store("readonly").getAll());
    return all.filter((draft) => draft.user === user).sort((a, b) => b.saved_at.localeCompare(a.saved_at));
  }

  close(): void {
    this.database.close();
  }
}

export interface RemoteDraft {
  readonly content: DraftContent;
  readonly base_version: number;
  readonly saved_at: string;
}

/** Of the copy here and the copy on the server: unsent work wins, then the newer one. */
export function newerDraft(
  local: LocalDraft | undefined,
  remote: RemoteDraft | null,
): { readonly draft: RemoteDraft; readonly from: "local" | "server" } | null {
  if (!local && !remote) return null;
  if (!local) return { draft: remote as RemoteDraft, from: "server" };
  if (!remote || !local.sent || local.saved_at >= remote.saved_at) return { draft: local, from: "local" };
  return { draft: remote, from: "server" };
}
