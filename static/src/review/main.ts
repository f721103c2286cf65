/** The review desk: look at one, choose many, verify or return them in one act, comment on a field or a vertex. */

import "../styles/review.css";
import { ApiProblem, api } from "../api/client";
import { decimal, thaiMoment } from "../format";
import { ask } from "../panels/dialog";
import { byId, h, replaceChildren } from "../panels/dom";
import { LiveRegion } from "../panels/live";
import { toast } from "../shell/toast";
import { ReviewMap } from "./map";
import { type CommentPlace, type Comments, stepped, type Waiting } from "./state";
import { t } from "./texts";

/** Time to read the receipt before the list is drawn anew. */
const READ_MS = 1500;
const PLACE = "geometry";

interface Done {
  readonly done: readonly { readonly project: string }[];
  readonly left_out: readonly unknown[];
  readonly receipt: string | null;
}

class Desk {
  private readonly map = new ReviewMap();
  private readonly rows = [...document.querySelectorAll<HTMLElement>(".review-row")];
  private readonly live = new LiveRegion(byId("live-polite"), byId("live-assertive"));
  private readonly field = byId<HTMLSelectElement>("comment-field");
  private comments: Comments = { may_comment: false, items: [] };
  private place: CommentPlace | null = null;
  private at = -1;
  private busy = false;
  /** Why the last return was meant, for the dialog that is opened again after a refusal. */
  private noted = "";

