/** What becomes of a drawing: kept as a draft, stored as a version, settled with what somebody else has stored. */

import { ApiProblem, api, type ProblemItem } from "../api/client";
import type { DuplicateAnswer, StoredGeometry } from "../api/types";
import { Autosave, type SaveState } from "../draw/autosave";
import type { DraftContent } from "../draw/drafts";
import { type Drawing, EMPTY, isComplete, vertexCount } from "../draw/drawing";
import { toFeatureCollection } from "../draw/geojson";
import type { DrawSession } from "../draw/session";
import type { DrawSurface } from "../draw/surface";
import { stillStanding, type TypedVertices } from "../draw/typed";
import { thaiTime } from "../format";
import { ask } from "../panels/dialog";
import { sizeWords } from "../panels/length";
import type { Checker } from "./checker";
import type { EditorOptions } from "./editor";
import { t } from "./editortexts";
import type { EditorPanel } from "./panel";
import { drawingOf, dropDraft, loadGeometry, type Stored, sendDraft, storeGeometry } from "./saving";

/** What of the drawing table it works with. */
export interface Table {
  readonly options: EditorOptions;
  readonly session: DrawSession;
  readonly surface: DrawSurface;
  readonly panel: EditorPanel;
  readonly checker: Checker;
  /** This person may change the drawing. */
  readonly enabled: boolean;
  refresh(): void;
}

export class Storing {
  readonly autosave: Autosave;
  /** The drawing as the newest version has it; the same object as long as nothing was changed. */
  storedDrawing: Drawing = EMPTY;
  /** Everything typed since the last version, with what was undone: redo brings it back. */
  typed: readonly TypedVertices[] = [];
  private busy = false;

  constructor(
    private readonly table: Table,
    public base: Stored,
  ) {
    const { bench, project, store } = table.options;
    this.autosave = new Autosave({
      store,
      user: bench.page.username,
      project: project.code,
      send: (content, version) => sendDraft(project.code, content, version),
      show: (state) => this.showSave(state),
    });
  }

  content(): DraftContent {
    const { drawing } = this.table.session;
    return { drawing, typed: stillStanding(this.typed, drawing) };
  }

  private showSave(state: SaveState): void {
    this.table.panel.showSave(state);
    if (state.kind === "local" && state.reason === "expired") this.showExpired(state.at);
    if (state.kind === "saved" || state.kind === "clean") this.table.panel.note("expired", null);
  }

  private showExpired(at: Date): void {
    const count = vertexCount(this.table.session.drawing);
    this.table.panel.expired(t("expired_text", { count, time: thaiTime(at) }));
    this.table.options.bench.live.alarm(t("expired_title"));
  }

  /** Signed in again in another tab: take the new token and send what waits. */
  async retry(): Promise<void> {
    const { renewCsrf } = await import("../api/client");
    await renewCsrf("/map");
    await this.autosave.flush();
    this.table.checker.changed();
  }

  /** Ctrl S: a version with the status draft. */
  async save(): Promise<void> {
    if (!this.table.session.drawing.segments.some(isComplete)) {
      await this.autosave.flush();
      return;
    }
    await this.put("DRAFT", null);
  }

  async submit(): Promise<void> {
    if (!this.table.enabled || this.table.panel.isSent || this.table.panel.errors > 0) return;
    if (!this.table.session.drawing.segments.some(isComplete) || !(await this.endsHalf())) return;
    this.table.session.finish();
    const { drawing } = this.table.session;
    const { warnings: count, unanswered } = this.table.panel;
    const warnings =
      (count > 0 ? ` ${t("submit_warnings", { count })}` : "") +
      (unanswered > 0 ? ` ${t("submit_unanswered", { count: unanswered })}` : "");
    const note = await ask({
      title: t("submit_title", { size: sizeWords(drawing) }),
      text: t("submit_text") + warnings,
      safe: t("not_yet"),
      act: t("submit"),
      note: t("submit_note"),
      ...(this.table.checker.joint ? { noted: t("joint_note") } : {}),
    });
    if (note !== null) await this.put("SUBMITTED", note || null);
  }

  /** What the drawing is to a work at the same place, kept at once with its author. What went wrong, or null. */
  async answerNeighbour(other: string, answer: DuplicateAnswer): Promise<string | null> {
    const { project, bench } = this.table.options;
    try {
      await api.post(`/api/v1/projects/${encodeURIComponent(project.code)}/duplicate-answers`, {
        project: other,
        answer,
        geometry: toFeatureCollection(this.table.session.drawing),
      });
      this.table.checker.answered();
      bench.live.say(t("overlap_kept"));
      return null;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      const first = error.errors[0];
      const words = first ? `${first.message} ${first.fix ?? ""}` : error.detail;
      bench.live.alarm(words);
      return words;
    }
  }

