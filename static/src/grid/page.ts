/** One sheet on its page: the grid or the phone's cards, the bars round it, saving, and the address. */

import { ApiProblem, api, renewCsrf } from "../api/client";
import { byId, debounce, h, replaceChildren } from "../panels/dom";
import { LiveRegion } from "../panels/live";
import { sessionEnded, sessionSeen } from "../shell/session";
import { toast } from "../shell/toast";
import { Actions, type PasteQuestion } from "./actions";
import { linkedCell, withCell } from "./address";
import { Cards, columnName } from "./cards";
import { Commands } from "./commands";
import { type After, CellEditor } from "./editor";
import type { Mark } from "./lines";
import { type Accepted, SheetModel } from "./model";
import { Notes } from "./notes";
import { PhoneCards } from "./phone";
import { Pointer } from "./pointer";
import { printed } from "./print";
import type { ChangesAnswer, Column, Sheet } from "./protocol";
import { Saver, type SaveState } from "./saver";
import { StatusBar, saveWords, showSaveState } from "./statusbar";
import { KeptWidths, KeptWork } from "./store";
import { Surface } from "./surface";
import { watchClipboard, watchWindow } from "./surroundings";
import { t } from "./texts";
import { Toolbar } from "./toolbar";
import { Walk } from "./walk";
import { WholeRows } from "./whole";

/** A page that was out of sight for so long asks what others have written. */
const STALE_MS = 60_000;

export class SheetPage {
  private readonly model: SheetModel;
  private readonly saver: Saver;
  private readonly live = new LiveRegion(byId("live-polite"), byId("live-assertive"));
  private readonly surface: Surface;
  private readonly actions: Actions;
  private readonly editor: CellEditor;
  private readonly cards: Cards;
  private readonly status: StatusBar;
  private readonly phone: PhoneCards;
  private readonly walk: Walk;
  private readonly notes = new Notes();
  private readonly whole: WholeRows;
  private readonly toolbar: Toolbar;
  private readonly commands: Commands;
  private looked = Date.now();
  private state: SaveState;

  constructor(
    private readonly root: HTMLElement,
    private readonly sheet: Sheet,
    private readonly address: string,
  ) {
    const kept = new KeptWork(root.dataset.user ?? "", address);
    this.model = new SheetModel(sheet);
    const waiting = kept.read();
    const { restored, lost } = this.model.restore(waiting);
    this.state = { kind: "clean", at: sheet.as_of };
    this.saver = new Saver({
      model: this.model,
      kept,
      post: (changes) => api.post<ChangesAnswer>(this.changesUrl(), changes),
      as_of: sheet.as_of,
      reload: async () => (await api.get<Sheet>(address)).rows,
      renew: () => renewCsrf(location.pathname + location.search),
      show: (state) => this.showState(state),
      accepted: (accepted, answer) => this.accepted(accepted, answer),
      failed: (problem) => this.failed(problem),
    });
    const grid = byId("grid");
    this.surface = new Surface(grid, this.model, new KeptWidths(address), {
      moved: () => this.moved(),
      drawn: () => this.drawn(),
    });
    this.actions = new Actions(this.model, this.surface, {
      done: (said, cells) => this.done(said, cells),
      ask: (question) => this.askPaste(question),
      say: (text) => this.say(text),
      removed: (n) => toast(t("removed_rows", { n }), { label: t("undo"), act: () => this.actions.undo() }),
    });
    this.editor = new CellEditor(
      this.surface,
      this.model,
      byId<HTMLTextAreaElement>("sheet-value"),
      byId("sheet-words"),
      {
        commit: (key, column, text, after) => this.commit(key, column, text, after),
        cancelled: () => this.redrawFocused(),
        save: () => void this.saver.flush(),
      },
    );
    this.cards = new Cards(this.surface, this.model, {
      mend: (key, column, text) => this.actions.mend(key, column, text),
      mine: (key, column) => this.settle(key, column, true),
      theirs: (key, column) => this.settle(key, column, false),
      answer: sheet.editable ? (comment) => void this.whole.answerComment(comment) : null,
    });
    this.status = new StatusBar(byId("sheet-status"), this.model, this.surface, this.actions, {
      mark: (mark) => this.filter({ mark }),
      next: () => this.nextToFix(1),
    });
    this.walk = new Walk(this.surface, (group) => this.fold(group));
    this.whole = new WholeRows(this.model, this.surface, this.actions, sheet, address, {
      done: (said, cells) => this.done(said, cells),
      flush: () => this.saver.flush(),
      note: (text, kind) => this.notes.show(text, kind),
      say: (text) => this.say(text),
      refresh: () => this.refresh(),
      failed: (problem) => this.failed(problem),
      point: (cell) => {
        this.cards.point(cell);
        this.cards.refresh();
      },
    });
    this.phone = new PhoneCards(byId("sheet-phone"), this.model, {
      acts: (key) => this.whole.rowActs(key),
      typed: (key, column, text) => this.actions.mend(key, column, text),
      mine: (key, column) => this.settle(key, column, true),
      theirs: (key, column) => this.settle(key, column, false),
    });
    const { model, surface, actions, editor, cards, walk } = this;
    this.commands = new Commands(
      { model, surface, actions, editor, cards, walk },
      {
        fold: (group) => this.fold(group),
        openRow: () => this.openRow(),
        save: () => void this.saver.flush(),
        nextToFix: (by) => this.nextToFix(by),
        say: (text) => this.say(text),
      },
    );
    this.toolbar = new Toolbar(this.acts(), {
      pressed: () => this.surface.focus(),
      typed: (text) => this.phone.setText(text),
      search: (text) => this.filter({ text }),
    });
    this.wire(grid);
    this.begin(restored, lost.length > 0 ? JSON.stringify(lost) : null);
  }

