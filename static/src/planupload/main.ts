import "../styles/planupload.css";
import { ApiProblem, api } from "../api/client";
import { decimal, thaiMoment } from "../format";
import { ask } from "../panels/dialog";
import { byId, type Child, h, replaceChildren } from "../panels/dom";
import { icon } from "../shell/icons";
import {
  type CellDifference,
  type Choice,
  forAll,
  grouped,
  type NewLine,
  nextWaiting,
  type PlacedProblem,
  type Removal,
  type Upload,
  waiting,
} from "./model";
import { t } from "./texts";

const SHOWN = 200;

function isCell(one: CellDifference | Removal): one is CellDifference {
  return "address" in one;
}

class UploadPage {
  private readonly shown = new Map<string, number>();
  private at: string | null = null;
  private busy = false;
  /** None when nothing can be taken in any more: then nothing is chosen either. */
  private readonly acceptButton = document.querySelector<HTMLButtonElement>("#accept");

  constructor(private upload: Upload) {
    this.acceptButton?.addEventListener("click", () => void this.accept());
    byId("give-up").addEventListener("click", () => void this.giveUp());
    document.addEventListener("keydown", (event) => {
      if (event.key === "F8") {
        event.preventDefault();
        this.goNext();
      } else if (event.key === "Enter" && event.ctrlKey) {
        event.preventDefault();
        void this.accept();
      }
    });
    this.draw();
  }

  private draw(): void {
    const focused = document.activeElement?.id ?? "";
    const groups = grouped(this.upload);
    const cell = (one: CellDifference) => this.cell(one);
    const parts = [
      this.group("mend", groups.mend, (one) => this.problem(one), t("mend_hint")),
      this.group(
        "collide",
        [...groups.collide, ...groups.collideRemovals],
        (one) => (isCell(one) ? this.cell(one) : this.removal(one)),
        t("collide_hint"),
        true,
      ),
      this.group("change", groups.change, cell, undefined, true),
      this.group("fresh", groups.fresh, (one) => this.fresh(one)),
      this.group("leave", groups.leave, (one) => this.removal(one), t("leave_hint")),
      this.group("look", groups.look, (one) => this.problem(one)),
    ];
    const drawn = parts.filter((part) => part !== null);
    const nothing = h("p", { class: "note note-ok" }, t("nothing_differs"));
    replaceChildren(byId("groups"), ...(drawn.length > 0 ? drawn : [nothing]));
    this.foot();
    if (focused) document.getElementById(focused)?.focus();
  }

  private group<Item>(
    name: "mend" | "collide" | "change" | "fresh" | "leave" | "look",
    items: readonly Item[],
    draw: (item: Item) => HTMLElement,
    hint?: string,
    choose = false,
  ): HTMLElement | null {
    if (items.length === 0) return null;
    const most = this.shown.get(name) ?? SHOWN;
    const pill = { mend: "pill-bad", collide: "pill-warn", look: "pill-warn" }[name as string] ?? "";
    const decidable = items as unknown as readonly { key: string; choice: Choice }[];
    const all = (choice: "mine" | "theirs", label: string) =>
      h(
        "button",
        { class: "btn btn-sm", type: "button", onclick: () => void this.decide(forAll(decidable, choice)) },
        label,
      );
    const left = items.length - most;
    const more = () => {
      this.shown.set(name, most + SHOWN);
      this.draw();
    };
    return h(
      "section",
      { class: `upload-group upload-${name}`, "aria-labelledby": `group-${name}` },
      h(
        "div",
        { class: "upload-group-head" },
        h(
          "h2",
          { id: `group-${name}` },
          t(name),
          " ",
          h("span", { class: `pill ${pill}` }, decimal(items.length)),
        ),
        hint && h("p", { class: "hint" }, hint),
        choose &&
          this.acceptButton &&
          h("span", { class: "btn-row" }, all("mine", t("all_mine")), all("theirs", t("all_theirs"))),
      ),
      h("ul", { class: "plain upload-list" }, ...items.slice(0, most).map(draw)),
      left > 0 &&
        h(
          "button",
          { class: "btn btn-sm", type: "button", onclick: more },
          t("more", { n: decimal(Math.min(left, SHOWN)) }),
        ),
    );
  }

