/** One project at the drawing table: session, map surface, panel and saving held together. */

import { ApiProblem, type ProblemItem } from "../api/client";
import type { Project, StoredGeometry } from "../api/types";
import { Autosave, type SaveState } from "../draw/autosave";
import { type DraftContent, type DraftStore, newerDraft } from "../draw/drafts";
import { type Drawing, EMPTY, isComplete, type Position, vertexCount } from "../draw/drawing";
import { inverse, lineLength, ringArea } from "../draw/geodesic";
import { neighbours } from "../draw/neighbours";
import { DrawSession, type SessionEvent, TOOL_SHAPE, type Tool } from "../draw/session";
import type { Snapped } from "../draw/snapping";
import { DrawSurface, type Place } from "../draw/surface";
import { stillStanding, type TypedVertices, withTyped } from "../draw/typed";
import { metres, raiText, shortOrganisation, squareMetres, thaiMoment, thaiTime } from "../format";
import { ask } from "../panels/dialog";
import { byId, debounce } from "../panels/dom";
import { sizeWords } from "../panels/length";
import { showVertexMenu } from "../panels/vertexmenu";
import { Checker } from "./checker";
import { t } from "./editortexts";
import type { Explore } from "./explore";
import { HintBar } from "./hintbar";
import { bindKeys } from "./keyboard";
import type { Bench } from "./page";
import { EditorPanel } from "./panel";
import { toggleFold } from "./panes";
import {
  drawingOf,
  dropDraft,
  loadDraft,
  loadGeometry,
  type Stored,
  sendDraft,
  storeGeometry,
} from "./saving";
import { type Action, type MenuAction, Toolbar } from "./toolbar";

export interface EditorOptions {
  readonly bench: Bench;
  readonly explore: Explore;
  readonly store: DraftStore | null;
  readonly project: Project;
  readonly close: () => void;
  readonly changed: () => void;
}

const EXPECTED: Readonly<Record<string, Tool>> = { LineString: "line", Point: "point", Polygon: "polygon" };
const LETTERS = "eplan-letter-keys";

export class Editor {
  readonly session = new DrawSession();
  private readonly surface: DrawSurface;
  private readonly toolbar: Toolbar;
  private readonly panel: EditorPanel;
  private readonly hint: HintBar;
  private readonly checker: Checker;
  private readonly autosave: Autosave;
  private base: Stored;
  /** The drawing as the newest version has it; the same object as long as nothing was changed. */
  private storedDrawing: Drawing = EMPTY;
  /** Everything typed since the last version, with what was undone: redo brings it back. */
  private typed: readonly TypedVertices[] = [];
  private letterKeys = localStorage.getItem(LETTERS) !== "off";
  private busy = false;
  private crossPinned = matchMedia("(max-width: 599px)").matches;
  private readonly undoWork: (() => void)[] = [];
  private readonly enabled: boolean;

  /** Read what is stored and what was left unfinished, then open the table. */
  static async open(options: EditorOptions): Promise<Editor> {
    const { project, store, bench } = options;
    const [base, remote, local] = await Promise.all([
      loadGeometry(project.code),
      loadDraft(project.code),
      store?.get(bench.page.username, project.code),
    ]);
    const editor = new Editor(options, base);
    editor.begin(newerDraft(local, remote));
    return editor;
  }