  private changesUrl(): string {
    const [path, query] = this.address.split("?");
    return query ? `${path}/changes?${query}` : `${path}/changes`;
  }

  private begin(restored: number, lost: string | null): void {
    showSaveState(this.stateButtons(), this.state);
    const { row, column } = linkedCell(location.search);
    const key = row === null ? null : this.model.keyOf(row);
    const first = this.surface.columns.find((one) => one.editable) ?? this.surface.columns[0];
    const line = Math.max(
      0,
      this.surface.lines.findIndex((one) => one.kind === "row"),
    );
    if (key !== null) {
      this.surface.goTo(key, column ?? first?.key ?? "");
      this.surface.focus(); // who follows a link to a cell goes on typing there
    } else if (first) this.surface.select({ line, column: this.surface.columns.indexOf(first) });
    this.refresh();
    if (key !== null) this.phone.reveal(key, column);
    if (restored > 0) {
      this.say(t("restored", { n: restored }));
      this.saver.touched();
    }
    if (lost !== null) this.notes.show(t("gone", { n: JSON.parse(lost).length, text: lost }), "warn");
    if (!this.model.editable && this.sheet.why_read_only) this.notes.show(this.sheet.why_read_only, "info");
    this.toolbar.offer({
      editable: this.model.editable,
      fixed: this.model.fixed,
      comments: this.sheet.may_comment === true,
    });
    this.root.dataset.ready = "true";
  }

  // -- wiring

  private wire(grid: HTMLElement): void {
    grid.addEventListener("keydown", (event) => this.commands.key(event));
    grid.addEventListener("focusin", (event) => {
      // Screen readers and axe move the focus by themselves.
      const place = this.surface.placeOf(event.target);
      const now = this.surface.activePlace;
      if (
        place &&
        place.column >= 0 &&
        !this.editor.open &&
        (place.line !== now?.line || place.column !== now.column)
      ) {
        if (this.surface.lines[place.line]?.kind === "row") this.surface.select(place);
      }
    });
    new Pointer(this.surface, {
      edit: () => this.commands.edit("edit"),
      fold: (group) => this.fold(group),
      before: () => this.editor.commit("stay"),
      open: () => this.openRow(),
    });
    watchClipboard(() => this.clipboardIsOurs(), {
      copy: () => this.actions.copy(),
      cut: () => this.actions.cut(),
      paste: (text) => this.actions.paste(text),
    });
    watchWindow({
      root: this.root,
      flush: () => void this.saver.flush(),
      waits: () => this.state.kind === "local",
      unkept: () => this.state.kind === "local" && this.state.reason === "no_store",
      seen: () => void this.catchUp(),
      printed: () => printed(this.model, this.sheet.title, this.surface.filter),
    });
  }