  private problem(one: PlacedProblem): HTMLElement {
    const error = one.level === "error";
    const where = one.address && one.sheet ? t("cell_at", { sheet: one.sheet, address: one.address }) : "";
    const key = one.key;
    return h(
      "li",
      { class: `upload-item problem-${one.level}`, "data-key": key },
      h(
        "div",
        { class: "upload-name" },
        icon(error ? "error" : one.level === "warning" ? "warning" : "info"),
        h(
          "span",
          {},
          h("strong", {}, one.message),
          h("small", {}, [one.name, one.title, where, one.fix].filter(Boolean).join(" · ")),
        ),
      ),
      error &&
        key &&
        this.acceptButton &&
        h(
          "button",
          {
            class: "btn btn-sm",
            type: "button",
            id: `leave-${key}`,
            onclick: () => void this.decide({ [key]: "theirs" }),
          },
          t("leave_item"),
        ),
    );
  }

  private cell(one: CellDifference): HTMLElement {
    const value = (text: string | null) => text ?? t("nothing");
    const values: Child = one.conflict
      ? [
          h("span", { class: "upload-was" }, h("small", {}, t("was")), value(one.base)),
          h("span", { class: "upload-mine" }, h("small", {}, t("mine")), value(one.yours)),
          h("span", { class: "upload-theirs" }, h("small", {}, t("theirs")), value(one.theirs)),
        ]
      : [
          h("del", {}, value(one.theirs)),
          h("span", { "aria-hidden": "true" }, " → "),
          h("ins", {}, value(one.yours)),
        ];
    const by =
      one.conflict && one.at ? t("written_by", { who: one.by ?? "–", when: thaiMoment(one.at) }) : "";
    return h(
      "li",
      { class: "upload-item", "data-key": one.key, "data-choice": one.choice },
      h(
        "div",
        { class: "upload-name" },
        h(
          "span",
          {},
          h("strong", {}, one.name),
          h(
            "small",
            {},
            [one.title, t("cell_at", { sheet: one.sheet, address: one.address }), by]
              .filter(Boolean)
              .join(" · "),
          ),
          ...this.remarks(one.remarks),
        ),
      ),
      h("div", { class: "upload-values" }, values),
      this.choice(
        one.key,
        one.name,
        one.conflict ? one.choice : (one.choice ?? "mine"),
        t("mine"),
        t("theirs"),
      ),
    );
  }

  private fresh(one: NewLine): HTMLElement {
    const cells = one.cells.flatMap((cell) => [
      h("dt", {}, cell.title),
      h("dd", {}, cell.value ?? t("nothing")),
    ]);
    return h(
      "li",
      { class: "upload-item", "data-key": one.key, "data-choice": one.choice },
      h(
        "div",
        { class: "upload-name" },
        h(
          "span",
          {},
          h("strong", {}, one.name || t("nothing")),
          h("small", {}, t("row_at", { sheet: one.sheet, row: one.sheet_row })),
          ...this.remarks(one.remarks),
        ),
      ),
      h("dl", { class: "upload-cells" }, ...cells),
      this.choice(one.key, one.name, one.choice ?? "mine", t("take"), t("leave_aside")),
    );
  }

  private removal(one: Removal): HTMLElement {
    return h(
      "li",
      { class: "upload-item", "data-key": one.key, "data-choice": one.choice },
      h(
        "div",
        { class: "upload-name" },
        h("span", {}, h("strong", {}, one.name), one.conflict && h("small", {}, t("changed_since"))),
      ),
      h("div", { class: "upload-values" }, h("del", {}, one.name)),
      this.choice(
        one.key,
        one.name,
        one.conflict ? one.choice : (one.choice ?? "mine"),
        t("remove"),
        t("keep"),
      ),
    );
  }

  private remarks(texts: readonly string[]): HTMLElement[] {
    return texts.map((text) => h("small", { class: "upload-remark" }, t("remark", { text })));
  }