  /** What cannot be sent is never dropped unasked: false when the person would rather go on drawing it. */
  private async endsHalf(): Promise<boolean> {
    const { segments } = this.table.session.drawing;
    const half = segments.filter((segment) => !isComplete(segment));
    if (half.length === 0) return true;
    const numbers = half.map((segment) => segments.indexOf(segment) + 1).join(", ");
    const answer = await ask({
      title: t("half_title", { number: numbers }),
      text: t("half_text"),
      safe: t("half_keep"),
      act: t("half_drop"),
      destructive: true,
    });
    if (answer === null) return false;
    for (const { id } of half) this.table.session.removeSegment(id);
    return true;
  }

  private async put(status: "DRAFT" | "SUBMITTED", note: string | null): Promise<void> {
    if (this.busy || !this.table.enabled) return;
    this.busy = true;
    this.table.panel.busy(true);
    const { project, bench, explore, changed } = this.table.options;
    try {
      const drawing = this.table.session.drawing;
      this.base = await storeGeometry(project.code, drawing, this.base.etag, {
        status,
        note,
        typed: stillStanding(this.typed, drawing).map(({ text }) => text),
      });
      this.typed = [];
      this.storedDrawing = drawing;
      // A segment left half-way is in no version: the draft keeps it.
      if (this.table.session.drawing === drawing && drawing.segments.every(isComplete))
        await this.afterStored();
      this.table.panel.stored(this.base.geometry, status);
      bench.live.say(t(status === "SUBMITTED" ? "submit" : "saved", { time: thaiTime(new Date()) }));
      explore.renew();
      changed();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      await this.refused(error);
    } finally {
      this.busy = false;
      this.table.panel.busy(false);
      this.table.refresh();
    }
  }

  private async afterStored(): Promise<void> {
    await this.autosave.forget();
    try {
      await dropDraft(this.table.options.project.code);
    } catch (error) {
      // The version is stored; a draft left behind is the same drawing and is offered once more at most.
      if (!(error instanceof ApiProblem)) throw error;
    }
  }

  private async refused(problem: ApiProblem): Promise<void> {
    const { live } = this.table.options.bench;
    if (problem.stale) await this.conflict();
    else if (problem.expired || problem.code.startsWith("csrf")) this.showExpired(new Date());
    else if (problem.status === 422) {
      this.table.checker.refused(problem.errors as readonly ProblemItem[]);
      this.table.panel.note("refused", t("refused"), "bad");
      live.alarm(t("refused"));
    } else {
      const words = problem.requestId ? `${problem.detail} (${problem.requestId})` : problem.detail;
      this.table.panel.note("refused", words, "bad");
      live.alarm(problem.detail);
    }
    await this.autosave.flush();
  }

  /** Somebody stored a version in between: both are shown, the person decides, nothing is lost. */
  private async conflict(): Promise<void> {
    const mine = this.table.session.drawing;
    const theirs = await loadGeometry(this.table.options.project.code);
    this.table.surface.signs.showComparison(theirs.geometry.segments.map(({ geometry }) => geometry));
    const settle = (words: string): void => {
      this.base = theirs;
      this.table.surface.signs.showComparison([]);
      this.table.panel.note("conflict", words);
      this.table.options.bench.live.say(words);
      void this.autosave.change(this.content(), this.base.geometry.version);
      this.table.refresh();
    };
    this.table.options.bench.live.alarm(t("conflict_title"));
    this.table.panel.conflict(theirs.geometry, {
      keepMine: () => {
        if (this.table.session.drawing !== mine && this.table.session.drawing.segments.length === 0)
          this.table.session.replace(mine);
        settle(t("kept_mine"));
      },
      useTheirs: () => {
        this.table.session.replace(drawingOf(theirs.geometry));
        settle(t("used_theirs"));
      },
      compare: () => this.table.surface.camera.fit(),
    });
  }

  useVersion(version: StoredGeometry): void {
    this.table.session.replace(drawingOf(version));
    this.table.panel.note("restored", t("version_used", { version: version.version }));
    this.table.surface.camera.fit();
  }

  async discard(): Promise<void> {
    const sure = await ask({
      title: t("discard_title"),
      text: t("discard_text"),
      safe: t("keep"),
      act: t("discard"),
      destructive: true,
    });
    if (sure === null) return;
    this.table.session.replace(drawingOf(this.base.geometry));
    this.table.surface.signs.showComparison([]);
    this.table.panel.note("restored", null);
    await this.afterStored();
  }
}