  private constructor(
    private readonly options: EditorOptions,
    base: Stored,
  ) {
    const { bench, project, store } = options;
    this.base = base;
    this.enabled = project.may.edit_geometry === true;
    this.surface = new DrawSurface(bench.map, this.session, {
      onMove: () => {},
      onVertexMenu: (id, index, pixel) => this.vertexMenu(id, index, pixel),
      onMeasure: (positions) => this.measured(positions),
      onEnds: (from, to) => this.ends(from, to),
      segmentLabel: (number) => t("segment", { number }),
      covered: () => legendWidth(byId("wb-layers")),
      describe: (from, to, snapped) => describe(from, to, snapped, this.surface.crossShown),
    });
    this.panel = new EditorPanel(byId("wb-panel"), {
      project,
      session: this.session,
      surface: this.surface,
      bench,
      enabled: this.enabled,
      actions: {
        leave: () => void this.leave(),
        submit: () => void this.submit(),
        placeAtCross: () => this.surface.placeAtCross(),
        finish: () => this.session.finish(),
        addSegment: () => this.addSegment(),
        addTyped: (positions, text) => this.addTyped(positions, text),
        retyped: (position, text) => {
          this.typed = withTyped(this.typed, text, [position]);
        },
        useVersion: (version) => this.useVersion(version),
        discard: () => void this.discard(),
        retry: () => void this.retry(),
      },
    });
    this.hint = new HintBar(byId("wb-hint"));
    this.toolbar = new Toolbar(byId("wb-toolbar"), this.session, {
      tool: (tool) => this.setTool(tool, false),
      act: (action) => this.act(action),
      menu: (action) => this.menu(action),
    });
    this.checker = new Checker(
      project.code,
      project.kind === "road",
      this.session,
      this.surface,
      (problems, state) => {
        this.panel.showProblems(problems, state);
        this.surface.showProblems(
          problems.flatMap(({ number, isError, position }) =>
            position ? [{ number, isError, position }] : [],
          ),
        );
      },
    );
    this.autosave = new Autosave({
      store,
      user: bench.page.username,
      project: project.code,
      send: (content, version) => sendDraft(project.code, content, version),
      show: (state) => this.showSave(state),
    });
    this.listen();
  }

  private begin(found: ReturnType<typeof newerDraft>): void {
    const { project, explore } = this.options;
    this.storedDrawing = drawingOf(this.base.geometry);
    this.session.reset(this.storedDrawing);
    if (found && this.enabled)
      this.restore(found.draft.content, found.draft.base_version, found.draft.saved_at, found.from);
    explore.pause(true);
    explore.select(project.code);
    explore.setLook({ own: project.organisation, hidden: project.code });
    this.undoWork.push(this.session.subscribe((event) => this.onSession(event)));
    this.goThere();
    const first = EXPECTED[project.geometry_type ?? ""];
    const { growing } = this.session.state;
    const half = Object.values(EXPECTED).find((tool) => TOOL_SHAPE[tool] === this.session.active?.shape);
    if (this.enabled && growing && half) this.setTool(half, false);
    else if (this.enabled && first && this.session.drawing.segments.length === 0) this.setTool(first, false);
    if (this.crossPinned) this.surface.showCross(true);
    this.refresh();
    this.checker.changed();
    void this.findNeighbours();
  }

  private restore(content: DraftContent, version: number, saved_at: string, from: "local" | "server"): void {
    this.session.replace(content.drawing);
    this.typed = stillStanding((content.typed ?? []).filter(isTypedVertices), content.drawing);
    const note = t(from === "local" ? "restored_local" : "restored", { time: thaiMoment(saved_at) });
    const now = this.base.geometry.version;
    const older = version < now ? ` ${t("restored_older", { base: version, now })}` : "";
    this.panel.note("restored", note + older);
    this.options.bench.live.say(note);
    if (from === "local") void this.autosave.change(this.content(), version);
    else this.panel.showSave({ kind: "saved", at: new Date(saved_at) });
    if (older) this.surface.showComparison([this.base.geometry.geometry]);
  }

  private goThere(): void {
    const { project, bench } = this.options;
    if (this.session.drawing.segments.length > 0) this.surface.fit();
    else if (project.bbox) bench.map.getView().setZoom(Math.max(15, bench.map.getView().getZoom() ?? 0));
  }

  // ---- what happens ------------------------------------------------------------------------------------------

