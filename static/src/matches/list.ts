/** Rows of the list and the projects that they may mean: decided one by one with a key, or all that are sure. */

import { ApiProblem, api } from "../api/client";
import { decimal } from "../format";
import { h, replaceChildren } from "../panels/dom";
import { toast } from "../shell/toast";
import {
  type Batch,
  cursorBefore,
  LIKELY,
  type Made,
  nextUndecided,
  type Page,
  type Refusal,
  type Row,
  type Suggestion,
} from "./state";
import { t } from "./texts";

const PAGE = 50;

export class MatchList {
  private readonly url: string;
  private readonly payments: boolean;
  private readonly more = document.getElementById("more") as HTMLButtonElement;
  private readonly rows: Row[] = [];
  /** Row -> rank of the suggestion that Enter accepts. */
  private readonly picked = new Map<number, number>();
  /** Rows that were decided, the last at the end. */
  private readonly done: number[] = [];
  private state: string;
  private next: string | null = null;
  private asked = 0;

  constructor(private readonly list: HTMLOListElement) {
    this.url = `/api/v1/matches/${list.dataset.batch}`;
    this.payments = list.dataset.kind === "payment";
    this.state = list.dataset.state ?? "all";
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-state][aria-pressed]"))
      button.addEventListener("click", () => this.filter(button.dataset.state ?? "all"));
    this.more.addEventListener("click", () => void this.load(true));
    list.addEventListener("click", (event) => this.click(event.target as Element));
    list.addEventListener("focusin", (event) => this.open((event.target as Element).closest("li")));
    document.addEventListener("keydown", (event) => this.key(event));
    void this.load(false, Number(new URLSearchParams(location.search).get("row") ?? 0));
  }

  private filter(state: string): void {
    this.state = state;
    for (const button of document.querySelectorAll<HTMLElement>("[data-state][aria-pressed]"))
      button.setAttribute("aria-pressed", String(button.dataset.state === state));
    this.link({ state: state === "all" ? null : state, row: null });
    void this.load();
  }

  /** The address always leads back to what is seen. */
  private link(changes: Readonly<Record<string, string | null>>): void {
    const address = new URL(location.href);
    for (const [name, value] of Object.entries(changes))
      if (value === null) address.searchParams.delete(name);
      else address.searchParams.set(name, value);
    history.replaceState(history.state, "", address);
  }

  private async load(further = false, from = 0): Promise<void> {
    const asked = ++this.asked;
    const query = { state: this.state, limit: PAGE, cursor: from > 0 ? cursorBefore(from) : null };
    try {
      const page =
        further && this.next
          ? await api.get<Page<Row>>(this.next)
          : await api.get<Page<Row>>(`${this.url}/rows`, { query });
      if (asked !== this.asked) return;
      if (!further) {
        this.rows.length = 0;
        this.list.replaceChildren();
      }
      const first = this.rows.length;
      this.rows.push(...page.items);
      this.list.append(...page.items.map((row) => this.item(row)));
      this.next = page.next;
      this.more.hidden = page.next === null;
      (document.getElementById("match-empty") as HTMLElement).hidden = this.rows.length > 0;
      const target = this.list.children[first];
      if (target instanceof HTMLElement) {
        target.tabIndex = 0;
        if (further || from > 0) target.focus();
      }
      this.alarm("");
    } catch (error) {
      this.alarm(error instanceof ApiProblem ? error.detail : String(error));
    }
  }

  private item(row: Row): HTMLLIElement {
    const item = h("li", { class: `match-row match-${row.state}`, tabindex: -1, "data-row": row.row });
    replaceChildren(item, this.said(row), this.answer(row));
    return item;
  }

  private said(row: Row): HTMLElement {
    const { values } = row;
    const amount = values.amount_baht ?? values.paid_baht;
    const facts = [
      values.organisation,
      values.province,
      values.fiscal_year_be && t("year", { year: String(values.fiscal_year_be) }),
      values.budget_baht && t("budget", { baht: decimal(values.budget_baht) }),
      amount && t(this.payments ? "paid" : "price", { baht: decimal(amount) }),
      values.egp_number && t("egp", { number: values.egp_number }),
      values.contract_number && t("contract", { number: values.contract_number }),
      values.voucher_number && t("voucher", { number: values.voucher_number }),
      values.contractor,
    ];
    return h(
      "div",
      { class: "match-said" },
      h("span", { class: "match-number" }, t("row", { row: row.row })),
      h("strong", {}, String(values.name ?? t("no_name"))),
      h("p", { class: "muted" }, facts.filter(Boolean).join(" · ")),
      row.problems.map((problem) => h("p", { class: "note note-warn" }, problem.message)),
      row.state === "undecided" && row.refused.map((why) => this.why(why)),
    );
  }

  /** Why no record could be made, and what there is to choose from. */
  private why(why: Refusal): HTMLElement {
    return h(
      "div",
      { class: "note note-bad" },
      h("p", {}, `${t("not_recorded")}: ${why.message} ${why.options ? "" : (why.fix ?? "")}`),
      why.options &&
        h(
          "select",
          { class: "select", "aria-label": t("choose"), "data-choice": why.field ?? "" },
          h("option", { value: "" }, t("choose")),
          ...why.options.map((one) => h("option", { value: one.id }, one.text)),
        ),
    );
  }

  private made(record: Made): HTMLElement {
    const lines = [
      ...record.notes,
      ...record.filled.map((one) => t("filled", { field: one.title, value: one.now })),
    ];
    return h(
      "div",
      { class: "match-made" },
      h(
        "p",
        {},
        h("a", { href: record.url }, record.text),
        record.gone && [" ", h("span", { class: "pill pill-warn" }, t("gone"))],
      ),
      lines.map((line) => h("p", { class: "muted" }, line)),
      record.differences.map((one) =>
        h(
          "p",
          { class: "note note-warn" },
          t("differs", { field: one.title, file: one.file, stored: one.stored ?? "–" }),
        ),
      ),
    );
  }

  private answer(row: Row): HTMLElement {
    if (row.state !== "undecided")
      return h(
        "div",
        { class: "match-answer" },
        row.project
          ? h(
              "p",
              {},
              h("span", { class: "pill pill-ok" }, t("accepted", { project: row.project })),
              " ",
              h("a", { href: `/projects/${row.project}` }, row.project_name ?? row.project),
            )
          : h("p", {}, h("span", { class: "pill" }, t("none_said"))),
        row.record && this.made(row.record),
        h(
          "p",
          { class: "muted" },
          t("accepted_by", { who: row.decided_by ?? "" }),
          row.receipt && [" · ", h("a", { href: `/receipts/${row.receipt}` }, row.receipt)],
        ),
        h("button", { class: "btn btn-sm", type: "button", "data-undo": true }, t("undo")),
      );
    const likely = (row.suggestions[0]?.score ?? 0) >= LIKELY;
    const note = row.suggestions.length === 0 ? t("nothing") : likely ? "" : t("unlikely");
    return h(
      "div",
      { class: "match-answer" },
      note && h("p", { class: "muted match-unlikely" }, note),
      h("ol", { class: "plain match-options" }, ...row.suggestions.map((one) => this.option(row, one))),
      h(
        "div",
        { class: "btn-row" },
        row.suggestions.length > 0 &&
          h("button", { class: "btn btn-primary btn-sm", type: "button", "data-accept": true }, t("accept")),
        h("button", { class: "btn btn-sm", type: "button", "data-none": true }, t("none")),
        h(
          "span",
          { class: "match-other" },
          h("input", {
            class: "input",
            "aria-label": t("other"),
            placeholder: t("other"),
            maxlength: 40,
            "data-other": true,
          }),
        ),
      ),
    );
  }

  private option(row: Row, one: Suggestion): HTMLLIElement {
    const chosen = (this.picked.get(row.row) ?? 1) === one.rank;
    const money = [
      t("year", { year: String(one.fiscal_year_be) }),
      one.budget_baht > 0 && t("budget", { baht: decimal(one.budget_baht) }),
      one.contracted_baht > 0 && t("contracted", { baht: decimal(one.contracted_baht) }),
    ];
    return h(
      "li",
      { class: "match-option", "data-rank": one.rank, "data-chosen": String(chosen) },
      h(
        "button",
        { class: "match-pick", type: "button", "aria-pressed": String(chosen), "data-pick": one.rank },
        h("kbd", {}, one.rank),
        h(
          "span",
          { class: `pill ${one.score >= 0.9 ? "pill-ok" : one.score >= 0.5 ? "pill-money" : ""}` },
          t("score", { score: decimal(100 * one.score) }),
        ),
        h("b", {}, one.name),
      ),
      h(
        "p",
        { class: "muted" },
        h("a", { href: `/projects/${one.project}` }, one.project),
        ` · ${one.organisation_name} · ${money.filter(Boolean).join(" · ")}`,
      ),
      h(
        "ul",
        { class: "plain match-reasons" },
        ...one.reasons.map((reason) =>
          h(
            "li",
            { class: reason.for === true ? "for" : reason.for === false ? "against" : "" },
            `${reason.for === true ? "✓" : reason.for === false ? "✗" : "•"} ${reason.text}`,
          ),
        ),
      ),
    );
  }

  private click(target: Element): void {
    const item = target.closest<HTMLLIElement>("li[data-row]");
    const row = this.rows.find((one) => one.row === Number(item?.dataset.row));
    if (!item || !row) return;
    const pick = target.closest<HTMLElement>("[data-pick]");
    if (pick) this.pick(row, Number(pick.dataset.pick));
    else if (target.closest("[data-accept]")) void this.accept(row);
    else if (target.closest("[data-none]")) void this.decide(row, null);
    else if (target.closest("[data-undo]")) void this.undo(row.row);
    else if (!target.closest("a, input, button")) item.focus();
  }

  private open(item: HTMLElement | null | undefined): void {
    const row = item?.closest<HTMLLIElement>("li[data-row]");
    if (!row || row.classList.contains("open")) return;
    for (const other of this.list.querySelectorAll<HTMLElement>("li.open")) {
      other.classList.remove("open");
      other.tabIndex = -1;
    }
    row.classList.add("open");
    row.tabIndex = 0;
    this.link({ row: row.dataset.row ?? null });
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (target instanceof HTMLInputElement) {
      if (event.key === "Enter" && "other" in target.dataset && target.value.trim()) {
        event.preventDefault();
        const row = this.rows.find((one) => one.row === Number(target.closest("li")?.dataset.row));
        if (row) void this.decide(row, target.value.trim());
      }
      return;
    }
    if (target.closest("select, dialog, textarea, [role=menu]")) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && this.done.length > 0) {
      event.preventDefault();
      void this.undo(this.done.at(-1) ?? 0);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "F8") {
      event.preventDefault();
      this.toUndecided();
      return;
    }
    const item = target.closest<HTMLLIElement>("li[data-row]");
    if (item) this.rowKey(event, item);
  }

  private rowKey(event: KeyboardEvent, item: HTMLLIElement): void {
    const row = this.rows.find((one) => one.row === Number(item.dataset.row));
    if (!row) return;
    const onButton = (event.target as Element).closest("a, button") !== null;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const other = event.key === "ArrowDown" ? item.nextElementSibling : item.previousElementSibling;
      event.preventDefault();
      if (other instanceof HTMLElement) other.focus();
    } else if (row.state === "undecided" && /^[1-5]$/.test(event.key)) this.pick(row, Number(event.key));
    else if (row.state === "undecided" && event.key === "0") void this.decide(row, null);
    else if (row.state === "undecided" && event.key === "Enter" && !onButton) {
      event.preventDefault();
      void this.accept(row);
    }
  }

  private toUndecided(from?: number): void {
    const here = from ?? this.rows.findIndex((row) => this.element(row.row)?.classList.contains("open"));
    const at = nextUndecided(
      this.rows.map((row) => row.state),
      here,
    );
    const next = this.rows[at];
    if (next) this.element(next.row)?.focus();
    else if (from === undefined) toast(t("no_undecided"));
  }

  private element(row: number): HTMLElement | null {
    return this.list.querySelector<HTMLElement>(`li[data-row="${row}"]`);
  }

  private pick(row: Row, rank: number): void {
    if (!row.suggestions.some((one) => one.rank === rank)) return;
    this.picked.set(row.row, rank);
    for (const option of this.element(row.row)?.querySelectorAll<HTMLElement>("[data-rank]") ?? []) {
      option.dataset.chosen = String(Number(option.dataset.rank) === rank);
      option.querySelector("[data-pick]")?.setAttribute("aria-pressed", option.dataset.chosen);
    }
  }

  private async accept(row: Row): Promise<void> {
    const rank = this.picked.get(row.row) ?? 1;
    const one = row.suggestions.find((suggestion) => suggestion.rank === rank);
    if (one) await this.decide(row, one.project);
  }

  private async decide(row: Row, project: string | null): Promise<void> {
    try {
      const now = await api.patch<Row & { readonly batch: Batch }>(`${this.url}/rows/${row.row}`, {
        project,
        ...this.choices(row),
      });
      this.done.push(row.row);
      this.put(now);
      this.count(now.batch);
      this.say(
        project === null
          ? t("row_none", { row: row.row })
          : t("row_accepted", { row: row.row, what: now.record?.text ?? "" }),
      );
      this.toUndecided(this.rows.findIndex((one) => one.row === row.row));
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 422 && error.errors.length > 0)
        this.notRecorded(row, error);
      else this.refused(error);
    }
  }

  /** What was chosen where the row leaves a choice. */
  private choices(row: Row): Record<string, number> {
    const chosen: Record<string, number> = {};
    for (const select of this.element(row.row)?.querySelectorAll<HTMLSelectElement>("[data-choice]") ?? [])
      if (select.value) chosen[select.dataset.choice ?? ""] = Number(select.value);
    return chosen;
  }

  /** The row says itself why; one choice after another stays as it was made. */
  private notRecorded(row: Row, error: ApiProblem): void {
    const chosen = this.choices(row);
    const kept = row.refused.filter((why) => why.options && chosen[why.field ?? ""]);
    this.put({ ...row, refused: [...kept, ...(error.errors as readonly Refusal[])] });
    for (const [field, id] of Object.entries(chosen)) {
      const select = this.element(row.row)?.querySelector<HTMLSelectElement>(`[data-choice="${field}"]`);
      if (select) select.value = String(id);
    }
    this.element(row.row)?.focus();
    this.say(`${t("row_refused", { row: row.row })}: ${error.errors.map((one) => one.message).join(" ")}`);
  }

  private async undo(row: number): Promise<void> {
    try {
      const answer = await api.post<{ readonly batch: Batch }>(`${this.url}/undo`, { rows: [row] });
      const at = this.done.lastIndexOf(row);
      if (at >= 0) this.done.splice(at, 1);
      this.count(answer.batch);
      this.say(t("row_undone", { row }));
      await this.load(false, this.rows[0]?.row ?? 0);
      this.element(row)?.focus();
    } catch (error) {
      this.refused(error);
    }
  }

  private put(row: Row): void {
    const at = this.rows.findIndex((one) => one.row === row.row);
    this.rows[at] = row;
    this.element(row.row)?.replaceWith(this.item(row));
  }

  private count(batch: Batch): void {
    const counts = {
      all: batch.rows,
      undecided: batch.undecided,
      accepted: batch.accepted,
      none: batch.none,
      refused: batch.refused,
    };
    for (const [name, number] of Object.entries(counts))
      replaceChildren(document.querySelector(`[data-count="${name}"]`) as Element, decimal(number));
  }

  private say(text: string): void {
    (document.getElementById("match-said") as HTMLElement).textContent = text;
  }

  private refused(error: unknown): void {
    if (!(error instanceof ApiProblem)) throw error;
    this.alarm([error.detail, ...error.errors.map((one) => `${one.message} ${one.fix ?? ""}`)].join(" "));
  }

  private alarm(text: string): void {
    replaceChildren(
      document.getElementById("match-problems") as Element,
      text && h("p", { class: "note note-bad" }, text),
    );
  }
}
