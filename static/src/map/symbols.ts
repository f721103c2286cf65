/** Water symbols: the frame tells the group, the glyph inside tells the type. One drawing for map and legend. */

export type Frame = "square" | "triangle" | "circle" | "hexagon" | "diamond";

interface Glyph {
  readonly frame: Frame;
  readonly stroke?: string;
  readonly fill?: string;
}

const BOX = 24;
export const WATER_LINE = "#0B5F8E";

const FRAMES: Readonly<Record<Frame, string>> = {
  square: "M6.5 2.5h11a4 4 0 0 1 4 4v11a4 4 0 0 1-4 4h-11a4 4 0 0 1-4-4v-11a4 4 0 0 1 4-4z",
  triangle: "M12 2.2 22.6 21H1.4z",
  circle: "M12 2.2a9.8 9.8 0 1 1 0 19.6 9.8 9.8 0 0 1 0-19.6z",
  hexagon: "M6.8 2.8h10.4L22.5 12l-5.3 9.2H6.8L1.5 12z",
  diamond: "M12 1.5 22.5 12 12 22.5 1.5 12z",
};

const WAVES = "M6.8 9.6c1.7-1.5 3.5-1.5 5.2 0s3.5 1.5 5.2 0M6.8 14.2c1.7-1.5 3.5-1.5 5.2 0s3.5 1.5 5.2 0";

const GLYPHS: Readonly<Record<string, Glyph>> = {
  POND: { frame: "square", stroke: WAVES },
  RESERVOIR: { frame: "square", fill: "M7.5 7.5 17 17H7.5z" },
  WETLAND: { frame: "square", stroke: "M6.8 17h10.4M9 17v-5M12 17V7.5M15 17v-7" },
  WEIR: { frame: "triangle", fill: "M7 18.4v-5h3v2.2h4v-2.2h3v5z" },
  GATE: { frame: "triangle", stroke: "M7.6 18.2v-5h8.8v5M12 13.2v5M9.6 9.8v3.4M14.4 9.8v3.4" },
  GROUNDWATER: {
    frame: "circle",
    fill: "M12 6.2c2.4 3 3.7 4.9 3.7 6.9a3.7 3.7 0 0 1-7.4 0c0-2 1.3-3.9 3.7-6.9z",
  },
  SHALLOW_WELL: { frame: "circle", stroke: "M12 8.4a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2z" },
  GW_BANK: { frame: "circle", stroke: "M12 6.2v7M9 10.6l3 3 3-3M8 16.8h8" },
  VILLAGE_WATERWORKS: {
    frame: "hexagon",
    stroke: "M8.8 7h6.4v4.6H8.8zM9.4 11.6 8 17.6M14.6 11.6l1.4 6M8.9 14.4h6.2",
  },
  TANK: { frame: "hexagon", stroke: "M8 7.2h8v9.6H8zM8 12h8" },
  PUMP: { frame: "hexagon", fill: "M13.4 5.6 8 12.8h3.4l-.9 5.6 5.5-7.4h-3.5z" },
  OTHER_WATER: { frame: "diamond", fill: "M12 9.6a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8z" },
  // kinds that are lines; a point of theirs keeps the frame "other"
  CANAL_DREDGE: { frame: "diamond", stroke: WAVES },
  IRRIG_CANAL: { frame: "diamond", stroke: WAVES },
  PIPE: { frame: "hexagon", stroke: "M7 12h10M7 9.6v4.8M17 9.6v4.8" },
};

export const WATER_TYPES: readonly string[] = Object.keys(GLYPHS);

function glyphOf(type: string | null | undefined): Glyph {
  return (type ? GLYPHS[type] : undefined) ?? (GLYPHS.OTHER_WATER as Glyph);
}

export function waterFrame(type: string | null | undefined): Frame {
  return glyphOf(type).frame;
}

export interface SymbolColours {
  readonly line: string;
  readonly ground: string;
}

/** The symbol as a canvas for the map, drawn at `ratio` device pixels per CSS pixel. */
export function waterImage(
  type: string | null | undefined,
  size_px: number,
  ratio: number,
  colours: SymbolColours = { line: WATER_LINE, ground: "#FFFFFF" },
): HTMLCanvasElement {
  const glyph = glyphOf(type);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.round(size_px * ratio);
  const context = canvas.getContext("2d");
  if (!context) return canvas;
  context.scale(canvas.width / BOX, canvas.height / BOX);
  context.lineJoin = context.lineCap = "round";
  context.lineWidth = (1.8 * BOX) / size_px;
  context.strokeStyle = context.fillStyle = colours.line;
  const frame = new Path2D(FRAMES[glyph.frame]);
  context.save();
  context.fillStyle = colours.ground;
  context.fill(frame);
  context.restore();
  context.stroke(frame);
  if (glyph.fill) context.fill(new Path2D(glyph.fill));
  if (glyph.stroke) {
    context.lineWidth = (1.6 * BOX) / size_px;
    context.stroke(new Path2D(glyph.stroke));
  }
  return canvas;
}

const SVG = "http://www.w3.org/2000/svg";

/** The same symbol as SVG for legends and lists; decoration only, the word stands beside it. */
export function waterSvg(type: string | null | undefined, size_px = 18): SVGSVGElement {
  const glyph = glyphOf(type);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${BOX} ${BOX}`);
  svg.setAttribute("width", String(size_px));
  svg.setAttribute("height", String(size_px));
  svg.setAttribute("aria-hidden", "true");
  const add = (d: string, attributes: Readonly<Record<string, string>>): void => {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    for (const [name, value] of Object.entries(attributes)) path.setAttribute(name, value);
    svg.append(path);
  };
  const width = String((1.6 * BOX) / size_px);
  const outline = {
    stroke: WATER_LINE,
    "stroke-width": width,
    "stroke-linejoin": "round",
    "stroke-linecap": "round",
  };
  add(FRAMES[glyph.frame], { ...outline, fill: "#FFFFFF" });
  if (glyph.fill) add(glyph.fill, { fill: WATER_LINE });
  if (glyph.stroke) add(glyph.stroke, { ...outline, fill: "none" });
  return svg;
}
