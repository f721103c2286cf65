/** Autosave: to the browser at once, to the server a moment later, and a state that can be shown in one place. */

import { ApiProblem } from "../api/client";
import type { DraftContent, DraftStore } from "./drafts";

export type SaveState =
  | { readonly kind: "clean" }
  | { readonly kind: "saving" }
  | { readonly kind: "saved"; readonly at: Date }
  | { readonly kind: "local"; readonly at: Date; readonly reason: "offline" | "expired" | "read_only" }
  | { readonly kind: "failed"; readonly message: string };

export interface AutosaveOptions {
  readonly store: Pick<DraftStore, "put" | "markSent" | "remove"> | null;
  readonly user: string;
  readonly project: string;
  /** Sends a draft to the server. */
  readonly send: (content: DraftContent, base_version: number) => Promise<void>;
  readonly show: (state: SaveState) => void;
  readonly delay_ms?: number;
  readonly now?: () => Date;
}

const DELAY_MS = 1500;
const AGAIN_MS = 15_000;

interface Waiting {
  readonly content: DraftContent;
  readonly base_version: number;
  readonly at: Date;
}

export class Autosave {
  private waiting: Waiting | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sending: Promise<void> | null = null;
  private stopped = false;

  constructor(private readonly options: AutosaveOptions) {}

  /** True when something is not yet on the server. */
  get pending(): boolean {
    return this.waiting !== null || this.sending !== null;
  }

  async change(content: DraftContent, base_version: number): Promise<void> {
    const at = this.options.now?.() ?? new Date();
    this.waiting = { content, base_version, at };
    this.schedule(this.options.delay_ms ?? DELAY_MS);
    const { user, project, store, show } = this.options;
    show({ kind: "saving" });
    try {
      await store?.put({ user, project, content, base_version, saved_at: at.toISOString(), sent: false });
    } catch (error) {
      // A full or forbidden browser store: the server copy is then the only one.
      if (this.waiting?.at === at) await this.flush();
      if (!(error instanceof DOMException)) throw error;
    }
  }

  /** Send what waits, now. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    if (this.sending) await this.sending;
    if (!this.waiting || this.stopped) return;
    this.sending = this.transmit(this.waiting).finally(() => {
      this.sending = null;
    });
    await this.sending;
  }

  /** The drawing was saved as a version or given up: forget the draft here. */
  async forget(): Promise<void> {
    clearTimeout(this.timer);
    this.waiting = null;
    if (this.sending) await this.sending;
    this.waiting = null;
    await this.options.store?.remove(this.options.user, this.options.project);
    this.options.show({ kind: "clean" });
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  private async transmit(draft: Waiting): Promise<void> {
    const { send, show, store, user, project } = this.options;
    this.waiting = null;
    show({ kind: "saving" });
    try {
      await send(draft.content, draft.base_version);
      await store?.markSent(user, project, draft.at.toISOString());
      if (!this.waiting) show({ kind: "saved", at: draft.at });
    } catch (error) {
      this.waiting ??= draft;
      if (!(error instanceof ApiProblem)) throw error;
      this.explain(error, draft);
    }
  }

  private explain(problem: ApiProblem, draft: Waiting): void {
    const { show } = this.options;
    if (problem.offline || problem.readOnly) {
      show({ kind: "local", at: draft.at, reason: problem.offline ? "offline" : "read_only" });
      if (!this.stopped) this.schedule(AGAIN_MS);
      return;
    }
    if (problem.expired) {
      show({ kind: "local", at: draft.at, reason: "expired" });
      return;
    }
    show({ kind: "failed", message: problem.detail });
  }
}
