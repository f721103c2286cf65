/** The page of one staged file: table, map, problems and the bar that accepts, kept in step. */

import { ApiProblem, api } from "../api/client";
import { decimal } from "../format";
import { ask } from "../panels/dialog";
import { byId, h, replaceChildren } from "../panels/dom";
import { LiveRegion } from "../panels/live";
import { ImportMap } from "./map";
import { mendAll } from "./mendall";
import type { Batch, PageData } from "./state";
import { RowTable } from "./table";
import { t } from "./texts";

export function review(work: HTMLElement): void {
  const data = JSON.parse(byId("import-data").textContent ?? "{}") as PageData;
  const live = new LiveRegion(byId("live-polite"), byId("live-assertive"));
  let batch = data.batch;
  const map = new ImportMap(
    batch,
    (row) => void table.show(row),
    (row, mended) => void table.take(row, mended),
  );
  const table = new RowTable(data, {
    chosen: (row) => map.show(row),
    listed: (rows) => map.offers(rows),
    mended: (now, row) => {
      batch = now;
      map.mended(row);
      counts(now);
      void problemsNow();
    },
    say: (text) => live.say(text),
    alarm: (text) => live.alarm(text),
  });
  void map.start(byId("map"));
  panes(work);
  byId("problem-list").addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>(
      "[data-show-code],[data-fix-row],[data-mend-code],[data-mend-shape]",
    );
    if (!button) return;
    if (button.dataset.mendShape) {
      const mended = !("undo" in button.dataset);
      const body = { code: button.dataset.mendShape, mended };
      void changeRows("PATCH", `/api/v1/imports/${batch.id}/rows`, body, button as HTMLButtonElement, live);
      return;
    }
    if (button.dataset.mendCode) {
      void mendGroup(data, button.dataset.mendCode, button.dataset.mendTitle ?? "", live);
      return;
    }
    work.dataset.show = "table";
    if (button.dataset.showCode) table.filter("all", button.dataset.showCode, button.dataset.showTitle);
    else void table.show(Number(button.dataset.fixRow), button.dataset.fixField);
  });
  byId("problem-list").addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!("match" in form.dataset)) return;
    event.preventDefault();
    const at_least = Number(new FormData(form).get("at_least"));
    const button = event.submitter as HTMLButtonElement;
    void changeRows("POST", `/api/v1/imports/${batch.id}/matches`, { at_least }, button, live);
  });
  document.addEventListener("keydown", (event) => {
    const inText = (event.target as Element).closest("input, select, textarea, dialog");
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || inText)
      return;
    if (table.undo()) event.preventDefault();
  });
  byId("accept").addEventListener("click", () => void accept(() => batch, live));
  byId("give-up").addEventListener("click", () => void giveUp(batch));
}

/** Afterwards the server says anew which problems are left. */
async function mendGroup(data: PageData, code: string, title: string, live: LiveRegion): Promise<void> {
  try {
    if ((await mendAll(data, code, title)) > 0) location.reload();
  } catch (error) {
    live.alarm(error instanceof ApiProblem ? error.detail : t("failed"));
  }
}

/** A change to many rows at once; nothing is lost until the file is accepted. Then the server says anew what is left. */
async function changeRows(
  method: "PATCH" | "POST",
  url: string,
  body: object,
  button: HTMLButtonElement,
  live: LiveRegion,
): Promise<void> {
  button.disabled = true;
  try {
    await (method === "POST" ? api.post(url, body) : api.patch(url, body));
    location.reload();
  } catch (error) {
    button.disabled = false;
    live.alarm(error instanceof ApiProblem ? error.detail : t("failed"));
  }
}

let asked = 0;

/** The groups of problems as the server tells them now: a mend of one row changes how many are left in its group. */
async function problemsNow(): Promise<void> {
  const turn = ++asked;
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (!answer.ok || turn !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (turn !== asked) return;
  for (const id of ["problem-list", "problem-counts"]) {
    const fresh = page.getElementById(id);
    if (fresh) byId(id).replaceChildren(...fresh.childNodes);
  }
}

/** On a phone one of problems and table is seen at a time. */
function panes(work: HTMLElement): void {
  const tabs = [...document.querySelectorAll<HTMLElement>("[data-pane]")];
  for (const tab of tabs)
    tab.addEventListener("click", () => {
      work.dataset.show = tab.dataset.pane ?? "problems";
    });
  new MutationObserver(() => {
    for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.pane === work.dataset.show));
  }).observe(work, { attributeFilter: ["data-show"] });
}

function blocking(batch: Batch): number {
  return batch.error_count + batch.problems.filter((one) => one.level === "error").length;
}

function counts(batch: Batch): void {
  const numbers = { ok: batch.ok_count, error: batch.error_count, warning: batch.warning_count };
  for (const [name, value] of Object.entries(numbers))
    for (const place of document.querySelectorAll(`[data-count="${name}"]`))
      place.textContent = decimal(value);
  const share = document.querySelector<HTMLElement>(".accept-share > i");
  if (share)
    share.style.width = `${(100 * (batch.row_count - batch.error_count)) / Math.max(1, batch.row_count)}%`;
  const button = byId<HTMLButtonElement>("accept");
  const errors = blocking(batch);
  const n = decimal(batch.row_count);
  button.textContent = batch.acceptable
    ? t("accept_all", { n })
    : t("accept_blocked", { n, errors: decimal(errors) });
  if (batch.acceptable) {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("title");
  } else button.setAttribute("aria-disabled", "true");
}

async function accept(current: () => Batch, live: LiveRegion): Promise<void> {
  const button = byId<HTMLButtonElement>("accept");
  const batch = current();
  if (button.getAttribute("aria-disabled") === "true") {
    live.alarm(button.title || button.textContent || "");
    return;
  }
  const n = decimal(batch.row_count);
  const verified = Number(button.dataset.verified ?? 0);
  const told = t("accept_text", {
    created: decimal(batch.detected.new_projects ?? 0),
    known: decimal(batch.detected.known_projects ?? 0),
  });
  const answer = await ask({
    title: t("accept_title", { n }),
    text: verified ? told + t("accept_verified", { n: decimal(verified) }) : told,
    safe: t("keep"),
    act: t("accept_all", { n }),
  });
  if (answer === null) return;
  button.setAttribute("aria-busy", "true");
  button.textContent = t("accepting");
  try {
    await api.post(`/api/v1/imports/${batch.id}/accept`);
    location.reload();
  } catch (error) {
    button.removeAttribute("aria-busy");
    counts(current());
    if (!(error instanceof ApiProblem)) throw error;
    const lines = error.errors.slice(0, 20).map((one) => h("li", {}, `${one.message} ${one.fix ?? ""}`));
    replaceChildren(
      byId("accept-problems"),
      h("div", { class: "note note-bad" }, error.detail, h("ul", {}, ...lines)),
    );
  }
}

async function giveUp(batch: Batch): Promise<void> {
  const answer = await ask({
    title: t("give_up_title"),
    text: t("give_up_text"),
    safe: t("keep"),
    act: t("give_up"),
    destructive: true,
  });
  if (answer === null) return;
  await api.del(`/api/v1/imports/${batch.id}`);
  location.assign("/imports");
}
