/** The panel on the right (a sheet on phones): everything about the work, and everything the map does, without it. */

import type { DuplicateAnswer, GeometryStatus, Neighbour, Project, StoredGeometry } from "../api/types";
import type { SaveState } from "../draw/autosave";
import { isComplete, type Position } from "../draw/drawing";
import { toPlane } from "../draw/planar";
import type { DrawSession } from "../draw/session";
import type { DrawSurface } from "../draw/surface";
import { thaiMoment, thaiTime } from "../format";
import { t as common } from "../i18n";
import { CommentsSection } from "../panels/comments";
import { h, replaceChildren } from "../panels/dom";
import { LengthSection } from "../panels/length";
import { OverlapsSection } from "../panels/overlaps";
import { statusPill } from "../panels/pills";
import { type CheckState, ProblemsSection, type ShownProblem } from "../panels/problems";
import { SegmentsSection } from "../panels/segments";
import { sheet } from "../panels/sheet";
import { TypedSection } from "../panels/typed";
import { VersionsSection } from "../panels/versions";
import { VerticesSection } from "../panels/vertices";
import { icon } from "../shell/icons";
import { t } from "./editortexts";
import type { Bench } from "./page";

export interface PanelActions {
  readonly leave: () => void;
  readonly submit: () => void;
  readonly placeAtCross: () => void;
  readonly finish: () => void;
  readonly addSegment: () => void;
  readonly addTyped: (positions: readonly Position[], text: string) => void;
  /** A vertex of the table was typed over. */
  readonly retyped: (position: Position, text: string) => void;
  readonly useVersion: (version: StoredGeometry) => void;
  readonly discard: () => void;
  readonly retry: () => void;
  /** What the drawing is to a work at the same place; what went wrong, or null. */
  readonly answerNeighbour: (project: string, answer: DuplicateAnswer) => Promise<string | null>;
}

export interface PanelOptions {
  readonly project: Project;
  readonly session: DrawSession;
  readonly surface: DrawSurface;
  readonly bench: Bench;
  readonly enabled: boolean;
  readonly actions: PanelActions;
}

export interface ConflictActions {
  readonly keepMine: () => void;
  readonly useTheirs: () => void;
  readonly compare: () => void;
}

type NoteName = "restored" | "conflict" | "expired" | "refused" | "stored" | "readonly";

export class EditorPanel {
  private readonly head = h("header", { class: "wb-panel-head" });
  private readonly notes = h("div", { class: "wb-notes" });
  private readonly noteNodes = new Map<NoteName, HTMLElement>();
  private readonly save = h("span", { class: "save-state", role: "status" });
  private readonly submitButton: HTMLButtonElement;
  private readonly crossTools: HTMLElement;
  private readonly length: LengthSection;
  private readonly segments: SegmentsSection;
  private readonly problems: ProblemsSection;
  private readonly overlaps: OverlapsSection;
  private readonly comments: CommentsSection;
  private readonly typed: TypedSection;
  private readonly vertices: VerticesSection;
  private readonly versions: VersionsSection;
  private isBusy = false;
  private sent = false;
  private checkState: CheckState = "idle";

  constructor(
    private readonly element: HTMLElement,
    private readonly options: PanelOptions,
  ) {
    const { project, session, surface, bench, enabled, actions } = options;
    const go = (position: Position): void => surface.camera.goTo(position);
    this.length = new LengthSection(project);
    this.segments = new SegmentsSection(project, session, {
      surfaces: bench.page.surfaces,
      add: actions.addSegment,
      show: () => {
        const first = session.active?.positions[0];
        if (first) surface.camera.goTo(first, 0);
      },
    });
    this.problems = new ProblemsSection(go);
    this.overlaps = new OverlapsSection(actions.answerNeighbour);
    this.comments = new CommentsSection({
      project: project.code,
      go,
      signs: (positions) => surface.signs.showComments(positions),
    });
    this.typed = new TypedSection({
      project: project.code,
      live: bench.live,
      add: actions.addTyped,
      candidates: (signs) => surface.signs.showCandidates(signs),
      look: (positions) => surface.camera.lookout.look(positions.map(toPlane)),
      peek: (position) => {
        surface.camera.lookout.remember();
        go(position);
      },
      back: () => surface.camera.lookout.back(),
      go: (position) => {
        surface.camera.lookout.stay();
        go(position);
      },
      away: (position) => surface.camera.away(position),
    });
    this.vertices = new VerticesSection(session, {
      go,
      alarm: (text) => bench.live.alarm(text),
      typed: actions.retyped,
    });
    this.versions = new VersionsSection({
      project: project.code,
      compare: (version) =>
        surface.signs.showComparison(version ? version.segments.map(({ geometry }) => geometry) : []),
      use: actions.useVersion,
    });
    this.versions.setEnabled(enabled);
    this.submitButton = h(
      "button",
      { type: "button", class: "btn btn-primary", onclick: actions.submit },
      t("submit"),
    );
    this.crossTools = h(
      "div",
      { class: "wb-crosstools", hidden: true },
      h("button", { type: "button", class: "btn btn-lg", onclick: actions.finish }, t("finish_line")),
      h(
        "button",
        { type: "button", class: "btn btn-primary btn-lg", onclick: actions.placeAtCross },
        icon("plus"),
        t("place_here"),
      ),
    );
    this.build(enabled);
  }