  private listen(): void {
    const { bench } = this.options;
    const find = debounce(() => void this.findNeighbours(), 250);
    const tiles = debounce(() => void this.findNeighbours(), 400);
    bench.map.on("moveend", find);
    bench.map.on("loadend", tiles);
    const online = (): void => void this.autosave.flush();
    addEventListener("online", online);
    const hide = (): void => {
      if (document.visibilityState === "hidden") void this.autosave.flush();
    };
    document.addEventListener("visibilitychange", hide);
    this.undoWork.push(
      () => bench.map.un("moveend", find),
      () => bench.map.un("loadend", tiles),
      () => removeEventListener("online", online),
      () => document.removeEventListener("visibilitychange", hide),
      this.bindCross(),
      this.keys(),
    );
  }

  /** A mouse over the map takes the place of the cross, unless the cross is wanted. */
  private bindCross(): () => void {
    const target = this.options.bench.map.getTargetElement();
    const move = (event: PointerEvent): void => {
      if (event.pointerType === "mouse" && !this.crossPinned && this.surface.crossShown) {
        this.surface.showCross(false);
        this.refreshTools();
      }
    };
    target.addEventListener("pointermove", move);
    return () => target.removeEventListener("pointermove", move);
  }

  private keys(): () => void {
    const { bench } = this.options;
    return bindKeys(byId("workbench"), bench.map.getTargetElement(), {
      tool: (tool) => this.setTool(tool, true),
      snap: () => this.act("snap"),
      trace: () => this.act("trace"),
      merge: () => this.act("merge"),
      undo: () => this.act("undo"),
      redo: () => this.act("redo"),
      save: () => void this.save(),
      submit: () => void this.submit(),
      fold: toggleFold,
      enter: () => this.enter(),
      finish: () => this.session.finish(),
      backspace: () => void this.session.deleteLast(),
      remove: () => this.act("delete"),
      escape: () => this.setTool("select", false),
      nextVertex: (by) => {
        this.session.stepVertex(by);
        const position = this.session.activePosition();
        if (position) this.surface.goTo(position, 0);
      },
      nextProblem: () => this.panel.nextProblem(),
      nudge: (east, north) => this.nudge(east, north),
      lettersOn: () => this.letterKeys,
    });
  }

  /** Arrows pan while drawing with the cross, and move the vertex that was stepped to otherwise. */
  private nudge(east: number, north: number): boolean {
    if (!this.enabled || this.session.tool !== "select" || !this.session.activePosition()) return false;
    this.session.nudge(east, north);
    return true;
  }

  private enter(): void {
    if (!this.surface.drawingTool) return;
    if (!this.surface.crossShown) {
      if (this.session.state.growing) this.session.finish();
      else {
        this.surface.showCross(true);
        this.refreshTools();
      }
      return;
    }
    const last = this.session.active?.positions.at(-1);
    const here = this.surface.atCross();
    const again = this.session.state.growing && last && inverse(last, here).length_m < 0.05;
    if (again) this.session.finish();
    else this.surface.placeAtCross();
  }

  private onSession(event: SessionEvent): void {
    if (event.kind === "drawing") {
      void this.autosave.change(this.content(), this.base.geometry.version);
      this.checker.changed();
      if (event.label) this.say(event.label);
    }
    this.refresh();
  }

  private say(label: NonNullable<SessionEvent["label"]>): void {
    const { drawing, active } = this.session;
    this.options.bench.live.say(
      t(`said_${label}`, {
        size: sizeWords(drawing),
        vertices: active?.positions.length ?? vertexCount(drawing),
        segments: drawing.segments.length,
      }),
    );
  }

  private content(): DraftContent {
    const { drawing } = this.session;
    return { drawing, typed: stillStanding(this.typed, drawing) };
  }

  private refresh(): void {
    this.refreshTools();
    this.panel.update(this.base.geometry, this.session.drawing === this.storedDrawing);
  }

  private refreshTools(): void {
    this.toolbar.update({
      snapping: this.surface.snapping,
      tracing: this.surface.tracing,
      crossOn: this.surface.crossShown,
      letterKeys: this.letterKeys,
      expected: EXPECTED[this.options.project.geometry_type ?? ""] ?? null,
      enabled: this.enabled,
    });
    this.hint.show(this.session, this.surface.crossShown);
    this.panel.showCross(this.surface.crossShown && this.surface.drawingTool);
  }

