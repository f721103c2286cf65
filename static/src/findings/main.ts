/** The work list of the coordinate report: look, take what is offered, say that it is right, or open the drawing. */

import "../styles/findings.css";
import { ApiProblem, api } from "../api/client";
import { decimal, thaiMoment } from "../format";
import { ask } from "../panels/dialog";
import { byId, h, replaceChildren } from "../panels/dom";
import { LiveRegion } from "../panels/live";
import { icon } from "../shell/icons";
import { toast } from "../shell/toast";
import { FindingMap } from "./map";
import { type Finding, keyOf, type PageData } from "./state";
import { t } from "./texts";

const POLL_MS = 800;
/** Time to read what was done before the page is drawn anew. */
const READ_MS = 1500;

interface Stored {
  readonly geometry: unknown;
  readonly version: number;
  readonly status: string;
}

interface Job {
  readonly id: number;
  readonly status: string;
  readonly progress_done: number;
  readonly progress_total: number | null;
  readonly percent: number | null;
}

class WorkList {
  private items: Finding[];
  private more: string | null;
  private chosen: string | null = null;
  private readonly offerOf = new Map<string, number>();
  private readonly live = new LiveRegion(byId("live-polite"), byId("live-assertive"));
  private readonly map = new FindingMap();
  private readonly list = byId<HTMLOListElement>("findings");

  constructor(private readonly data: PageData) {
    this.items = [...data.items];
    this.more = data.more;
    this.draw();
    void this.map.start(byId("map"), (key) => void this.choose(key, true));
    byId("more").addEventListener("click", () => void this.load());
  }

  private draw(): void {
    replaceChildren(
      this.list,
      this.items.map((one) => this.row(one)),
    );
    byId("more").hidden = this.more === null;
    this.map.list(this.items, keyOf);
  }

  private row(one: Finding): HTMLElement {
    const key = keyOf(one);
    const at = this.offerOf.get(key) ?? 0;
    const offer = one.offers[at];
    const button = (text: string, act: () => void, primary = false): HTMLElement =>
      h(
        "button",
        { type: "button", class: primary ? "btn btn-sm btn-primary" : "btn btn-sm", onclick: act },
        text,
      );
    return h(
      "li",
      { class: `finding finding-${one.level}${key === this.chosen ? " chosen" : ""}`, "data-key": key },
      h(
        "button",
        {
          type: "button",
          class: "finding-name",
          lang: "th",
          "aria-pressed": key === this.chosen ? "true" : "false",
          onclick: () => void this.choose(key),
        },
        one.name,
      ),
      h(
        "p",
        { class: "finding-says finding-what" },
        icon(one.level === "error" ? "error" : "warning", 16),
        one.message,
      ),
      offer
        ? h("p", { class: "finding-offer" }, t("offer", { message: offer.message }))
        : one.answered_at
          ? h(
              "p",
              { class: "finding-says muted" },
              t("answered", {
                who: one.answered_by ?? "",
                when: thaiMoment(one.answered_at),
                note: one.note ?? "",
              }),
            )
          : h("p", { class: "finding-says muted" }, `${one.project} · ${one.organisation_name}`),
      h(
        "div",
        { class: "btn-row" },
        this.data.answered
          ? one.may.answer && button(t("reopen"), () => void this.reopen(one))
          : [
              offer && one.may.mend && button(t("take"), () => void this.take(one, at), true),
              one.offers.length > 1 &&
                button(t("other", { n: at + 1, all: one.offers.length }), () => {
                  this.offerOf.set(key, (at + 1) % one.offers.length);
                  void this.choose(key);
                }),
              one.may.withdraw && button(t("withdraw"), () => void this.withdraw(one)),
              one.may.answer && button(t("right"), () => void this.answer(one)),
            ],
        h("a", { class: "btn btn-sm", href: `/map?project=${encodeURIComponent(one.project)}` }, t("draw")),
      ),
    );
  }

  private async choose(key: string, scroll = false): Promise<void> {
    const one = this.items.find((item) => keyOf(item) === key);
    if (!one) return;
    const focused =
      document.activeElement instanceof HTMLElement && this.list.contains(document.activeElement);
    this.chosen = key;
    this.draw();
    const row = this.list.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    if (focused) row?.querySelector<HTMLElement>(".finding-name")?.focus();
    if (scroll) row?.scrollIntoView({ block: "nearest" });
    this.live.say(t("chosen", { name: one.name }));
    const stored = await this.stored(one).catch(() => null);
    if (this.chosen === key)
      this.map.show(stored?.geometry ?? null, one.offers[this.offerOf.get(key) ?? 0]?.geometry ?? null);
  }

  private stored(one: Finding): Promise<Stored> {
    return api.get<Stored>(`/api/v1/projects/${encodeURIComponent(one.project)}/geometry`);
  }

  private async take(one: Finding, offer: number): Promise<void> {
    await this.act(async () => {
      const before = await this.stored(one);
      await api.post("/api/v1/coordinate-findings/mend", {
        findings: [{ project: one.project, code: one.code, offer }],
      });
      this.leave((other) => other.project === one.project);
      // What was an error cannot be written again: its numbers stay in the history.
      const back = { label: t("undo"), act: () => void this.act(() => this.putBack(one, before)) };
      toast(t("mended", { code: one.project }), one.level === "error" ? undefined : back);
    });
  }

