/** The list on the left: projects that await coordinates, with search, chips, sorting and more by the page. */

import { ApiProblem, api, type Query } from "../api/client";
import type { ProjectItem, ProjectPage } from "../api/types";
import { decimal, fiscalYear, metres, money, moneyShort } from "../format";
import { t as common } from "../i18n";
import { debounce, h, keepFocus, replaceChildren } from "../panels/dom";
import { statusPill } from "../panels/pills";
import { icon } from "../shell/icons";
import type { Bench } from "./page";
import { t } from "./texts";

const PAGE = 30;
const SORTS = ["newest", "budget", "name"] as const;

export interface AwaitingOptions {
  readonly pick: (code: string) => void;
  /** Codes with work that is only on this computer. */
  readonly unsent: () => Promise<ReadonlySet<string>>;
  /** Codes with a draft of this person on the server. */
  readonly drafted: () => Promise<ReadonlySet<string>>;
}

export class AwaitingList {
  private items: ProjectItem[] = [];
  private next: string | null = null;
  private kind: "road" | "water" | "other" | null = null;
  private year: string;
  private sort: (typeof SORTS)[number] = "newest";
  private q = "";
  private picked: string | null = null;
  private state: "loading" | "ready" | ApiProblem = "loading";
  private unsent: ReadonlySet<string> = new Set();
  private drafted: ReadonlySet<string> = new Set();
  private turn = 0;
  private readonly head = h("div", { class: "wb-list-head" });
  private readonly list = h("div", { class: "wb-list-body scrolls" });
  private readonly count = h("span", { class: "wb-count" });

  constructor(
    container: HTMLElement,
    private readonly bench: Bench,
    private readonly options: AwaitingOptions,
  ) {
    this.year = new URLSearchParams(location.search).get("list_year") ?? "";
    replaceChildren(container, this.head, this.list);
    this.drawHead();
    void this.load();
  }

  /** Mark the project that is being drawn. */
  mark(code: string | null): void {
    this.picked = code;
    this.draw();
    void this.remind();
    this.list.querySelector(`[data-key="${CSS.escape(code ?? "")}"]`)?.scrollIntoView({ block: "nearest" });
  }

  /** What was begun since the list was read. */
  private async remind(): Promise<void> {
    const { unsent, drafted } = this.options;
    [this.unsent, this.drafted] = await Promise.all([unsent(), drafted()]);
    this.draw();
  }

  async reload(): Promise<void> {
    await this.load();
  }

  private drawHead(): void {
    const search = h("input", {
      class: "input",
      type: "search",
      placeholder: t("list_search"),
      "aria-label": t("list_search"),
      autocomplete: "off",
      oninput: debounce(() => {
        this.q = search.value.trim();
        void this.load();
      }, 300),
    });
    const year = h(
      "select",
      {
        class: "chip",
        "aria-label": t("all_years"),
        onchange: () => {
          this.year = year.value;
          year.classList.toggle("on", this.year !== "");
          void this.load();
        },
      },
      h("option", { value: "" }, t("all_years")),
      this.bench.page.fiscal_years.map((value) =>
        h("option", { value: String(value), selected: String(value) === this.year }, fiscalYear(value)),
      ),
    );
    const chip = (kind: "road" | "water"): HTMLButtonElement =>
      h(
        "button",
        {
          type: "button",
          class: "chip",
          "aria-pressed": "false",
          "data-kind": kind,
          onclick: () => {
            this.kind = this.kind === kind ? null : kind;
            for (const one of this.head.querySelectorAll("[data-kind]")) {
              one.setAttribute("aria-pressed", String(one.getAttribute("data-kind") === this.kind));
            }
            void this.load();
          },
        },
        t(`kind_${kind}`),
      );
    const sort = h(
      "select",
      {
        class: "wb-sort",
        id: "list-sort",
        onchange: () => {
          this.sort = sort.value as (typeof SORTS)[number];
          void this.load();
        },
      },
      SORTS.map((name) => h("option", { value: name }, t(`sort_${name}`))),
    );
    replaceChildren(
      this.head,
      h("div", { class: "wb-list-title" }, h("h2", {}, t("awaiting")), this.count),
      h("div", { class: "wb-list-search" }, icon("search", 16), search),
      h("div", { class: "chips" }, chip("road"), chip("water"), year),
      h("div", { class: "wb-sortline" }, h("label", { for: "list-sort" }, `${t("sort_by")}:`), sort),
    );
  }

  private query(): Query {
    return {
      ...this.bench.page.own_filter,
      awaiting: true,
      kind: this.kind,
      fiscal_year: this.year || null,
      q: this.q || null,
      sort: this.sort,
      limit: PAGE,
    };
  }

  private async load(): Promise<void> {
    const turn = ++this.turn;
    this.state = "loading";
    this.items = [];
    this.next = null;
    this.draw();
    await this.fetch(turn, "/api/v1/projects", this.query());
  }