  private setTool(tool: Tool, byKey: boolean): void {
    if (!this.enabled && tool !== "measure" && tool !== "select") return;
    this.surface.clearMeasure();
    this.session.setTool(tool);
    if (byKey && TOOL_SHAPE[tool]) this.surface.showCross(true);
    this.refresh();
  }

  private act(action: Action): void {
    if (action === "snap") this.surface.snapping = !this.surface.snapping;
    else if (action === "trace") this.surface.tracing = !this.surface.tracing;
    else if (action === "undo") this.session.undo();
    else if (action === "redo") this.session.redo();
    else if (!this.enabled) return;
    else if (action === "merge") this.session.merge();
    else this.session.deleteVertex();
    this.refreshTools();
  }

  private menu(action: MenuAction): void {
    const { activeId } = this.session.state;
    if (action === "save") void this.save();
    else if (action === "fit") this.surface.fit();
    else if (action === "reverse" && activeId !== null) this.session.reverse(activeId);
    else if (action === "clear") void this.clearAll();
    else if (action === "cross") {
      this.crossPinned = !this.surface.crossShown;
      this.surface.showCross(this.crossPinned);
    } else if (action === "keys") {
      this.letterKeys = !this.letterKeys;
      localStorage.setItem(LETTERS, this.letterKeys ? "on" : "off");
    }
    this.refreshTools();
  }

  private async clearAll(): Promise<void> {
    const words = {
      title: t("all_remove_title"),
      text: t("segment_remove_text"),
      safe: t("keep"),
      act: t("menu_clear"),
    };
    const sure = await ask({ ...words, destructive: true });
    if (sure !== null) this.session.replace({ ...EMPTY, nextId: this.session.drawing.nextId });
  }

  private addSegment(): void {
    this.session.finish();
    this.session.select(this.session.state.activeId, null);
    this.setTool(EXPECTED[this.options.project.geometry_type ?? ""] ?? "line", false);
    this.options.bench.map.getTargetElement().focus();
  }

  private addTyped(positions: readonly Position[], text: string): void {
    this.typed = withTyped(this.typed, text, positions);
    const wanted = EXPECTED[this.options.project.geometry_type ?? ""] ?? "line";
    if (!TOOL_SHAPE[this.session.tool]) this.session.setTool(wanted);
    this.session.placeAll(positions, "add_vertex");
    this.refresh();
  }

  private vertexMenu(id: number, index: number, pixel: readonly [number, number]): void {
    if (!this.enabled) return;
    const { session } = this;
    const segment = session.active;
    const last = (segment?.positions.length ?? 1) - 1;
    const line = segment?.shape === "LineString";
    showVertexMenu(
      this.options.bench.map.getTargetElement(),
      pixel,
      t("hint_vertex", { vertex: index + 1, number: "" }),
      [
        { label: t("delete"), act: () => void session.deleteVertex(id, index) },
        ...(line && index > 0 && index < last
          ? [{ label: t("vertex_split"), act: () => void session.splitAtActive() }]
          : []),
        ...(line && (index === 0 || index === last)
          ? [{ label: t("vertex_continue"), act: () => this.setTool("line", false) }]
          : []),
      ],
    );
  }

  private measured(positions: readonly Position[]): void {
    if (positions.length === 0) {
      this.hint.release();
      return;
    }
    const length = lineLength(positions);
    const area = positions.length > 2 ? ringArea(positions) : 0;
    const words = positions.length > 1 ? t("hint_measured", { length: metres(length) }) : t("hint_measure");
    const more = area > 0 ? ` · ${t("hint_area", { area: `${raiText(area)} (${squareMetres(area)})` })}` : "";
    this.hint.say(words + more);
    if (positions.length > 1) this.options.bench.live.say(words + more);
  }

