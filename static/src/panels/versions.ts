/** Stored versions: who, when, what state; any of them can be looked at over the drawing and used again. */

import { ApiProblem, api } from "../api/client";
import type { StoredGeometry } from "../api/types";
import { metres, raiText, thaiMoment } from "../format";
import { t as common } from "../i18n";
import { t } from "../workbench/editortexts";
import { h, replaceChildren } from "./dom";
import { statusPill } from "./pills";

export interface VersionsOptions {
  readonly project: string;
  readonly compare: (version: StoredGeometry | null) => void;
  readonly use: (version: StoredGeometry) => void;
}

export class VersionsSection {
  readonly element = h("details", { class: "wb-section wb-details", id: "wb-versions" });
  private readonly body = h("div", {});
  private items: readonly StoredGeometry[] | null = null;
  private compared: number | null = null;
  private enabled = true;

  constructor(private readonly options: VersionsOptions) {
    this.element.append(h("summary", {}, t("versions")), this.body);
    this.element.addEventListener("toggle", () => {
      if (this.element.open && !this.items) void this.load();
    });
  }

  setEnabled(enabled: boolean): void {
    this.enabled = enabled;
  }

  /** A version was added: ask again when the list is next looked at. */
  forget(): void {
    this.items = null;
    this.compared = null;
    if (this.element.open) void this.load();
  }

  open(): void {
    this.element.open = true;
    this.element.scrollIntoView({ block: "nearest" });
    this.element.querySelector<HTMLElement>("summary")?.focus();
  }

  private async load(): Promise<void> {
    replaceChildren(this.body, h("p", { class: "hint" }, common("loading")));
    try {
      const url = `/api/v1/projects/${encodeURIComponent(this.options.project)}/geometry/versions`;
      this.items = (await api.get<{ items: StoredGeometry[] }>(url)).items;
      this.draw();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      replaceChildren(
        this.body,
        h("p", { class: "hint" }, error.detail),
        h(
          "button",
          { type: "button", class: "btn btn-sm", onclick: () => void this.load() },
          common("retry"),
        ),
      );
    }
  }

  private draw(): void {
    const items = this.items ?? [];
    replaceChildren(
      this.body,
      items.length === 0 && h("p", { class: "hint" }, t("version_none")),
      h(
        "ol",
        { class: "wb-versions" },
        items.map((item) => this.row(item)),
      ),
    );
  }

  private row(item: StoredGeometry): HTMLElement {
    const shown = this.compared === item.version;
    const size = item.area_m2 ? raiText(item.area_m2) : item.length_m ? metres(item.length_m) : "";
    const who = [item.created_by, item.on_behalf_of ? t("on_behalf") : null, thaiMoment(item.created_at)];
    return h(
      "li",
      {},
      h(
        "div",
        { class: "wb-item-line" },
        h("b", {}, t("version", { version: item.version })),
        statusPill(item.status),
        h("span", {}, size),
      ),
      h("p", { class: "hint" }, who.filter(Boolean).join(" · ")),
      item.note && h("p", { lang: "th" }, item.note),
      item.geometry &&
        h(
          "div",
          { class: "btn-row" },
          h(
            "button",
            {
              type: "button",
              class: "btn btn-sm",
              "aria-pressed": String(shown),
              onclick: () => this.compare(item, shown),
            },
            t(shown ? "version_hide" : "version_show"),
          ),
          this.enabled &&
            h(
              "button",
              { type: "button", class: "btn btn-sm btn-quiet", onclick: () => this.options.use(item) },
              t("version_use"),
            ),
        ),
    );
  }

  private compare(item: StoredGeometry, shown: boolean): void {
    this.compared = shown ? null : item.version;
    this.options.compare(shown ? null : item);
    this.draw();
  }
}
