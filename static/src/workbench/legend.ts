/** The panel of layers: check boxes, and under them what the lines and signs mean, from the server's own lists. */

import { choose } from "../i18n";
import { type LayerInfo, type LegendEntry, loadLayers } from "../map/layers";
import { COLOURS, ROADS } from "../map/style";
import { waterSvg } from "../map/symbols";
import { h, replaceChildren } from "../panels/dom";
import { icon } from "../shell/icons";
import { type Explore, type LayerName, LIMIT_LAYERS, PROJECT_LAYERS } from "./explore";
import { rasterChoice } from "./rasters";
import { t } from "./texts";

const SVG = "http://www.w3.org/2000/svg";

function stroke(
  svg: SVGSVGElement,
  colour: string,
  width: number,
  dash?: readonly number[],
  round = false,
): void {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M3 9h26");
  path.setAttribute("stroke", colour);
  path.setAttribute("stroke-width", String(width));
  path.setAttribute("stroke-linecap", round ? "round" : "butt");
  if (dash) path.setAttribute("stroke-dasharray", dash.join(" "));
  svg.append(path);
}

function sample(): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 32 18");
  svg.setAttribute("width", "32");
  svg.setAttribute("height", "18");
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

export function roadSample(surface: string): SVGSVGElement {
  const look = ROADS[surface] ?? ROADS.OTHER;
  const svg = sample();
  if (!look) return svg;
  if (look.casing) stroke(svg, look.casing[0], look.casing[1], undefined, true);
  stroke(svg, look.core[0], look.core[1], look.dash, look.round ?? !look.dash);
  return svg;
}

function waterSample(type: string): SVGSVGElement {
  if (type === "CANAL_DREDGE" || type === "IRRIG_CANAL" || type === "PIPE") {
    const svg = sample();
    if (type === "PIPE") stroke(svg, COLOURS.water, 3, [12, 3, 2, 3]);
    else stroke(svg, COLOURS.water, 4);
    return svg;
  }
  return waterSvg(type, 18);
}

function foreignSample(): SVGSVGElement {
  const svg = sample();
  stroke(svg, COLOURS.white, 6);
  stroke(svg, COLOURS.other, 3, [9, 3]);
  return svg;
}

function entryList(layer: LayerInfo): HTMLElement {
  const compact = layer.name === "water";
  return h(
    "ul",
    { class: compact ? "wb-legend wb-legend-symbols" : "wb-legend" },
    layer.legend.map((entry: LegendEntry) =>
      h(
        "li",
        {},
        layer.name === "roads"
          ? roadSample(entry.value)
          : layer.name === "water"
            ? waterSample(entry.value)
            : null,
        h("span", {}, choose(entry.title, entry.title_en)),
      ),
    ),
  );
}

function toggle(explore: Explore, name: LayerName): HTMLElement {
  const id = `layer-${name}`;
  const box = h("input", {
    type: "checkbox",
    id,
    checked: explore.layers.get(name)?.getVisible() ?? false,
    onchange: () => explore.setVisible(name, box.checked),
  });
  return h("label", { class: "wb-layer", for: id }, box, h("span", {}, t(name)));
}

/** The pale background can be taken away: what is left is the work alone, which prints best. */
function background(explore: Explore): HTMLElement {
  const layers = explore.map.getAllLayers().filter((layer) => /^base(:|$)/.test(String(layer.get("name"))));
  const box = h("input", {
    type: "checkbox",
    id: "layer-base",
    checked: layers.every((layer) => layer.getVisible()),
    onchange: () => {
      for (const layer of layers) layer.setVisible(box.checked);
    },
  });
  return h("label", { class: "wb-layer", for: "layer-base" }, box, h("span", {}, t("background")));
}

/** Fill the panel; it can be folded to its title. */
export async function legendPanel(panel: HTMLElement, explore: Explore, foreign: boolean): Promise<void> {
  const body = h("div", { class: "wb-layers-body", id: "wb-layers-body" });
  // The list above is long: what lies under the map is chosen without looking for it.
  const foot = h("div", { class: "wb-layers-foot" });
  const narrow = matchMedia("(max-width: 899px)").matches;
  const head = h(
    "button",
    {
      type: "button",
      class: "wb-layers-head",
      "aria-expanded": String(!narrow),
      "aria-controls": body.id,
      onclick: () => {
        body.hidden = foot.hidden = !body.hidden;
        head.setAttribute("aria-expanded", String(!body.hidden));
      },
    },
    h("span", { class: "wb-layers-icon" }, icon("layers")),
    h("span", {}, t("layers")),
    icon("up", 16),
  );
  body.hidden = foot.hidden = narrow;
  replaceChildren(panel, head, body, foot);
  const limits = [...LIMIT_LAYERS.map((name) => toggle(explore, name)), background(explore)];
  const plain = (): void =>
    replaceChildren(
      body,
      PROJECT_LAYERS.map((name) => toggle(explore, name)),
      limits,
    );
  // The list of rasters may be away: the layers do not wait for it.
  void rasterChoice(explore.map)
    .then((choice) => choice && foot.append(choice))
    .catch(() => undefined);
  try {
    const layers = await loadLayers();
    const details = PROJECT_LAYERS.map((name) => {
      const layer = layers.find((one) => one.name === name);
      return [toggle(explore, name), layer && name !== "untyped" ? entryList(layer) : null];
    });
    const sources = [...new Set(layers.map((layer) => layer.attribution).filter(Boolean))].join(", ");
    replaceChildren(
      body,
      details,
      foreign &&
        h("ul", { class: "wb-legend" }, h("li", {}, foreignSample(), h("span", {}, t("other_organisation")))),
      limits,
      h("p", { class: "wb-hint" }, t("clusters_note")),
      sources && h("p", { class: "wb-hint" }, t("sources", { names: sources })),
    );
  } catch {
    plain();
  }
}