  /** Two ends were picked: along the road when the lines connect, or straight. */
  private ends(from: Place, to: Place): void {
    const route = this.surface.route(from, to);
    const straight: readonly Position[] = [from.position, to.position];
    const take = (positions: readonly Position[]): void => {
      this.surface.clearMeasure();
      this.session.setTool("line");
      this.session.placeAll(positions, "trace");
      this.session.finish();
      this.setTool("select", false);
    };
    this.hint.choose(route ? t("hint_ends") : t("ends_no_route"), [
      ...(route
        ? [{ label: t("ends_route", { length: metres(lineLength(route)) }), act: () => take(route) }]
        : []),
      { label: t("ends_straight", { length: metres(lineLength(straight)) }), act: () => take(straight) },
    ]);
  }

  private async findNeighbours(): Promise<void> {
    const { bench, project } = this.options;
    const targets = await neighbours(bench.map, project.code, {
      road: (organisation) => t("target_road", { organisation: shortOrganisation(organisation) }),
      water: (organisation) => t("target_water", { organisation: shortOrganisation(organisation) }),
      base: (kind) => t(`target_base_${kind}` as "target_base_road"),
    });
    this.surface.setNeighbours(targets);
    this.checker.tell();
  }

  // ---- saving ------------------------------------------------------------------------------------------------

  private showSave(state: SaveState): void {
    this.panel.showSave(state);
    if (state.kind === "local" && state.reason === "expired") this.showExpired(state.at);
    if (state.kind === "saved" || state.kind === "clean") this.panel.note("expired", null);
  }

  private showExpired(at: Date): void {
    const count = vertexCount(this.session.drawing);
    this.panel.expired(t("expired_text", { count, time: thaiTime(at) }));
    this.options.bench.live.alarm(t("expired_title"));
  }

  /** Signed in again in another tab: take the new token and send what waits. */
  private async retry(): Promise<void> {
    const { renewCsrf } = await import("../api/client");
    await renewCsrf("/map");
    await this.autosave.flush();
    this.checker.changed();
  }

  /** Ctrl S: a version with the status draft. */
  private async save(): Promise<void> {
    if (!this.session.drawing.segments.some(isComplete)) {
      await this.autosave.flush();
      return;
    }
    await this.put("DRAFT", null);
  }

  private async submit(): Promise<void> {
    if (!this.enabled || this.panel.isSent || this.panel.errors > 0) return;
    if (!this.session.drawing.segments.some(isComplete) || !(await this.endsHalf())) return;
    this.session.finish();
    const { drawing } = this.session;
    const warnings =
      this.panel.warnings > 0 ? ` ${t("submit_warnings", { count: this.panel.warnings })}` : "";
    const note = await ask({
      title: t("submit_title", { size: sizeWords(drawing) }),
      text: t("submit_text") + warnings,
      safe: t("not_yet"),
      act: t("submit"),
      note: t("submit_note"),
      ...(this.checker.joint ? { noted: t("joint_note") } : {}),
    });
    if (note !== null) await this.put("SUBMITTED", note || null);
  }

  /** What cannot be sent is never dropped unasked: false when the person would rather go on drawing it. */
  private async endsHalf(): Promise<boolean> {
    const { segments } = this.session.drawing;
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
    for (const { id } of half) this.session.removeSegment(id);
    return true;
  }

  private async put(status: "DRAFT" | "SUBMITTED", note: string | null): Promise<void> {
    if (this.busy || !this.enabled) return;
    this.busy = true;
    this.panel.busy(true);
    const { project, bench, explore, changed } = this.options;
    try {
      const drawing = this.session.drawing;
      this.base = await storeGeometry(project.code, drawing, this.base.etag, {
        status,
        note,
        typed: stillStanding(this.typed, drawing).map(({ text }) => text),
      });
      this.typed = [];
      this.storedDrawing = drawing;
      // A segment left half-way is in no version: the draft keeps it.
      if (this.session.drawing === drawing && drawing.segments.every(isComplete)) await this.afterStored();
      this.panel.stored(this.base.geometry, status);
      bench.live.say(t(status === "SUBMITTED" ? "submit" : "saved", { time: thaiTime(new Date()) }));
      explore.renew();
      changed();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      await this.refused(error);
    } finally {
      this.busy = false;
      this.panel.busy(false);
      this.refresh();
    }
  }