  constructor(private readonly items: readonly Waiting[]) {
    void this.start();
    for (const [index, row] of this.rows.entries()) {
      row.querySelector(".review-name")?.addEventListener("click", () => void this.look(index));
      row.querySelector("input")?.addEventListener("change", () => this.counted());
    }
    byId("review-all").addEventListener("change", (event) => {
      const on = (event.target as HTMLInputElement).checked;
      for (const box of this.boxes()) box.checked = on;
      this.counted();
    });
    byId("review-verify").addEventListener("click", () => void this.verify());
    byId("review-return").addEventListener("click", () => void this.giveBack());
    byId("review-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.comment();
    });
    this.field.addEventListener("change", () => this.tellPlace());
    document.addEventListener("keydown", (event) => this.key(event));
    this.counted();
  }

  private async start(): Promise<void> {
    await this.map.start(
      byId("review-map"),
      (project) =>
        void this.look(
          this.items.findIndex((one) => one.project === project),
          true,
        ),
      (place) => this.pointed(place),
    );
    this.map.list(this.items);
    if (matchMedia("(min-width: 900px)").matches) await this.look(0);
  }

  private boxes(): HTMLInputElement[] {
    return this.rows.flatMap((row) => {
      const box = row.querySelector("input");
      return box && !box.disabled ? [box] : [];
    });
  }

  private chosen(): Waiting[] {
    const on = new Set(this.boxes().flatMap((box) => (box.checked ? [box.value] : [])));
    return this.items.filter((one) => on.has(one.project));
  }

  private counted(): void {
    const n = this.chosen().length;
    byId("review-count").textContent = n ? t("chosen", { n: decimal(n) }) : t("none");
    for (const id of ["review-verify", "review-return"])
      byId<HTMLButtonElement>(id).disabled = n === 0 || this.busy;
    const all = byId<HTMLInputElement>("review-all");
    all.checked = n > 0 && n === this.boxes().length;
    all.indeterminate = n > 0 && !all.checked;
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const typing = target.closest(
      "input:not([type=checkbox]), textarea, select, dialog, .review-map, summary",
    );
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "k") {
      void this.look(stepped(this.at, event.key === "j" ? 1 : -1, this.rows.length), true);
    } else if (event.key === " " && this.at >= 0 && !target.closest("button, a, input")) {
      this.toggle();
    } else if (event.key === " " && target.closest(".review-name")) {
      this.toggle();
    } else if (event.key === "v") void this.verify();
    else if (event.key === "r") void this.giveBack();
    else return;
    event.preventDefault();
  }

  private toggle(): void {
    const box = this.rows[this.at]?.querySelector("input");
    if (!box || box.disabled) return;
    box.checked = !box.checked;
    this.counted();
  }

  /** Show one: its shape with its vertices, and what was said of it. */
  private async look(index: number, focus = false): Promise<void> {
    const one = this.items[index];
    if (!one) return;
    this.at = index;
    this.place = null;
    for (const [number, row] of this.rows.entries()) {
      row.classList.toggle("looked-at", number === index);
      row.querySelector(".review-name")?.setAttribute("aria-pressed", String(number === index));
    }
    const row = this.rows[index];
    // On a phone the map stands above the list: what was asked for is shown there.
    if (matchMedia("(min-width: 900px)").matches) row?.scrollIntoView({ block: "nearest" });
    else byId("review-map").scrollIntoView({ block: "start", behavior: "smooth" });
    if (focus) row?.querySelector<HTMLElement>(".review-name")?.focus({ preventScroll: true });
    byId("review-detail").hidden = false;
    byId("review-detail").scrollTop = 0;
    byId("review-title").textContent = one.name;
    const code = encodeURIComponent(one.project);
    byId<HTMLAnchorElement>("review-open-map").href = `/map?project=${code}`;
    byId<HTMLAnchorElement>("review-open-project").href = `/projects/${code}?tab=map`;
    this.live.say(t("seen", { name: one.name }));
    const [stored, comments] = await Promise.all([
      api.get<{ version: number; geometry: unknown }>(`/api/v1/projects/${code}/geometry`).catch(() => null),
      api.get<Comments>(`/api/v1/projects/${code}/comments`).catch(() => null),
    ]);
    if (this.at !== index) return;
    this.map.show(stored);
    this.said(comments ?? { may_comment: false, items: [] });
    this.tellPlace();
  }

  private said(comments: Comments): void {
    this.comments = comments;
    byId("review-form").hidden = !comments.may_comment;
    const list = byId("review-comments");
    if (comments.items.length === 0)
      replaceChildren(list, [h("li", { class: "muted small" }, t("no_comments"))]);
    else
      replaceChildren(
        list,
        comments.items.map((one) => this.line(one)),
      );
    this.map.showComments(comments.items, this.place);
  }

  private line(one: Comments["items"][number]): HTMLElement {
    return h(
      "li",
      { class: one.open ? "review-comment" : "review-comment answered" },
      h("strong", {}, one.place ? placeWords(one.place) : (one.field_name ?? "")),
      h("p", { lang: "th" }, one.text),
      h(
        "p",
        { class: "small muted" },
        `${one.by} · ${thaiMoment(one.at)}`,
        one.open || !one.resolved_by ? null : ` · ${t("answered", { who: one.resolved_by })}`,
      ),
      one.may_answer &&
        h(
          "button",
          { type: "button", class: "btn btn-sm", onclick: () => void this.answer(one.id) },
          t("answer"),
        ),
    );
  }

  private pointed(place: CommentPlace): void {
    if (!this.comments.may_comment) return;
    this.place = place;
    this.field.value = PLACE;
    this.tellPlace();
    byId("comment-text").focus();
  }

  private tellPlace(): void {
    if (this.field.value !== PLACE) this.place = null;
    const words = this.place ? placeWords(this.place) : this.field.value === PLACE ? t("pick") : "";
    byId("comment-place").textContent = words;
    this.map.showComments(this.comments.items, this.place);
  }

  private async comment(): Promise<void> {
    const one = this.items[this.at];
    const text = byId<HTMLTextAreaElement>("comment-text");
    if (!one) return;
    await this.act(async () => {
      const body = { text: text.value, field: this.field.value || null, place: this.place };
      const said = await api.post<Comments>(
        `/api/v1/projects/${encodeURIComponent(one.project)}/comments`,
        body,
      );
      text.value = "";
      this.place = null;
      this.field.value = "";
      this.said(said);
      this.tellPlace();
      toast(t("kept"));
    });
  }

  private async answer(id: number): Promise<void> {
    const one = this.items[this.at];
    if (!one) return;
    const address = `/api/v1/projects/${encodeURIComponent(one.project)}/comments/${id}/answer`;
    await this.act(async () => this.said(await api.post<Comments>(address, {})));
  }

  private async verify(): Promise<void> {
    const chosen = this.chosen();
    if (chosen.length === 0 || this.busy) return;
    const title = t("verify_title", { n: decimal(chosen.length) });
    const sure = await ask({ title, text: t("verify_text"), safe: t("cancel"), act: t("verify_act") });
    if (sure !== null) await this.send("VERIFIED", chosen, null);
  }

  private async giveBack(): Promise<void> {
    const chosen = this.chosen();
    if (chosen.length === 0 || this.busy) return;
    const note = await ask({
      title: t("return_title", { n: decimal(chosen.length) }),
      text: t("return_text"),
      note: t("return_note"),
      noted: this.noted,
      needed: t("return_needed"),
      safe: t("cancel"),
      act: t("return_act"),
    });
    if (note === null) return;
    this.noted = note;
    await this.send("RETURNED", chosen, note);
  }

  /** One act: what cannot be done is named, and left out only when the person says so. */
  private async send(
    status: string,
    chosen: readonly Waiting[],
    note: string | null,
    leave_out: readonly string[] = [],
  ): Promise<void> {
    this.busy = true;
    this.counted();
    try {
      const items = chosen.map(({ project, version }) => ({ project, version }));
      const made = await api.post<Done>("/api/v1/review", { status, note, items, leave_out });
      const words = [
        t(status === "VERIFIED" ? "verified" : "returned", { n: decimal(made.done.length) }),
        made.left_out.length > 0 && t("left_out", { n: decimal(made.left_out.length) }),
        made.receipt && t("receipt", { number: made.receipt }),
      ];
      toast(words.filter(Boolean).join(" · "));
      setTimeout(() => location.reload(), READ_MS);
      return;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      this.busy = false;
      this.counted();
      await this.refused(error, status, chosen, note);
    }
  }

  private async refused(
    error: ApiProblem,
    status: string,
    chosen: readonly Waiting[],
    note: string | null,
  ): Promise<void> {
    const named = new Set(
      error.errors.flatMap(({ where }) => (where?.project ? [String(where.project)] : [])),
    );
    const text = error.errors.map(({ message }) => message).join("\n") || error.detail;
    this.live.alarm(text);
    if (named.size === 0 || named.size === chosen.length) {
      await ask({ title: t("failed"), text, safe: t("close"), act: t("close") });
      return;
    }
    const n = decimal(named.size);
    const question = { title: t("cannot_title", { n }), text, safe: t("cancel"), act: t("cannot_go", { n }) };
    if ((await ask(question)) !== null) await this.send(status, chosen, note, [...named]);
  }

  private async act(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      const first = error.errors[0];
      const text = first ? `${first.message} ${first.fix ?? ""}` : error.detail;
      this.live.alarm(text);
      await ask({ title: t("failed"), text, safe: t("close"), act: t("close") });
    }
  }
}

function placeWords(place: CommentPlace): string {
  const { segment, vertex } = place;
  return segment && vertex ? t("vertex", { segment, vertex }) : t("point");
}

const given = document.getElementById("review-data");
if (given) new Desk((JSON.parse(given.textContent ?? "{}") as { items: Waiting[] }).items);
