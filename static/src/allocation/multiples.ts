/** One small map for each year, in the classes of the legend; painted, because a nation has 7,000 places a year. */

import { api } from "../api/client";
import { hatch } from "../map/hatch";
import { type Analysis, boxOf, mercator, type Polygons } from "./model";

interface Outline {
  readonly properties: { readonly code: string };
  readonly geometry: { readonly type: string; readonly coordinates: never };
}

interface Shape {
  readonly code: string;
  readonly path: Path2D;
}

export class SmallMaps {
  private selected: string | null = null;

  private constructor(
    private readonly data: Analysis,
    private readonly shapes: readonly Shape[],
    private readonly box: readonly [number, number, number, number],
    select: (code: string | null) => void,
  ) {
    for (const canvas of this.canvases()) {
      canvas.addEventListener("click", (event) => select(this.codeAt(canvas, event)));
      new ResizeObserver(() => this.paint(canvas)).observe(canvas);
    }
  }

  static async create(data: Analysis, select: (code: string | null) => void): Promise<SmallMaps> {
    const answer = await api.get<{ readonly features: readonly Outline[] }>(data.shapes);
    const outlines = answer.features.map(({ properties, geometry: { type, coordinates } }) => ({
      code: properties.code,
      polygons: (type === "Polygon" ? [coordinates] : coordinates) as Polygons,
    }));
    const shapes = outlines.map(({ code, polygons }) => ({ code, path: pathOf(polygons) }));
    return new SmallMaps(data, shapes, boxOf(outlines.map((one) => one.polygons)), select);
  }

  select(code: string | null): void {
    this.selected = code;
    for (const canvas of this.canvases()) this.paint(canvas);
  }

  private canvases(): NodeListOf<HTMLCanvasElement> {
    return document.querySelectorAll<HTMLCanvasElement>(".allocation-multiples canvas");
  }

  private paint(canvas: HTMLCanvasElement): void {
    const year = this.data.years.find((one) => String(one.year) === canvas.dataset["year"]);
    const pen = canvas.getContext("2d");
    if (!pen || !year || canvas.clientWidth === 0) return;
    canvas.width = canvas.clientWidth * devicePixelRatio;
    canvas.height = canvas.clientHeight * devicePixelRatio;
    const scale = this.frame(canvas, pen);
    const unknown = hatch();
    pen.lineWidth = (this.shapes.length > 1000 ? 0.15 : 0.6) * (devicePixelRatio / scale);
    pen.strokeStyle = "#FFFFFF";
    for (const { code, path } of this.shapes) {
      pen.fillStyle = year.colours[code] ?? unknown;
      pen.fill(path, "evenodd");
      pen.stroke(path);
    }
    const chosen = this.shapes.find((one) => one.code === this.selected);
    if (chosen) {
      pen.lineWidth = (2 * devicePixelRatio) / scale;
      pen.strokeStyle = "#1A2130";
      pen.stroke(chosen.path);
    }
    canvas.dataset["places"] = String(this.shapes.length);
  }

  /** Degrees to pixels, the whole area in the middle; the scale. */
  private frame(canvas: HTMLCanvasElement, pen: CanvasRenderingContext2D): number {
    const [west, top, width, height] = this.box;
    const scale = Math.min(canvas.width / width, canvas.height / height);
    const [left, above] = [(canvas.width - width * scale) / 2, (canvas.height - height * scale) / 2];
    pen.setTransform(scale, 0, 0, scale, left - west * scale, above - top * scale);
    return scale;
  }

  private codeAt(canvas: HTMLCanvasElement, event: MouseEvent): string | null {
    const pen = canvas.getContext("2d");
    if (!pen) return null;
    const [x, y] = [event.offsetX * devicePixelRatio, event.offsetY * devicePixelRatio];
    return this.shapes.find((one) => pen.isPointInPath(one.path, x, y, "evenodd"))?.code ?? null;
  }
}

function pathOf(polygons: Polygons): Path2D {
  const path = new Path2D();
  for (const ring of polygons.flat()) {
    ring.forEach(([lon = 0, lat = 0], at) => {
      if (at === 0) path.moveTo(lon, -mercator(lat));
      else path.lineTo(lon, -mercator(lat));
    });
    path.closePath();
  }
  return path;
}