  /** What others have written while this page was out of sight. */
  private async catchUp(): Promise<void> {
    if (Date.now() - this.looked < STALE_MS || this.editor.open || this.saver.pending) return;
    this.looked = Date.now();
    try {
      const { rows } = await api.get<Sheet>(this.address);
      if (this.editor.open || this.saver.pending) return; // typed meanwhile: the answer to that tells more
      this.model.catchUp(rows);
      this.surface.refresh();
      this.refresh();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error; // what is shown stays; saving will say what is wrong
    }
  }

  private acts(): Readonly<Record<string, () => void>> {
    return {
      undo: () => this.actions.undo(),
      redo: () => this.actions.redo(),
      insert: () => this.actions.insertRow(),
      remove: () => this.actions.removeRows(),
      fill: () => this.actions.fillDown(),
      paste: () => void this.pasteByButton(),
      merge: () => void this.whole.merge(),
      move: () => void this.whole.moveYears(),
      comment: () => void this.whole.comment(),
      print: () => print(),
      save: () => this.saveOrMend(),
    };
  }

  /** The sign of saving: sends what waits, or leads to what keeps it from being sent. */
  private saveOrMend(): void {
    const mend = this.state.kind === "partly" || this.state.kind === "held";
    if (!mend) void this.saver.flush();
    else if (this.phone.shown) this.phone.nextToFix();
    else this.nextToFix(1, true);
  }

  private clipboardIsOurs(): boolean {
    // A sheet without rows has no cell to stand on.
    const empty = this.model.present().length === 0 && document.activeElement === document.body;
    return !this.editor.open && (this.surface.hasFocus || empty);
  }

  private async pasteByButton(): Promise<void> {
    try {
      this.actions.paste(await navigator.clipboard.readText());
    } catch {
      this.notes.show(t("paste_by_key"), "info"); // without https, or not allowed
    }
  }

  // -- cells

  private commit(key: string, column: Column, text: string, after: After): void {
    this.actions.type(key, column, text);
    this.surface.draw(true);
    if (after === "down" || after === "up") this.walk.step(after === "down" ? 1 : -1, false);
    else if (after === "right" || after === "left") this.walk.step(after === "right" ? 1 : -1, true);
    this.editor.show();
    if (after !== "leave") this.surface.focus();
  }

  private redrawFocused(): void {
    this.surface.draw(true);
    this.editor.show();
    this.surface.focus();
  }

  private fold(group: string): void {
    this.surface.fold(group);
    this.surface.focus();
    this.status.refresh();
  }

  private openRow(): void {
    const name = this.surface.cellName(this.surface.activePlace);
    const href = name ? this.model.row(name.key).href : null;
    if (href) location.assign(href);
  }

  private nextToFix(by: 1 | -1, first = false): void {
    if (!this.actions.nextToFix(by, first)) return;
    this.surface.focus();
    const name = this.surface.cellName(this.surface.activePlace);
    const problem = name ? this.model.problem(name.key, name.column.key) : null;
    if (problem) this.say(`${problem.message} · ${t("mend_hint")}`);
  }

  private filter(more: { readonly text?: string; readonly mark?: Mark }): void {
    this.surface.filter = { ...this.surface.filter, ...more };
    this.surface.refresh();
    this.refresh();
  }

  // -- what changed

  private done(
    said: string | null,
    cells: readonly { readonly key: string; readonly column: string }[],
  ): void {
    this.surface.refresh();
    this.pointAt(cells);
    this.refresh();
    if (said) this.say(said);
    this.saver.touched();
  }

  private pointAt(cells: readonly { readonly key: string; readonly column: string }[]): void {
    const found = cells.find(
      ({ key, column }) => this.model.problem(key, column) || this.model.conflict(key, column),
    );
    this.cards.point(found ?? null);
    if (found) {
      const problem = this.model.problem(found.key, found.column);
      if (problem) this.live.say(problem.message);
    }
  }

  private settle(key: string, column: Column, mine: boolean): void {
    if (mine) this.model.takeMine(key, column.key);
    else this.model.takeTheirs(key, column.key, t("step_take"));
    this.done(null, []);
    this.surface.focus();
  }

