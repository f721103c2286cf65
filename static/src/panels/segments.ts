/** The list of segments: choose, add, delete, change the number; contract against drawn for each. */

import type { Project } from "../api/types";
import { type Drawing, segmentArea, segmentLength } from "../draw/drawing";
import type { DrawSession } from "../draw/session";
import { decimal, dms, metres, raiText, signedPercent, squareMetres } from "../format";
import { icon } from "../shell/icons";
import { t } from "../workbench/editortexts";
import { type SegmentRow, segmentRows, TOLERANCE } from "../workbench/measures";
import { ask } from "./dialog";
import { h, keepFocus, replaceChildren } from "./dom";

export interface SegmentsOptions {
  readonly surfaces: Readonly<Record<string, string>>;
  readonly add: () => void;
  readonly show: (id: number) => void;
}

export class SegmentsSection {
  readonly element = h("section", { class: "wb-section" });

  constructor(
    private readonly project: Project,
    private readonly session: DrawSession,
    private readonly options: SegmentsOptions,
  ) {}

  update(drawing: Drawing, enabled: boolean): void {
    const rows = segmentRows(drawing, this.project.segments);
    keepFocus(this.element, () =>
      replaceChildren(
        this.element,
        h(
          "div",
          { class: "wb-section-head" },
          h("h3", {}, t(this.project.kind === "road" ? "segments_road" : "segments")),
          enabled &&
            h(
              "button",
              { type: "button", class: "btn btn-sm btn-quiet", "data-key": "add", onclick: this.options.add },
              icon("plus", 16),
              t("add_segment"),
            ),
        ),
        rows.length > 0 && this.table(rows, enabled),
      ),
    );
  }

  private table(rows: readonly SegmentRow[], enabled: boolean): HTMLElement {
    const { activeId } = this.session.state;
    return h(
      "table",
      { class: "wb-segments" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, t("col_segment")),
          h("th", { scope: "col" }, t("col_surface")),
          h("th", { scope: "col", class: "number" }, t("col_contract")),
          h("th", { scope: "col", class: "number" }, t("col_drawn")),
          h("th", { scope: "col", class: "number" }, t("col_difference")),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) => this.row(row, row.drawn !== null && row.drawn.id === activeId, enabled)),
      ),
    );
  }

  private row(row: SegmentRow, active: boolean, enabled: boolean): HTMLElement[] {
    const { drawn, contract, number } = row;
    const surface = contract?.surface_type ? (this.options.surfaces[contract.surface_type] ?? "") : "";
    const what = [surface.split(" ")[0], contract?.width_m ? decimal(contract.width_m, 2) : ""]
      .filter(Boolean)
      .join(" · ");
    const off = row.difference_percent !== null && Math.abs(row.difference_percent) > TOLERANCE * 100;
    const main = h(
      "tr",
      { class: active ? "active" : null },
      h(
        "th",
        { scope: "row" },
        drawn
          ? h(
              "button",
              {
                type: "button",
                class: "wb-rowbutton",
                "data-key": `row-${drawn.id}`,
                "aria-pressed": String(active),
                onclick: () => this.choose(drawn.id),
              },
              String(number),
            )
          : String(number),
      ),
      h("td", {}, what || "–"),
      h("td", { class: "number" }, contract?.length_m ? decimal(contract.length_m, 1) : "–"),
      h(
        "td",
        { class: `number wb-drawn${drawn?.shape === "Point" ? " wb-place" : ""}` },
        drawn ? drawnWords(row) : t("not_drawn"),
      ),
      h(
        "td",
        { class: `number ${row.difference_percent === null ? "" : off ? "wb-off" : "wb-near"}` },
        signedPercent(row.difference_percent),
      ),
    );
    return active && drawn && enabled ? [main, this.controls(row)] : [main];
  }

  private choose(id: number): void {
    this.session.select(id, null);
    this.options.show(id);
  }

  private controls(row: SegmentRow): HTMLElement {
    const { drawn, number } = row;
    const surface = surfaceWords(row);
    const id = drawn?.id as number;
    const { segments } = this.session.drawing;
    const button = (
      name: "up" | "down" | "delete",
      label: string,
      act: () => void,
      disabled = false,
    ): HTMLElement =>
      h(
        "button",
        {
          type: "button",
          class: "btn btn-sm btn-icon btn-quiet",
          "data-key": `${name}-${id}`,
          "aria-label": label,
          title: label,
          disabled,
          onclick: act,
        },
        icon(name, 16),
      );
    return h(
      "tr",
      { class: "active wb-rowtools" },
      h(
        "td",
        { colspan: 5 },
        h(
          "div",
          {},
          button(
            "up",
            t("segment_earlier", { number }),
            () => this.session.orderSegment(id, -1),
            number === 1,
          ),
          button(
            "down",
            t("segment_later", { number }),
            () => this.session.orderSegment(id, 1),
            number === segments.length,
          ),
          button("delete", t("segment_remove", { number }), () => void this.remove(id, number)),
          surface && h("span", { class: "hint wb-surface" }, surface),
        ),
      ),
    );
  }

  private async remove(id: number, number: number): Promise<void> {
    const segment = this.session.drawing.segments.find((one) => one.id === id);
    if (!segment) return;
    const area = segmentArea(segment);
    const size = area > 0 ? raiText(area) : metres(segmentLength(segment));
    const sure = await ask({
      title: t("segment_remove_title", { number, size }),
      text: t("segment_remove_text"),
      safe: t("keep"),
      act: t("segment_remove", { number }),
      destructive: true,
    });
    if (sure !== null) this.session.removeSegment(id);
  }
}

/** Drawn length times the contract's width, beside the contract's surface. */
function surfaceWords({ drawn, contract, length_m }: SegmentRow): string | null {
  if (drawn?.shape !== "LineString" || !contract?.width_m || !length_m) return null;
  const parts = {
    width: decimal(contract.width_m, 2),
    length: decimal(length_m, 1),
    surface: squareMetres(length_m * contract.width_m, 0),
  };
  return contract.area_m2
    ? t("surface_of", { ...parts, contract: squareMetres(contract.area_m2, 0) })
    : t("surface_is", parts);
}

function drawnWords({ drawn, length_m, area_m2 }: SegmentRow): string {
  if (drawn?.shape === "Point") {
    const [lon, lat] = drawn.positions[0] as readonly [number, number];
    return [dms(lat, "lat"), dms(lon, "lon")].map((angle) => angle.replace(/ /g, "\u00a0")).join(" ");
  }
  return drawn?.shape === "Polygon" ? raiText(area_m2) : decimal(length_m, 1);
}