  private build(enabled: boolean): void {
    const { actions } = this.options;
    const body = h(
      "div",
      { class: "wb-panel-body scrolls" },
      this.notes,
      this.comments.element,
      this.length.element,
      this.segments.element,
      enabled && this.problems.element,
      enabled && this.overlaps.element,
      enabled && this.typed.element,
      this.vertices.element,
      this.versions.element,
    );
    const foot = h(
      "footer",
      { class: "wb-panel-foot" },
      this.save,
      h("button", { type: "button", class: "btn", onclick: actions.leave }, t("leave")),
      enabled && this.submitButton,
    );
    replaceChildren(
      this.element,
      sheet(this.element, t("panel_stops")),
      this.crossTools,
      this.head,
      body,
      foot,
    );
    this.element.hidden = false;
    if (!enabled) this.note("readonly", t("read_only", { reason: t("read_only_role") }));
    this.showSave({ kind: "clean" });
  }

  get errors(): number {
    return this.problems.errors;
  }

  /** True while what is drawn is what was sent: there is nothing to send again. */
  get isSent(): boolean {
    return this.sent;
  }

  get warnings(): number {
    return this.problems.warnings;
  }

  /** Works at the same place that nobody has answered. */
  get unanswered(): number {
    return this.overlaps.unanswered;
  }

  showNeighbours(neighbours: readonly Neighbour[]): void {
    this.overlaps.update(neighbours);
  }

  nextProblem(): void {
    this.problems.next();
  }

  update(stored: StoredGeometry, unchanged: boolean): void {
    this.sent = unchanged && (stored.status === "SUBMITTED" || stored.status === "VERIFIED");
    const { session, enabled } = this.options;
    this.drawHead(stored);
    this.length.update(session.drawing);
    this.segments.update(session.drawing, enabled);
    this.vertices.update(enabled);
    this.updateSubmit();
  }

  private drawHead(stored: StoredGeometry): void {
    const { project, actions } = this.options;
    if (this.head.dataset.version === String(stored.version)) return;
    this.head.dataset.version = String(stored.version);
    replaceChildren(
      this.head,
      h(
        "div",
        { class: "wb-panel-line" },
        h("span", { class: "wb-code" }, project.code),
        statusPill(stored.status),
        stored.version > 0 &&
          h(
            "button",
            { type: "button", class: "btn btn-sm btn-quiet wb-version", onclick: () => this.versions.open() },
            icon("history", 16),
            t("version", { version: stored.version }),
          ),
        h(
          "button",
          {
            type: "button",
            class: "btn btn-sm btn-icon btn-quiet wb-close",
            "aria-label": common("close"),
            title: common("close"),
            onclick: actions.leave,
          },
          icon("close", 16),
        ),
      ),
      h("h2", { class: "clamp-2", lang: "th", title: project.name }, project.name),
    );
  }

  showProblems(problems: readonly ShownProblem[], state: CheckState): void {
    this.checkState = state;
    this.problems.update(problems, state);
    this.updateSubmit();
  }

  private updateSubmit(): void {
    const { session } = this.options;
    const ready = session.drawing.segments.some(isComplete);
    const left = this.problems.errors;
    const words = this.sent
      ? t("submit_done")
      : !ready
        ? t("submit_nothing")
        : left > 0
          ? t("submit_left", { count: left })
          : t("submit");
    this.submitButton.textContent = this.isBusy ? t("submitting") : words;
    this.submitButton.disabled =
      this.isBusy || this.sent || !ready || left > 0 || (!navigator.onLine && this.checkState !== "idle");
    this.submitButton.setAttribute("aria-busy", String(this.isBusy));
  }

  busy(busy: boolean): void {
    this.isBusy = busy;
    this.updateSubmit();
  }

