/** The map of an analysis: outlines filled with the colours that the table has; two years can be wiped over each other. */

import Feature, { type FeatureLike } from "ol/Feature";
import { Point } from "ol/geom";
import VectorLayer from "ol/layer/Vector";
import { fromLonLat } from "ol/proj";
import type RenderEvent from "ol/render/Event";
import VectorSource from "ol/source/Vector";
import { Fill, RegularShape, Stroke, Style } from "ol/style";
import { fontsReady } from "../map/base";
import { Choropleth, type Label, outlines } from "../map/choropleth";
import { type Analysis, type Place, sides } from "./model";

/** Places beyond which the fills are drawn into one picture. */
const MANY = 1500;
const GROUND = "#EEF0E4";

export class AllocationMap extends Choropleth {
  private readonly points = new VectorSource<Feature<Point>>();
  private readonly rows: ReadonlyMap<string, Place>;
  private readonly later: VectorLayer | null = null;
  /** Share of the map that shows the earlier year; `null` = not wiped. */
  private wiped: number | null = null;

  private constructor(
    target: HTMLElement,
    private readonly data: Analysis,
    select: (code: string | null) => void,
  ) {
    super(target, "allocation");
    this.rows = new Map(data.rows.map((row) => [row.code, row]));
    // A layer that is clipped cannot be a picture.
    const wipes = data.view === "change";
    const below = [this.filled("allocation", (code) => this.colour(code), !wipes && data.rows.length > MANY)];
    if (wipes) {
      this.later = this.filled("allocation-later", (code) => this.side(code, 1)) as VectorLayer;
      this.later.setVisible(false);
      this.clip(this.later);
      below.push(this.later as (typeof below)[number]);
    }
    this.build(below, select);
    this.map.addLayer(
      new VectorLayer({
        source: this.points,
        properties: { name: "allocation-works" },
        style: (feature) => this.mark(feature),
      }),
    );
  }

  static async create(
    target: HTMLElement,
    data: Analysis,
    select: (code: string | null) => void,
  ): Promise<AllocationMap> {
    await fontsReady();
    const made = new AllocationMap(target, data, select);
    made.place(await outlines(data.shapes));
    for (const { code, lon, lat, state } of data.points)
      made.points.addFeature(new Feature({ geometry: new Point(fromLonLat([lon, lat])), code, state }));
    return made;
  }

  override select(code: string | null): void {
    super.select(code);
    this.points.changed();
  }

  /** Wipe at a share of the width from the left, or stop wiping. */
  wipe(share: number | null): void {
    this.wiped = share;
    this.later?.setVisible(share !== null);
    this.redraw();
  }

  protected label(code: string): Label | null {
    const row = this.rows.get(code);
    if (!row) return null;
    const name = row.name.split(" · ")[0] ?? row.name;
    return this.wiped === null
      ? { name, text: row.label, colour: row.colour }
      : { name, text: "", colour: null };
  }

  /** Works that stand out lie above the places; on a map of prices the places are only the ground. */
  protected override codeAt(pixel: number[]): string | null {
    const work = super.codeAt(pixel, "allocation-works", 6);
    return work ?? (this.data.view === "costs" ? null : super.codeAt(pixel));
  }

  private colour(code: string): string | null {
    if (this.data.view === "costs") return GROUND;
    return this.wiped === null ? (this.rows.get(code)?.colour ?? null) : this.side(code, 0);
  }

  private side(code: string, at: 0 | 1): string | null {
    const row = this.rows.get(code);
    return row ? sides(row)[at] : null;
  }

  private clip(layer: VectorLayer): void {
    layer.on("prerender", (event: RenderEvent) => {
      const pen = event.context as CanvasRenderingContext2D | undefined;
      if (!pen || this.wiped === null) return;
      const left = pen.canvas.width * this.wiped;
      pen.save();
      pen.beginPath();
      pen.rect(left, 0, pen.canvas.width - left, pen.canvas.height);
      pen.clip();
    });
    layer.on("postrender", (event: RenderEvent) => {
      const pen = event.context as CanvasRenderingContext2D | undefined;
      if (!pen || this.wiped === null) return;
      pen.restore();
      const left = pen.canvas.width * this.wiped;
      pen.fillStyle = "#1A2130";
      pen.fillRect(left - 1.5, 0, 3, pen.canvas.height);
    });
  }

  /** A work whose price stands out: triangle up = dear, down = cheap. */
  private mark(feature: FeatureLike): Style[] {
    const high = feature.get("state") === "high";
    const chosen = feature.get("code") === this.selected;
    const shape = (radius: number, fill: string, stroke: string, width: number) =>
      new Style({
        image: new RegularShape({
          points: 3,
          radius,
          rotation: high ? 0 : Math.PI,
          fill: new Fill({ color: fill }),
          stroke: new Stroke({ color: stroke, width }),
        }),
        zIndex: chosen ? 2 : 1,
      });
    const own = shape(8, high ? "#8C4A0C" : "#4A2F86", "#FFFFFF", 1.5);
    return chosen ? [shape(14, "#FFD54A", "#1A2130", 1.5), own] : [own];
  }
}