  private accepted(accepted: Accepted, answer: ChangesAnswer): void {
    sessionSeen();
    this.surface.refresh();
    this.pointAt([...accepted.conflicts, ...accepted.problems]);
    this.refresh();
    const bad = accepted.problems.length + accepted.conflicts.length;
    const words = [accepted.saved > 0 ? t("saved_said", { n: accepted.saved }) : null];
    if (bad > 0) words.push(t("problems_said", { n: bad }));
    this.say(words.filter(Boolean).join(" · "));
    if (accepted.notes.length > 0) {
      this.notes.show(accepted.notes.join(" · "), "warn");
      for (const old of document.querySelectorAll("#toasts .toast")) old.remove(); // "removed" is not true any more
    }
    if (accepted.gone.length > 0) this.notes.show(t("clash_row_gone"), "warn");
    this.root.dataset.receipt = answer.receipt;
  }

  private failed(problem: ApiProblem): void {
    if (problem.expired) sessionEnded();
    else if (!problem.offline) {
      this.notes.show(t("failed_said", { detail: problem.detail }), "bad");
      this.live.alarm(t("failed_said", { detail: problem.detail }));
    }
  }

  private showState(state: SaveState): void {
    const before = this.state.kind;
    this.state = state;
    showSaveState(this.stateButtons(), state);
    if (state.kind === "local" && before !== "local") this.say(saveWords(state));
    if (state.kind === "saved" || state.kind === "partly") this.notes.clear("bad");
    this.root.dataset.state = state.kind;
  }

  private stateButtons(): NodeListOf<HTMLElement> {
    return document.querySelectorAll<HTMLElement>("[data-save-state]");
  }

  private refresh(): void {
    this.editor.show();
    this.cards.refresh();
    this.status.refresh();
    this.phone.refresh();
    this.toolbar.steps(this.model.undoLabel, this.model.redoLabel);
    const empty = byId("sheet-empty");
    empty.hidden = this.surface.lines.length > 0;
    if (!empty.hidden) {
      const all = this.model.present().length;
      const clear = h(
        "button",
        { type: "button", class: "btn btn-sm", onclick: () => this.clearFilter() },
        t("clear_filter"),
      );
      if (all > 0) replaceChildren(empty, t("nothing_found", { n: all }), " ", clear);
      else replaceChildren(empty, t("empty_sheet"));
    }
  }

  private clearFilter(): void {
    this.toolbar.clearSearch();
    this.filter({ text: "", mark: "all" });
  }

  private moved(): void {
    if (!this.editor) return; // the first selection is made while the page is put together
    const place = this.surface.activePlace;
    const name = this.surface.cellName(place);
    this.editor.show();
    byId("sheet-address").textContent = name
      ? t("address", { column: columnName(name.column), n: name.number })
      : "";
    const row = name ? this.model.row(name.key) : null;
    this.toolbar.row(row);
    if (name) this.cards.point({ key: name.key, column: name.column.key });
    this.cards.refresh();
    this.status.selection();
    if (name && row) this.follow(row.id, name.column.key);
  }

  private readonly follow = debounce((row: string | null, column: string) => {
    const search = withCell(location.search, row, column);
    if (search !== location.search) history.replaceState(history.state, "", location.pathname + search);
  }, 300);

  private drawn(): void {
    this.cards?.place();
    this.status?.scrolled();
  }

  // -- words

  private say(text: string): void {
    if (text) this.live.say(text);
  }

  private askPaste({ more, add, fit }: PasteQuestion): void {
    const answer = (act: (() => void) | null) => (): void => {
      this.notes.clear();
      act?.();
      this.surface.focus();
    };
    const first = h(
      "button",
      { type: "button", class: "btn btn-sm btn-primary", onclick: answer(add) },
      t("paste_add", { n: more }),
    );
    this.notes.show(t("paste_more", { n: more }), "info", [
      first,
      h("button", { type: "button", class: "btn btn-sm", onclick: answer(fit) }, t("paste_fit")),
      h("button", { type: "button", class: "btn btn-sm", onclick: answer(null) }, t("paste_none")),
    ]);
    first.focus();
  }
}