  private choice(key: string, name: string, chosen: Choice, mine: string, theirs: string): HTMLElement {
    const radio = (value: "mine" | "theirs", label: string) =>
      h(
        "label",
        {},
        h("input", {
          type: "radio",
          id: `${value}-${key}`,
          name: `choice-${key}`,
          value,
          checked: chosen === value,
          disabled: this.acceptButton === null,
          onchange: () => void this.decide({ [key]: value }),
        }),
        h("span", {}, label),
      );
    return h(
      "fieldset",
      { class: "upload-choice" },
      h("legend", { class: "visually-hidden" }, name),
      radio("mine", mine),
      radio("theirs", theirs),
    );
  }

  private foot(): void {
    const { counts } = this.upload;
    const left = counts.errors + counts.undecided;
    const total = counts.cells + counts.inserts + counts.removals;
    if (this.acceptButton) {
      this.acceptButton.textContent =
        left > 0
          ? t("accept_blocked", { left: decimal(left) })
          : total > 0
            ? t("accept", { n: decimal(total) })
            : t("accept_nothing");
      this.acceptButton.setAttribute("aria-disabled", String(!this.upload.acceptable));
    }
    byId("counts").textContent = t("counts", {
      cells: decimal(counts.cells),
      inserts: decimal(counts.inserts),
      removals: decimal(counts.removals),
    });
  }

  private async decide(decisions: Record<string, Choice>): Promise<void> {
    if (Object.keys(decisions).length === 0) return;
    await this.attempt(async () => {
      this.upload = await api.patch<Upload>(this.upload.api, { decisions });
      byId("live-polite").textContent = t("saved");
    });
    this.draw();
  }

  private goNext(): void {
    const key = nextWaiting(this.upload, this.at);
    if (key === null) {
      this.acceptButton?.focus();
      return;
    }
    this.at = key;
    for (const name of ["mend", "collide"]) this.shown.set(name, Number.MAX_SAFE_INTEGER);
    this.draw();
    const item = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    item?.scrollIntoView({ block: "center" });
    item?.querySelector<HTMLElement>("input, button")?.focus();
  }

  private async accept(): Promise<void> {
    const button = this.acceptButton;
    if (this.busy || !button) return;
    if (!this.upload.acceptable) {
      if (waiting(this.upload).length > 0) this.goNext();
      else byId("group-mend").scrollIntoView({ block: "start" });
      return;
    }
    const { cells, inserts, removals } = this.upload.counts;
    const counts = { cells: decimal(cells), inserts: decimal(inserts), removals: decimal(removals) };
    const question = {
      title: t("accept_title"),
      text: t("accept_text", counts),
      safe: t("go_on"),
      act: button.textContent ?? "",
    };
    if ((await ask({ ...question, destructive: removals > 0 })) === null) return;
    button.textContent = t("accepting");
    await this.attempt(async () => {
      await api.post(`${this.upload.api}/accept`);
      location.reload();
    });
    this.upload = await api.get<Upload>(this.upload.api);
    if (this.upload.status === "STAGED") this.draw();
  }

  private async giveUp(): Promise<void> {
    const question = {
      title: t("give_up"),
      text: t("give_up_text"),
      safe: t("go_on"),
      act: t("give_up"),
      destructive: true,
    };
    if ((await ask(question)) === null) return;
    await this.attempt(async () => {
      await api.del(this.upload.api);
      location.reload();
    });
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    this.busy = true;
    replaceChildren(byId("upload-problem"));
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      const lines = error.errors
        .slice(0, 20)
        .map((one) => h("li", {}, [one.message, one.fix].filter(Boolean).join(" · ")));
      replaceChildren(
        byId("upload-problem"),
        h("div", { class: "note note-bad" }, error.detail, h("ul", {}, ...lines)),
      );
    } finally {
      this.busy = false;
    }
  }
}

for (const element of document.querySelectorAll<HTMLElement>("time[data-moment]"))
  element.textContent = thaiMoment(element.dataset.moment);
const upload = JSON.parse(byId("upload-data").textContent ?? "{}") as Upload;
if (upload.status === "STAGED") new UploadPage(upload);