  showSave(state: SaveState): void {
    const time = "at" in state ? thaiTime(state.at) : "";
    const words = state.kind === "local" ? t("local", { time }) : t(state.kind, { time });
    const glyph = state.kind === "saving" ? "renew" : state.kind === "local" ? "cloud_off" : "cloud";
    this.save.dataset.state = state.kind;
    phoneTitle(this.options.project.name, words);
    this.save.title = state.kind === "failed" ? state.message : "";
    replaceChildren(
      this.save,
      icon(state.kind === "failed" ? "warning" : glyph, 20),
      state.kind === "failed"
        ? h("button", { type: "button", class: "wb-link", onclick: this.options.actions.retry }, words)
        : h("span", {}, words),
    );
  }

  showCross(on: boolean): void {
    this.crossTools.hidden = !on;
    const finish = this.crossTools.firstElementChild as HTMLButtonElement;
    finish.disabled = !this.options.session.state.growing;
  }

  // ---- notes: at most one of a kind ---------------------------------------------------------------------------

  note(
    name: NoteName,
    words: string | null,
    tone: "info" | "ok" | "warn" | "bad" = "info",
    ...more: Node[]
  ): void {
    this.noteNodes.get(name)?.remove();
    this.noteNodes.delete(name);
    if (words === null) return;
    const discard =
      name === "restored"
        ? h(
            "button",
            { type: "button", class: "wb-link", onclick: this.options.actions.discard },
            t("discard"),
          )
        : null;
    const node = h(
      "div",
      { class: tone === "info" ? "note" : `note note-${tone}`, "data-note": name, role: "status" },
      words,
      discard && " ",
      discard,
      ...more,
    );
    this.noteNodes.set(name, node);
    this.notes.append(node);
  }

  expired(words: string): void {
    const link = h(
      "a",
      { class: "btn btn-sm", href: "/login", target: "_blank", rel: "noopener" },
      t("sign_in"),
    );
    const again = h(
      "button",
      { type: "button", class: "btn btn-sm", onclick: this.options.actions.retry },
      t("try_again"),
    );
    const title = h("b", {}, `${t("expired_title")} · `);
    this.note("expired", words, "warn", h("div", { class: "btn-row" }, link, again));
    this.noteNodes.get("expired")?.prepend(title);
  }

  stored(geometry: StoredGeometry, status: Extract<GeometryStatus, "DRAFT" | "SUBMITTED">): void {
    for (const name of ["restored", "conflict", "expired", "refused"] as const) this.note(name, null);
    const words = t(status === "SUBMITTED" ? "done_submitted" : "done_draft", {
      version: geometry.version,
      receipt: geometry.receipt ?? "–",
    });
    const url = `/projects/${encodeURIComponent(this.options.project.code)}`;
    const links: Node[] = [h("a", { href: url }, ` ${t("open_project")}`)];
    if (geometry.receipt) {
      const receipt = `/receipts/${encodeURIComponent(geometry.receipt)}`;
      links.push(document.createTextNode(" · "), h("a", { href: receipt }, t("open_receipt")));
    }
    this.note("stored", words, "ok", ...links);
    this.notes.scrollIntoView({ block: "nearest" });
    this.versions.forget();
    delete this.head.dataset.version;
  }

  conflict(theirs: StoredGeometry, actions: ConflictActions): void {
    this.note("restored", null);
    const words = t("conflict_text", {
      version: theirs.version,
      by: theirs.created_by ?? "–",
      time: thaiMoment(theirs.created_at),
    });
    const button = (label: string, act: () => void, primary = false): HTMLElement =>
      h(
        "button",
        { type: "button", class: primary ? "btn btn-sm btn-primary" : "btn btn-sm", onclick: act },
        label,
      );
    const row = h(
      "div",
      { class: "btn-row" },
      button(t("keep_mine"), actions.keepMine, true),
      button(t("use_theirs"), actions.useTheirs),
      button(t("compare"), actions.compare),
    );
    this.note("conflict", words, "warn", row);
    this.noteNodes.get("conflict")?.prepend(h("b", {}, `${t("conflict_title")} · `));
    row.querySelector("button")?.focus();
  }

  remove(): void {
    phoneTitle(document.title.split(" · ")[0] ?? "", "");
    this.element.replaceChildren();
    this.element.hidden = true;
  }
}

/** On a phone the bar names the work and says how it is kept. */
function phoneTitle(title: string, state: string): void {
  const [line, small] = ["span", "small"].map((tag) => document.querySelector(`.phone-title ${tag}`));
  if (line) line.textContent = title;
  if (small) small.textContent = state;
}
