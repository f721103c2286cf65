/** What is done to whole rows: a project merged into another or moved to other years, and what is said of them. */

import { ApiProblem, api } from "../api/client";
import { toast } from "../shell/toast";
import type { Actions } from "./actions";
import { columnName, nameOfRow } from "./cards";
import type { SheetModel } from "./model";
import type { RowAct } from "./phone";
import { added, askMerge, askMove, askText, mergeTargets, moved } from "./planning";
import type { Sheet, SheetComment } from "./protocol";
import type { Surface } from "./surface";
import { t } from "./texts";

type CellNames = readonly { readonly key: string; readonly column: string }[];

export interface WholeRowEvents {
  readonly done: (said: string | null, cells: CellNames) => void;
  readonly flush: () => Promise<void>;
  readonly note: (text: string, kind: "info" | "warn") => void;
  readonly say: (text: string) => void;
  /** Comments changed. */
  readonly refresh: () => void;
  readonly failed: (problem: ApiProblem) => void;
  /** Show the card of a cell. */
  readonly point: (cell: { readonly key: string; readonly column: string }) => void;
}

export class WholeRows {
  constructor(
    private readonly model: SheetModel,
    private readonly surface: Surface,
    private readonly actions: Actions,
    private readonly sheet: Sheet,
    private readonly address: string,
    private readonly events: WholeRowEvents,
  ) {}

  /** What can be done to a row from its card, where there is no table to choose it in. */
  rowActs(key: string): RowAct[] {
    const model = this.model;
    const row = model.row(key);
    const name = model.columns.find((column) => column.type === "text")?.key ?? "";
    const on = (act: () => void) => (): void => {
      this.surface.goTo(key, name);
      act();
    };
    const acts: RowAct[] = [];
    if (model.editable && !model.fixed) {
      if (isOfPlan() && row.stored === "present" && !row.locked)
        acts.push(
          { label: t("act_merge"), icon: "merge", act: on(() => void this.merge()) },
          { label: t("act_move"), icon: "swap", act: on(() => void this.moveYears()) },
        );
      const word = t(row.ended ? "revive_rows" : "remove_rows");
      if (row.ended || !row.locked)
        acts.push({ label: word, icon: "delete", act: on(() => this.actions.removeRows()) });
    }
    if (this.sheet.may_comment && row.id !== null)
      acts.push({ label: t("act_comment"), icon: "message", act: on(() => void this.comment(true)) });
    return acts;
  }

  /** One project into another: the server takes it first, then its money follows as part of the same step. */
  async merge(): Promise<void> {
    const [key, ...others] = this.actions.selectedRows();
    const row = key === undefined ? null : this.model.row(key);
    if (key === undefined || others.length > 0 || row?.locked || row?.stored !== "present") {
      this.events.note(t("merge_one"), "info");
      return;
    }
    if (mergeTargets(this.model, key).length === 0) {
      this.events.note(t("merge_none"), "info");
      return;
    }
    const answer = await askMerge(this.model, key);
    this.surface.focus();
    if (!answer) return;
    const money = answer.add ? added(this.model, key, answer.into) : [];
    if (!this.model.merge(key, answer.into, t("step_merge"))) return;
    this.events.done(null, []);
    await this.events.flush();
    if (!this.model.left(key)) {
      if (this.model.row(key).wanted === "absent") this.events.note(t("merge_waits"), "warn");
      return; // refused: the answer has said why
    }
    this.model.along(money);
    const said = t("merged_said", { name: nameOfRow(this.model, answer.into) });
    this.events.done(said, money);
    toast(said, { label: t("undo"), act: () => this.actions.undo() });
    this.surface.goTo(answer.into, money[0]?.column ?? this.surface.columns[0]?.key ?? "");
    this.surface.focus();
  }

  async moveYears(): Promise<void> {
    const rows = this.actions.selectedRows();
    if (rows.length === 0) {
      this.events.note(t("no_rows_chosen"), "info");
      return;
    }
    const near = this.surface.cellName(this.surface.activePlace)?.column.key ?? "";
    const answer = await askMove(this.model, rows, near);
    this.surface.focus();
    if (!answer) return;
    const years = { from: answer.from.title, to: answer.to.title };
    const changes = moved(this.model, rows, answer.from.key, answer.to.key);
    if (changes.length === 0) {
      this.events.note(t("move_nothing"), "info");
      return;
    }
    this.model.change(changes, t("step_move", years));
    this.events.done(t("moved_said", { n: changes.length / 2, ...years }), changes);
    this.surface.focus();
  }

  /** Of the active cell, or of its whole row. */
  async comment(whole = false): Promise<void> {
    const name = this.surface.cellName(this.surface.activePlace);
    const row = name ? this.model.row(name.key).id : null;
    if (!name || row === null) {
      this.events.note(t("comment_where"), "info");
      return;
    }
    const title = { column: columnName(name.column), name: nameOfRow(this.model, name.key) };
    const about = whole ? title.name : t("comment_on", title);
    const text = await askText(about, t("comment_text"), t("comment_do"), true);
    this.surface.focus();
    if (text === null) return;
    const place = whole ? { row: Number(row) } : { row: Number(row), column: name.column.key };
    await this.send(this.commentsUrl(), { text, ...place }, t("comment_sent"));
    this.events.point({ key: name.key, column: name.column.key });
  }

  async answerComment(comment: SheetComment): Promise<void> {
    const reply = await askText(comment.text, t("comment_reply"), t("comment_answer"), false);
    this.surface.focus();
    if (reply === null) return;
    const body = reply === "" ? {} : { reply };
    await this.send(`${this.commentsUrl()}/${comment.id}/answer`, body, t("comment_answered"));
  }

  private async send(url: string, body: object, said: string): Promise<void> {
    try {
      const { items } = await api.post<{ items: readonly SheetComment[] }>(url, body);
      this.model.takeComments(items);
      this.surface.refresh();
      this.events.refresh();
      this.events.say(said);
      toast(said);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      this.events.failed(error);
    }
  }

  /** Comments belong to the version whose form this is. */
  private commentsUrl(): string {
    return this.address.replace(/\/forms\/.*$/, "/comments");
  }
}

/** Forms of a plan have the tools for whole projects. */
function isOfPlan(): boolean {
  return document.querySelector('[data-sheet-do="merge"]') !== null;
}
