/** The vertices as a table: everything that dragging does, by typing. */

import type { Position, Segment } from "../draw/drawing";
import type { DrawSession } from "../draw/session";
import { arabicDigits } from "../format";
import { icon } from "../shell/icons";
import { t } from "../workbench/editortexts";
import { h, keepFocus, replaceChildren } from "./dom";

const MAX_ROWS = 200;

/** "15.90217, 102.03648", Thai digits too; longitude first is understood, the two ranges do not meet in Thailand. */
export function readDegrees(text: string): Position | null {
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*[,\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(arabicDigits(text));
  if (!match) return null;
  const [first, second] = [Number(match[1]), Number(match[2])];
  const [lat, lon] = first > 90 ? [second, first] : [first, second];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? [lon, lat] : null;
}

export function writeDegrees([lon, lat]: Position): string {
  return `${lat.toFixed(6)}, ${lon.toFixed(6)}`;
}

export interface VerticesOptions {
  readonly go: (position: Position) => void;
  readonly alarm: (text: string) => void;
  /** A vertex was typed over. */
  readonly typed: (position: Position, text: string) => void;
}

export class VerticesSection {
  readonly element = h("details", { class: "wb-section wb-details" });
  private readonly summary = h("summary", {});
  private readonly body = h("div", {});

  constructor(
    private readonly session: DrawSession,
    private readonly options: VerticesOptions,
  ) {
    this.element.append(this.summary, this.body);
    this.element.addEventListener("toggle", () => this.update(this.enabled));
  }

  private enabled = true;

  update(enabled: boolean): void {
    this.enabled = enabled;
    const count = this.session.drawing.segments.reduce((sum, segment) => sum + segment.positions.length, 0);
    this.summary.textContent = t("vertices", { count });
    if (!this.element.open) {
      this.body.replaceChildren();
      return;
    }
    keepFocus(this.body, () => replaceChildren(this.body, this.table()));
  }

  private table(): HTMLElement {
    const { active, drawing } = this.session;
    if (!active) return h("p", { class: "hint" }, t("vertices_none"));
    const number = drawing.segments.indexOf(active) + 1;
    const rows = active.positions.slice(0, MAX_ROWS);
    return h(
      "div",
      {},
      h("p", { class: "hint" }, t("vertices_of", { number, count: active.positions.length })),
      h(
        "ol",
        { class: "wb-vertices" },
        rows.map((position, index) => this.row(active, position, index)),
      ),
      active.positions.length > MAX_ROWS && h("p", { class: "hint" }, t("vertices_more")),
    );
  }

  private row(segment: Segment, position: Position, index: number): HTMLElement {
    const vertex = index + 1;
    const active = this.session.state.vertex === index;
    const input = h("input", {
      class: "input input-dense",
      value: writeDegrees(position),
      "aria-label": t("vertex_label", { vertex }),
      "data-key": `vertex-${index}`,
      disabled: !this.enabled,
      spellcheck: "false",
      onfocus: () => this.session.select(segment.id, index),
      onchange: () => this.change(input, segment.id, index),
    });
    const button = (name: "plus" | "delete" | "target", label: string, act: () => void): HTMLElement =>
      h(
        "button",
        {
          type: "button",
          class: "btn btn-sm btn-icon btn-quiet",
          "aria-label": label,
          title: label,
          "data-key": `${name}-${index}`,
          onclick: act,
        },
        icon(name, 16),
      );
    return h(
      "li",
      { class: active ? "active" : null },
      h("span", { class: "wb-vertex-number" }, vertex),
      input,
      button("target", t("vertex_go", { vertex }), () => {
        this.session.select(segment.id, index);
        this.options.go(position);
      }),
      this.enabled &&
        segment.shape !== "Point" &&
        button("plus", t("vertex_insert", { vertex }), () => this.insertAfter(segment, index)),
      this.enabled &&
        button("delete", t("vertex_delete", { vertex }), () => this.session.deleteVertex(segment.id, index)),
    );
  }

  private change(input: HTMLInputElement, id: number, index: number): void {
    const position = readDegrees(input.value);
    if (!position) {
      input.setAttribute("aria-invalid", "true");
      this.options.alarm(t("vertex_unread"));
      return;
    }
    this.options.typed(position, input.value.trim());
    this.session.setVertex(id, index, position);
    this.options.go(position);
  }

  /** Half way to the next vertex; after the last one of a line, beside it, to be typed over. */
  private insertAfter(segment: Segment, index: number): void {
    const here = segment.positions[index] as Position;
    const next =
      segment.positions[index + 1] ?? (segment.shape === "Polygon" ? segment.positions[0] : undefined);
    const position: Position = next
      ? [(here[0] + next[0]) / 2, (here[1] + next[1]) / 2]
      : [here[0] + 0.0001, here[1]];
    this.session.insert(segment.id, index + 1, position);
    this.session.endDrag();
    this.body.querySelector<HTMLInputElement>(`[data-key="vertex-${index + 1}"]`)?.select();
  }
}