  private async fetch(turn: number, url: string, query: Query): Promise<void> {
    try {
      const { unsent, drafted } = this.options;
      const found = await Promise.all([api.get<ProjectPage>(url, { query }), unsent(), drafted()]);
      if (turn !== this.turn) return; // a newer question is on its way
      const [page] = found;
      this.items = [...this.items, ...page.items];
      this.next = page.next;
      [, this.unsent, this.drafted] = found;
      this.state = "ready";
      const words = this.next ? "shown_more" : "shown";
      this.bench.live.say(t(words, { count: this.items.length }));
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (turn !== this.turn) return;
      this.state = error;
    }
    this.draw();
  }

  private draw(): void {
    this.count.textContent =
      this.state === "ready"
        ? t(this.next ? "shown_more" : "shown", { count: decimal(this.items.length) })
        : "";
    keepFocus(this.list, () => replaceChildren(this.list, this.body()));
  }

  private body(): (Node | null)[] {
    const rows =
      this.items.length > 0
        ? h(
            "ul",
            { class: "wb-items" },
            this.items.map((item) => this.row(item)),
          )
        : null;
    if (this.state === "loading") return [rows, skeleton()];
    if (this.state instanceof ApiProblem) return [rows, this.failure(this.state)];
    if (!rows) return [this.empty()];
    const more = this.next
      ? h(
          "button",
          { type: "button", class: "btn btn-block", "data-key": "more", onclick: () => this.more() },
          t("load_more"),
        )
      : null;
    return [rows, more && h("div", { class: "wb-more" }, more)];
  }

  private more(): void {
    if (!this.next) return;
    this.state = "loading";
    const url = this.next;
    this.draw();
    // `next` is the whole address of the following page, or the cursor of it
    if (url.startsWith("/") || url.startsWith("http")) {
      const { pathname, search } = new URL(url, location.href);
      void this.fetch(this.turn, pathname + search, {});
    } else {
      void this.fetch(this.turn, "/api/v1/projects", { ...this.query(), cursor: url });
    }
  }

  private row(item: ProjectItem): HTMLElement {
    const picked = item.code === this.picked;
    const size = item.length_m
      ? item.width_m
        ? t("length_width", { length: metres(item.length_m, 0), width: metres(item.width_m, 2) })
        : t("length_only", { length: metres(item.length_m, 0) })
      : (item.area_name ?? fiscalYear(item.fiscal_year_be));
    // No budget yet is a dash, never 0.
    const budget = item.budget_baht || null;
    const amount = budget && budget >= 1_000_000 ? moneyShort(budget, 2) : money(budget);
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: "wb-item",
          "data-key": item.code,
          "aria-current": picked ? "true" : null,
          onclick: () => this.options.pick(item.code),
        },
        icon(item.kind, 20),
        h(
          "span",
          { class: "wb-item-text" },
          h("span", { class: "wb-item-name clamp-2", lang: "th", title: item.name }, item.name),
          h("span", { class: "wb-item-line" }, h("span", {}, size), h("b", {}, amount)),
          h(
            "span",
            { class: "wb-item-line" },
            statusPill(this.statusOf(item)),
            h(
              "span",
              { class: "faint" },
              this.unsent.has(item.code) ? t("unsent") : fiscalYear(item.fiscal_year_be),
            ),
          ),
        ),
      ),
    );
  }

  /** To its author a work that was begun is a draft, though nobody else knows of it yet. */
  private statusOf({ code, geometry_status }: ProjectItem): ProjectItem["geometry_status"] {
    const begun = this.unsent.has(code) || this.drafted.has(code);
    return begun && geometry_status === "NONE" ? "DRAFT" : geometry_status;
  }

  private get narrowed(): boolean {
    return this.q !== "" || this.kind !== null || this.year !== "";
  }

  private empty(): HTMLElement {
    if (!this.narrowed) {
      return h("div", { class: "empty" }, h("h3", {}, t("none_left")), h("p", {}, t("none_left_text")));
    }
    return h(
      "div",
      { class: "empty" },
      h("h3", {}, t("none_filtered")),
      h("p", {}, t("none_filtered_text")),
      h("button", { type: "button", class: "btn", onclick: () => this.clear() }, t("clear_filters")),
    );
  }

  private clear(): void {
    this.q = "";
    this.kind = null;
    this.year = "";
    this.drawHead();
    void this.load();
  }

  private failure(problem: ApiProblem): HTMLElement {
    return h(
      "div",
      { class: "empty" },
      h("h3", {}, t("list_failed")),
      h("p", {}, problem.detail),
      problem.requestId && h("p", { class: "hint" }, problem.requestId),
      h("button", { type: "button", class: "btn", onclick: () => void this.load() }, common("retry")),
    );
  }
}

function skeleton(): HTMLElement {
  const row = (): HTMLElement =>
    h(
      "div",
      { class: "wb-skeleton-row" },
      h("div", { class: "skeleton", style: "width:82%" }),
      h("div", { class: "skeleton", style: "width:46%" }),
      h("div", { class: "skeleton", style: "width:32%" }),
    );
  return h(
    "div",
    { "aria-busy": "true", "aria-label": common("loading"), role: "status" },
    [1, 2, 3, 4, 5].map(row),
  );
}
