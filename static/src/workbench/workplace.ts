/** The work of an engineer: the list on the left, one project at a time at the drawing table. */

import { containsCoordinate, getCenter } from "ol/extent";
import { transformExtent } from "ol/proj";
import { ApiProblem, api } from "../api/client";
import type { Project } from "../api/types";
import { DraftStore } from "../draw/drafts";
import { t as common } from "../i18n";
import { byId, h, replaceChildren } from "../panels/dom";
import { AwaitingList } from "./awaiting";
import type { Editor } from "./editor";
import { t as words } from "./editortexts";
import type { Explore } from "./explore";
import type { Bench } from "./page";
import { drawerFor } from "./panes";
import { loadDrafted, projectUrl } from "./saving";
import { t } from "./texts";

/** From here on one sees enough to draw. */
const CLOSE_ZOOM = 10;

export class Workplace {
  private editor: Editor | null = null;
  /** Project that is open or being opened. */
  private code: string | null = null;
  private readonly list: AwaitingList;

  static async open(bench: Bench, explore: Explore): Promise<Workplace> {
    const place = new Workplace(bench, explore, await openStore());
    const code = new URLSearchParams(location.search).get("project");
    if (code) await place.pick(code, false);
    addEventListener("popstate", () => {
      const wanted = new URLSearchParams(location.search).get("project");
      if (wanted === place.code) return; // only the view moved: drawing goes on
      if (wanted) void place.pick(wanted, false);
      else place.editor?.close();
    });
    return place;
  }

  private constructor(
    private readonly bench: Bench,
    private readonly explore: Explore,
    private readonly store: DraftStore | null,
  ) {
    this.list = new AwaitingList(byId("wb-list"), bench, {
      pick: (code) => void this.pick(code, true),
      unsent: async () => new Set((await this.kept()).map((draft) => draft.project)),
      drafted: loadDrafted,
    });
    void this.tellOffline();
    addEventListener("offline", () => void this.tellOffline());
  }

  private async kept(): Promise<{ readonly project: string }[]> {
    const drafts = (await this.store?.list(this.bench.page.username)) ?? [];
    return drafts.filter((draft) => !draft.sent);
  }

  private async tellOffline(): Promise<void> {
    const place = document.querySelector("#offline [data-offline-text]");
    if (place) place.textContent = t("offline_text", { count: (await this.kept()).length });
  }

  private async pick(code: string, push: boolean): Promise<void> {
    if (this.editor && code === this.code) return;
    this.code = code;
    this.editor?.close();
    this.editor = null;
    this.list.mark(code);
    this.mode(true);
    if (push) history.pushState(null, "", `?project=${encodeURIComponent(code)}&edit=1${location.hash}`);
    const panel = byId("wb-panel");
    panel.hidden = false;
    replaceChildren(panel, skeleton());
    try {
      const [{ Editor }, project] = await Promise.all([
        import("./editor"),
        api.get<Project>(projectUrl(code)),
      ]);
      this.goTo(project);
      this.editor = await Editor.open({
        bench: this.bench,
        explore: this.explore,
        store: this.store,
        project,
        // Closed by opening another project: the address is that one's by now.
        close: () => code === this.code && this.closed(),
        changed: () => void this.list.reload(),
      });
      panel.focus({ preventScroll: true });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      replaceChildren(panel, this.failure(code, error));
    }
  }

  /** A project without coordinates begins where its area is; who is looking there already stays. */
  private goTo(project: Project): void {
    const { bbox, area_bbox } = project;
    if (bbox || !area_bbox) return; // what is drawn is shown by the editor
    const view = this.bench.map.getView();
    const area = transformExtent([...area_bbox], "EPSG:4326", "EPSG:3857");
    const seen = view.calculateExtent(this.bench.map.getSize());
    const there =
      containsCoordinate(seen, getCenter(area)) || containsCoordinate(area, view.getCenter() ?? [0, 0]);
    if (there && (view.getZoom() ?? 0) >= CLOSE_ZOOM) return;
    view.fit(area, { maxZoom: 15, padding: [40, 40, 40, 40] });
  }

  private closed(): void {
    this.editor = null;
    this.code = null;
    this.list.mark(null);
    this.mode(false);
    const query = new URLSearchParams(location.search);
    query.delete("project");
    query.delete("edit");
    const search = query.toString();
    history.replaceState(null, "", `${location.pathname}${search ? `?${search}` : ""}${location.hash}`);
    byId("wb-list").focus();
  }

  private mode(editing: boolean): void {
    byId("workbench").dataset.mode = editing ? "edit" : "explore";
    drawerFor(editing);
    byId("wb-toolbar").hidden = !editing;
    byId("wb-filters").hidden = editing;
    if (!editing) byId("wb-panel").hidden = true;
    this.bench.map.updateSize();
  }

  private failure(code: string, problem: ApiProblem): HTMLElement {
    return h(
      "div",
      { class: "empty", role: "alert" },
      h("h2", {}, words("load_failed")),
      h("p", {}, problem.detail),
      problem.requestId && h("p", { class: "hint" }, problem.requestId),
      h(
        "div",
        { class: "btn-row" },
        h(
          "button",
          { type: "button", class: "btn btn-primary", onclick: () => void this.pick(code, false) },
          common("retry"),
        ),
        h("button", { type: "button", class: "btn", onclick: () => this.closed() }, words("back_to_list")),
      ),
    );
  }
}

/** A browser that forbids storage still draws; drafts are then on the server only. */
async function openStore(): Promise<DraftStore | null> {
  try {
    return await DraftStore.open();
  } catch {
    return null;
  }
}

function skeleton(): HTMLElement {
  return h(
    "div",
    { class: "wb-panel-skeleton", role: "status", "aria-busy": "true", "aria-label": common("loading") },
    ["40%", "92%", "66%", "100%", "54%", "100%", "100%"].map((width, i) =>
      h("div", { class: "skeleton", style: `width:${width};height:${i > 4 ? 120 : 20}px` }),
    ),
  );
}
