/** Sends what was typed a moment after the last key, one request at a time, and keeps it in the browser until it is sent. */

import { ApiProblem } from "../api/client";
import type { Batch } from "./editing";
import type { Accepted, SheetModel } from "./model";
import type { Changes, ChangesAnswer, SheetRow } from "./protocol";
import type { KeptWork } from "./store";

export type SaveState =
  | { readonly kind: "clean"; readonly at: string }
  | { readonly kind: "waiting" }
  | { readonly kind: "saving" }
  | { readonly kind: "saved"; readonly at: string }
  /** Everything but so many cells, which wait to be mended. */
  | { readonly kind: "partly"; readonly at: string; readonly cells: number }
  | { readonly kind: "local"; readonly reason: "offline" | "expired" | "read_only" | "no_store" }
  /** A sheet that is written whole waits for so many cells to be mended. */
  | { readonly kind: "held"; readonly cells: number }
  | { readonly kind: "failed"; readonly detail: string };

export interface SaverOptions {
  readonly model: SheetModel;
  readonly kept: Pick<KeptWork, "write">;
  readonly post: (changes: Changes) => Promise<ChangesAnswer>;
  /** After the session ended: a new CSRF token from a fresh page. */
  readonly renew: () => Promise<void>;
  /** When the sheet was read. */
  readonly as_of: string;
  /** The rows as the server has them now. */
  readonly reload: () => Promise<readonly SheetRow[]>;
  readonly show: (state: SaveState) => void;
  readonly accepted: (accepted: Accepted, answer: ChangesAnswer) => void;
  readonly failed: (problem: ApiProblem) => void;
  readonly delay_ms?: number;
}

const DELAY_MS = 800;
const AGAIN_MS = 15_000;
/** A request is refused when it is too large: the rest goes in the next one. */
const MOST_CELLS = 5000;

/** The batch as the protocol writes it. */
export function changesOf(model: SheetModel, batch: Batch): Changes {
  const inserted = new Set(batch.inserts);
  const rowOf = (key: string): string => model.row(key).id ?? key;
  return {
    changes: batch.cells
      .filter((cell) => !inserted.has(cell.key))
      .map(({ key, column, base, value }) => ({ row: rowOf(key), column, base, value })),
    inserts: batch.inserts.map((key) => ({
      key,
      group: model.row(key).group,
      cells: Object.fromEntries(
        batch.cells.filter((cell) => cell.key === key).map((cell) => [cell.column, cell.value]),
      ),
    })),
    deletes: batch.deletes.map((key) => {
      const { version, into } = model.row(key);
      return { row: rowOf(key), version, into: into === null ? null : rowOf(into) };
    }),
    restores: batch.restores.map((key) => ({ row: rowOf(key) })),
  };
}

export class Saver {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sending: Promise<void> | null = null;
  private expired = false;
  /** When the server and the page last agreed. */
  private resting: Extract<SaveState, { readonly at: string }>;
  /** An insert went out and no answer came back: the row may be there. */
  private unsure = false;

  constructor(private readonly options: SaverOptions) {
    this.resting = { kind: "clean", at: options.as_of };
  }

  get pending(): boolean {
    return this.sending !== null || this.options.model.outgoing() !== null;
  }

  /** Something was typed, pasted or taken back. */
  touched(): void {
    const { model, show } = this.options;
    const isKept = this.keep();
    if (model.outgoing() === null) {
      // Taken back before it was sent, or only cells that wait for their person.
      clearTimeout(this.timer);
      if (!this.sending) show(this.rested());
      return;
    }
    if (!isKept) show({ kind: "local", reason: "no_store" });
    else if (this.expired) show({ kind: "local", reason: "expired" });
    else if (!this.sending) show({ kind: "waiting" });
    this.schedule(this.options.delay_ms ?? DELAY_MS);
  }

  /** Send what waits, now; also the way to try again. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    if (this.sending) await this.sending;
    const batch = this.options.model.outgoing();
    if (batch === null) return;
    this.sending = this.transmit(batch).finally(() => {
      this.sending = null;
    });
    await this.sending;
  }

  private waits(): SaveState | null {
    const cells = this.options.model.waiting;
    return cells > 0 ? { kind: "held", cells } : null;
  }

  /** Nothing can be sent now: all of it is saved, or what is not waits for its person. */
  private rested(): SaveState {
    const cells = this.options.model.unsent;
    return this.waits() ?? (cells > 0 ? { kind: "partly", at: this.resting.at, cells } : this.resting);
  }

  private keep(): boolean {
    return this.options.kept.write(this.options.model.kept());
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  private async transmit(waiting: Batch): Promise<void> {
    const { model, post, show, accepted, renew, reload } = this.options;
    show({ kind: "saving" });
    let batch = limited(waiting);
    try {
      if (this.expired) await renew();
      if (this.unsure) {
        model.adopt(await reload());
        this.unsure = false;
        const left = model.outgoing();
        if (left === null) {
          this.keep();
          this.rest(new Date().toISOString());
          return;
        }
        batch = limited(left);
      }
      model.sent(batch);
      if (batch.inserts.length > 0) this.keep(); // should the page close now, it is known that they went out
      const answer = await post(changesOf(model, batch));
      this.expired = false;
      const result = model.accept(batch, answer);
      this.keep();
      accepted(result, answer);
      const waits = this.waits();
      if (waits) show(waits);
      else if (model.outgoing() === null) this.rest(answer.at);
      else this.schedule(this.options.delay_ms ?? DELAY_MS);
    } catch (error) {
      model.lost();
      if (batch.inserts.length > 0) this.unsure = true;
      if (!(error instanceof ApiProblem)) throw error;
      this.explain(error);
    }
  }

  private rest(at: string): void {
    this.resting = { kind: "saved", at };
    this.options.show(this.rested());
  }

  private explain(problem: ApiProblem): void {
    const { show, failed } = this.options;
    if (problem.expired) this.expired = true;
    if (problem.offline || problem.expired || problem.readOnly) {
      const reason = problem.offline ? "offline" : problem.expired ? "expired" : "read_only";
      show({ kind: "local", reason });
    } else {
      show({ kind: "failed", detail: problem.detail });
    }
    failed(problem);
    if (problem.offline || problem.status >= 500) this.schedule(AGAIN_MS);
  }
}

/** Not more than one request may hold; rows that are inserted stay whole. */
function limited(batch: Batch): Batch {
  if (batch.cells.length <= MOST_CELLS) return batch;
  const cells = batch.cells.slice(0, MOST_CELLS);
  const last = cells.at(-1)?.key;
  const whole = batch.cells.filter((cell, at) => at < MOST_CELLS || cell.key === last);
  const keys = new Set(whole.map((cell) => cell.key));
  return { ...batch, cells: whole, inserts: batch.inserts.filter((key) => keys.has(key)) };
}
