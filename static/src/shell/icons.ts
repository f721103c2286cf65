/** The icon set of pages and maps: one source (`icons.json`), which the templates read too. */

import source from "./icons.json";

const strokes: Readonly<Record<string, string>> = source.stroke;
const solids: Readonly<Record<string, string>> = source.solid;

export type IconName = keyof typeof source.stroke | keyof typeof source.solid;

const SVG = "http://www.w3.org/2000/svg";

function path(d: string, solid: boolean): SVGPathElement {
  const element = document.createElementNS(SVG, "path");
  element.setAttribute("d", d);
  element.setAttribute("class", solid ? "icon-solid" : "icon-stroke");
  return element;
}

/** Decoration beside a word: hidden from screen readers. An icon alone needs an `aria-label` on its button. */
export function icon(name: IconName, size = 20): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("width", String(size));
  svg.setAttribute("height", String(size));
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const stroke = strokes[name];
  const solid = solids[name];
  if (stroke) svg.append(path(stroke, false));
  if (solid) svg.append(path(solid, true));
  return svg;
}