  /** The geometry that stood before becomes the newest version again; the report looks at it at the next check. */
  private async putBack(one: Finding, before: Stored): Promise<void> {
    const now = await this.stored(one);
    await api.put(
      `/api/v1/projects/${encodeURIComponent(one.project)}/geometry`,
      {
        type: "Feature",
        geometry: before.geometry,
        properties: { status: before.status === "DRAFT" ? "DRAFT" : "SUBMITTED" },
      },
      { ifMatch: `"g${now.version}"` },
    );
    toast(t("undone", { code: one.project }));
  }

  private async withdraw(one: Finding): Promise<void> {
    await this.act(async () => {
      const before = await this.stored(one);
      await api.post("/api/v1/coordinate-findings/withdraw", {
        findings: [{ project: one.project, code: one.code }],
      });
      this.leave((other) => other.project === one.project);
      const back = { label: t("undo"), act: () => void this.act(() => this.putBack(one, before)) };
      toast(t("withdrawn", { code: one.project }), one.code === "wrong_geometry_type" ? undefined : back);
    });
  }

  private async answer(one: Finding): Promise<void> {
    const note = await ask({
      title: t("right_title"),
      text: t("right_text", { name: one.name }),
      note: t("right_note"),
      safe: t("cancel"),
      act: t("right"),
    });
    if (note === null) return;
    await this.act(async () => {
      await api.post("/api/v1/coordinate-findings/answer", {
        findings: [{ project: one.project, code: one.code }],
        note,
      });
      this.leave((other) => keyOf(other) === keyOf(one));
      toast(t("confirmed"), { label: t("undo"), act: () => void this.reopen(one) });
    });
  }

  private async reopen(one: Finding): Promise<void> {
    await this.act(async () => {
      await api.post("/api/v1/coordinate-findings/reopen", {
        findings: [{ project: one.project, code: one.code }],
      });
      if (this.data.answered) this.leave((other) => keyOf(other) === keyOf(one));
      else location.reload();
      toast(t("reopened"));
    });
  }

  private leave(gone: (one: Finding) => boolean): void {
    const at = this.items.findIndex(gone);
    this.items = this.items.filter((one) => !gone(one));
    this.chosen = null;
    this.map.show(null, null);
    this.draw();
    const next = this.items[Math.min(at, this.items.length - 1)];
    if (next) void this.choose(keyOf(next), true);
    else if (this.more === null) location.reload();
  }

  private async load(): Promise<void> {
    if (this.more === null) return;
    await this.act(async () => {
      const page = await api.get<{ items: Finding[]; next: string | null }>(this.more ?? "");
      this.items.push(...page.items);
      this.more = page.next;
      this.draw();
    });
  }

  /** What went wrong is said, and nothing on the page changes. */
  async act(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      const first = error.errors[0];
      const text = first ? `${first.message} ${first.fix ?? ""}` : error.detail;
      this.live.alarm(text);
      if ((await ask({ title: t("failed"), text, safe: t("cancel"), act: t("again") })) !== null)
        await this.act(work);
    }
  }

  async mendAll(button: HTMLElement): Promise<void> {
    const { mendCode, mendKind, mendEpsg, reason = "", count = "0" } = button.dataset;
    const n = decimal(Number(count));
    const answer = await ask({
      title: t("all_title", { n }),
      text: t("all_text", { reason }),
      safe: t("cancel"),
      act: t("all_act", { n }),
    });
    if (answer === null) return;
    await this.act(async () => {
      const { organisation, area } = this.data;
      const done = await api.post<{ projects: string[] }>("/api/v1/coordinate-findings/mend", {
        alike: { code: mendCode, kind: mendKind, epsg: Number(mendEpsg), organisation, area },
      });
      toast(t("all_done", { n: decimal(done.projects.length) }));
      setTimeout(() => location.reload(), READ_MS);
    });
  }
}

/** Ask for a check, show how far it is, and draw the page anew when it is done. */
async function check(button: HTMLButtonElement): Promise<void> {
  const line = byId("progress");
  const bar = line.querySelector("progress");
  const words = line.querySelector("span");
  button.disabled = true;
  line.hidden = false;
  try {
    const { organisation, area } = button.dataset;
    let job = await api.post<Job>("/api/v1/coordinate-findings/check", {
      organisation: organisation || null,
      area: area || null,
    });
    while (job.status === "WAITING" || job.status === "RUNNING") {
      if (words)
        words.textContent =
          job.status === "WAITING"
            ? t("waiting")
            : t("checking", { done: decimal(job.progress_done), total: decimal(job.progress_total ?? 0) });
      if (bar && job.percent !== null) bar.value = job.percent;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      job = await api.get<Job>(`/api/v1/jobs/${job.id}`);
    }
    if (job.status === "DONE") location.reload();
    else throw new ApiProblem(500, "check_failed", t("check_failed"));
  } catch (error) {
    button.disabled = false;
    if (!(error instanceof ApiProblem)) throw error;
    if (words) words.textContent = error.detail;
  }
}

const given = document.getElementById("findings-data");
if (document.getElementById("findings") && given) {
  const work = new WorkList(JSON.parse(given.textContent ?? "{}") as PageData);
  for (const button of document.querySelectorAll<HTMLElement>("[data-mend-code]"))
    button.addEventListener("click", () => void work.mendAll(button));
}
const button = document.getElementById("check") as HTMLButtonElement | null;
button?.addEventListener("click", () => void check(button));
