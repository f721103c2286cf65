import type { Project } from "../api/types";
import { type DraftContent, type DraftStore, newerDraft } from "../draw/drafts";
import { EMPTY, type Position, vertexCount } from "../draw/drawing";
import { inverse, lineLength, ringArea } from "../draw/geodesic";
import { neighbours } from "../draw/neighbours";
import { DrawSession, type SessionEvent, TOOL_SHAPE, type Tool } from "../draw/session";
import type { Snapped } from "../draw/snapping";
import { DrawSurface, type Place } from "../draw/surface";
import { stillStanding, type TypedVertices, withTyped } from "../draw/typed";
import { metres, raiText, shortOrganisation, squareMetres, thaiMoment } from "../format";
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
import { drawingOf, loadDraft, loadGeometry, type Stored } from "./saving";
import { Storing } from "./storing";
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
  readonly surface: DrawSurface;
  private readonly toolbar: Toolbar;
  readonly panel: EditorPanel;
  private readonly hint: HintBar;
  readonly checker: Checker;
  private readonly storing: Storing;
  private letterKeys = localStorage.getItem(LETTERS) !== "off";
  private crossPinned = matchMedia("(max-width: 599px)").matches;
  private readonly undoWork: (() => void)[] = [];
  readonly enabled: boolean;

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
    readonly options: EditorOptions,
    base: Stored,
  ) {
    const { bench, project } = options;
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
        submit: () => void this.storing.submit(),
        placeAtCross: () => this.surface.placeAtCross(),
        finish: () => this.session.finish(),
        addSegment: () => this.addSegment(),
        addTyped: (positions, text) => this.addTyped(positions, text),
        retyped: (position, text) => {
          this.storing.typed = withTyped(this.storing.typed, text, [position]);
        },
        useVersion: (version) => this.storing.useVersion(version),
        discard: () => void this.storing.discard(),
        retry: () => void this.storing.retry(),
        answerNeighbour: (other, answer) => this.storing.answerNeighbour(other, answer),
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
      (problems, state, near) => {
        this.panel.showProblems(problems, state);
        this.panel.showNeighbours(near);
        this.surface.signs.showCommon(near.map(({ common }) => common));
        this.surface.signs.showProblems(
          problems.flatMap(({ number, isError, position }) =>
            position ? [{ number, isError, position }] : [],
          ),
        );
      },
    );
    this.storing = new Storing(this, base);
    this.listen();
  }

  private begin(found: ReturnType<typeof newerDraft>): void {
    const { project, explore } = this.options;
    this.storing.storedDrawing = drawingOf(this.storing.base.geometry);
    this.session.reset(this.storing.storedDrawing);
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
    this.storing.typed = stillStanding((content.typed ?? []).filter(isTypedVertices), content.drawing);
    const note = t(from === "local" ? "restored_local" : "restored", { time: thaiMoment(saved_at) });
    const now = this.storing.base.geometry.version;
    const older = version < now ? ` ${t("restored_older", { base: version, now })}` : "";
    this.panel.note("restored", note + older);
    this.options.bench.live.say(note);
    if (from === "local") void this.storing.autosave.change(this.storing.content(), version);
    else this.panel.showSave({ kind: "saved", at: new Date(saved_at) });
    if (older) this.surface.signs.showComparison([this.storing.base.geometry.geometry]);
  }

  private goThere(): void {
    const { project, bench } = this.options;
    if (this.session.drawing.segments.length > 0) this.surface.camera.fit();
    else if (project.bbox) bench.map.getView().setZoom(Math.max(15, bench.map.getView().getZoom() ?? 0));
  }

  // ---- what happens ------------------------------------------------------------------------------------------

  private listen(): void {
    const { bench } = this.options;
    const find = debounce(() => void this.findNeighbours(), 250);
    const tiles = debounce(() => void this.findNeighbours(), 400);
    bench.map.on("moveend", find);
    bench.map.on("loadend", tiles);
    const online = (): void => void this.storing.autosave.flush();
    addEventListener("online", online);
    const hide = (): void => {
      if (document.visibilityState === "hidden") void this.storing.autosave.flush();
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
      save: () => void this.storing.save(),
      submit: () => void this.storing.submit(),
      fold: toggleFold,
      enter: () => this.enter(),
      finish: () => this.session.finish(),
      backspace: () => void this.session.deleteLast(),
      remove: () => this.act("delete"),
      escape: () => this.setTool("select", false),
      nextVertex: (by) => {
        this.session.stepVertex(by);
        const position = this.session.activePosition();
        if (position) this.surface.camera.goTo(position, 0);
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
      void this.storing.autosave.change(this.storing.content(), this.storing.base.geometry.version);
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

  refresh(): void {
    this.refreshTools();
    this.panel.update(this.storing.base.geometry, this.session.drawing === this.storing.storedDrawing);
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
    if (action === "save") void this.storing.save();
    else if (action === "fit") this.surface.camera.fit();
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
    this.storing.typed = withTyped(this.storing.typed, text, positions);
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

  /** A segment left half-way stays in the draft. */
  private async leave(): Promise<void> {
    await this.storing.autosave.flush();
    this.close();
  }

  /** Take the table away; what was not sent stays in the browser. */
  close(): void {
    const { explore } = this.options;
    this.storing.autosave.stop();
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
