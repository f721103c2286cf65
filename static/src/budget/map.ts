/** The budget map: one outline per row, filled with the colour of its class from the same answer as chart and table. */

import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Stroke, Style } from "ol/style";
import { withQuery } from "../api/client";
import { fontsReady } from "../map/base";
import { Choropleth, type Label, outlines, type Shape } from "../map/choropleth";
import { type Budget, type BudgetRow, isEmpty, type Level } from "./model";
import { colourOf, short } from "./numbers";

const BELOW: Partial<Record<Level, Level>> = { province: "amphoe", amphoe: "tambon" };

interface Acts {
  select(code: string | null): void;
  drill(row: BudgetRow): void;
}

export class BudgetMap extends Choropleth {
  private readonly lines = new VectorSource<Shape>();
  private rows = new Map<string, BudgetRow>();
  private data: Budget | null = null;
  private shown = "";

  private constructor(target: HTMLElement, act: Acts) {
    super(target, "budget");
    const lines = new VectorLayer({
      source: this.lines,
      style: new Style({ stroke: new Stroke({ color: "rgba(255,255,255,0.38)", width: 0.6 }) }),
      properties: { name: "budget-below" },
    });
    this.build([this.filled("budget", (code) => this.colour(code)), lines], act.select);
    this.map.on("dblclick", (event) => {
      const row = this.rows.get(this.codeAt(event.pixel) ?? "");
      if (!row?.drill) return;
      event.stopPropagation();
      act.drill(row);
    });
  }

  static async create(target: HTMLElement, act: Acts): Promise<BudgetMap> {
    await fontsReady();
    return new BudgetMap(target, act);
  }

  /** New figures; outlines are fetched only when they are of other places. */
  async show(data: Budget, selected: string | null): Promise<void> {
    this.data = data;
    this.rows = new Map(data.rows.map((row) => [row.code, row]));
    const wanted = `${data.level}/${data.parent ?? ""}/${document.documentElement.lang}`;
    if (wanted !== this.shown) {
      const shapes = await outlines(addressOf(data.level, data.parent));
      this.shown = wanted;
      this.lines.clear();
      this.place(shapes);
      void this.loadBelow(wanted, data.level, data.parent);
    }
    this.select(selected);
    this.redraw();
  }

  protected label(code: string): Label | null {
    const row = this.rows.get(code);
    if (!row || !this.data) return null;
    const text = row.outside || isEmpty(this.data) ? "" : short(row.value, this.data.measure);
    return { name: row.name, text, colour: this.colour(code) };
  }

  private colour(code: string): string | null {
    const row = this.rows.get(code);
    return row && this.data ? colourOf(row, this.data.classes) : null;
  }

  /** Thin lines of the level below: where a click would lead. */
  private async loadBelow(shown: string, level: Level, parent: string | null): Promise<void> {
    const below = BELOW[level];
    if (!below || parent === null) return;
    try {
      const shapes = await outlines(addressOf(below, parent));
      if (shown === this.shown) this.lines.addFeatures(shapes);
    } catch {
      // decoration: the map is complete without it
    }
  }
}

function addressOf(level: Level, parent: string | null): string {
  return withQuery("/api/v1/budget/shapes", { level, parent });
}