  private async afterStored(): Promise<void> {
    await this.autosave.forget();
    try {
      await dropDraft(this.options.project.code);
    } catch (error) {
      // The version is stored; a draft left behind is the same drawing and is offered once more at most.
      if (!(error instanceof ApiProblem)) throw error;
    }
  }

  private async refused(problem: ApiProblem): Promise<void> {
    const { live } = this.options.bench;
    if (problem.stale) await this.conflict();
    else if (problem.expired || problem.code.startsWith("csrf")) this.showExpired(new Date());
    else if (problem.status === 422) {
      this.checker.refused(problem.errors as readonly ProblemItem[]);
      this.panel.note("refused", t("refused"), "bad");
      live.alarm(t("refused"));
    } else {
      const words = problem.requestId ? `${problem.detail} (${problem.requestId})` : problem.detail;
      this.panel.note("refused", words, "bad");
      live.alarm(problem.detail);
    }
    await this.autosave.flush();
  }

  /** Somebody stored a version in between: both are shown, the person decides, nothing is lost. */
  private async conflict(): Promise<void> {
    const mine = this.session.drawing;
    const theirs = await loadGeometry(this.options.project.code);
    this.surface.showComparison(theirs.geometry.segments.map(({ geometry }) => geometry));
    const settle = (words: string): void => {
      this.base = theirs;
      this.surface.showComparison([]);
      this.panel.note("conflict", words);
      this.options.bench.live.say(words);
      void this.autosave.change(this.content(), this.base.geometry.version);
      this.refresh();
    };
    this.options.bench.live.alarm(t("conflict_title"));
    this.panel.conflict(theirs.geometry, {
      keepMine: () => {
        if (this.session.drawing !== mine && this.session.drawing.segments.length === 0)
          this.session.replace(mine);
        settle(t("kept_mine"));
      },
      useTheirs: () => {
        this.session.replace(drawingOf(theirs.geometry));
        settle(t("used_theirs"));
      },
      compare: () => this.surface.fit(),
    });
  }

  private useVersion(version: StoredGeometry): void {
    this.session.replace(drawingOf(version));
    this.panel.note("restored", t("version_used", { version: version.version }));
    this.surface.fit();
  }

  private async discard(): Promise<void> {
    const sure = await ask({
      title: t("discard_title"),
      text: t("discard_text"),
      safe: t("keep"),
      act: t("discard"),
      destructive: true,
    });
    if (sure === null) return;
    this.session.replace(drawingOf(this.base.geometry));
    this.surface.showComparison([]);
    this.panel.note("restored", null);
    await this.afterStored();
  }

  /** A segment left half-way stays in the draft. */
  private async leave(): Promise<void> {
    await this.autosave.flush();
    this.close();
  }

  /** Take the table away; what was not sent stays in the browser. */
  close(): void {
    const { explore } = this.options;
    this.autosave.stop();
    for (const undo of this.undoWork) undo();
    this.surface.remove();
    this.hint.hide();
    this.panel.remove();
    explore.setLook({});
    explore.pause(false);
    explore.select(null);
    this.options.close();
  }
}

/** Pixels that the legend takes from the map while it is open; shut it is no higher than a button. */
function legendWidth(legend: HTMLElement): number {
  return legend.querySelector("[aria-expanded='true']") ? legend.offsetWidth : 0;
}

/** Drafts of an earlier make kept the words alone. */
function isTypedVertices(typed: TypedVertices | string): typed is TypedVertices {
  return typeof typed !== "string";
}

function describe(from: Position | null, to: Position, snapped: Snapped | null, cross: boolean): string {
  const parts: string[] = [];
  const length_m = from ? inverse(from, to).length_m : 0;
  if (length_m > 0) parts.push(t(cross ? "from_last" : "plus", { length: metres(length_m) }));
  if (snapped)
    parts.push(t(snapped.kind === "end" ? "caught_end" : "caught", { what: snapped.target.label }));
  return parts.join(" · ");
}
