/** What is drawn against what was contracted: the figure, the bar with its band, the sentence. */

import type { Project } from "../api/types";
import { type Drawing, totalArea, totalLength } from "../draw/drawing";
import { decimal, metres, percent, raiText, squareMetres } from "../format";
import { t } from "../workbench/editortexts";
import { barShares, contractLength, verdict } from "../workbench/measures";
import { h, replaceChildren } from "./dom";

/** "1,612.3 ม." / "6-2-40 ไร่" / "3 จุด": the size of a drawing in words. */
export function sizeWords(drawing: Drawing): string {
  const length = totalLength(drawing);
  const area = totalArea(drawing);
  if (area > 0) return `${raiText(area)} (${squareMetres(area)})`;
  if (length > 0) return metres(length);
  const points = drawing.segments.filter(({ shape }) => shape === "Point").length;
  return points > 0 ? t("points_drawn", { count: points }) : t("nothing_drawn");
}

export class LengthSection {
  readonly element = h("section", { class: "wb-section wb-length" });

  constructor(private readonly project: Project) {}

  update(drawing: Drawing): void {
    const contract = contractLength(this.project);
    const length = totalLength(drawing);
    const area = totalArea(drawing);
    if (area > 0 && length === 0) this.drawArea(drawing, area);
    else if (contract && (length > 0 || this.project.geometry_type === "LineString"))
      this.drawLength(length, contract);
    else this.drawPlain(drawing, length);
  }

  private drawArea(drawing: Drawing, area: number): void {
    replaceChildren(
      this.element,
      h(
        "p",
        { class: "wb-figure" },
        h("b", {}, raiText(area)),
        ` ${t("drawn")}`,
        h("span", { class: "wb-figure-right" }, squareMetres(area)),
      ),
      drawing.segments.length > 1 && h("p", { class: "hint" }, `${t("segments")} ${drawing.segments.length}`),
    );
  }

  private drawPlain(drawing: Drawing, length: number): void {
    replaceChildren(
      this.element,
      h(
        "p",
        { class: "wb-figure" },
        h("b", {}, sizeWords(drawing)),
        length > 0 && h("span", { class: "wb-figure-right" }, t("no_contract_length")),
      ),
    );
  }

  private drawLength(length: number, contract: number): void {
    const { drawn, mark, band } = barShares(length, contract);
    const share = (value: number): string => `${(value * 100).toFixed(2)}%`;
    const judged = verdict(length, contract);
    const words = {
      percent: percent((length / contract) * 100),
      metres: metres(Math.abs(length - contract)),
    };
    replaceChildren(
      this.element,
      h(
        "p",
        { class: "wb-figure" },
        h("b", {}, decimal(length, 1)),
        ` ${metres(0).split(" ")[1]} ${t("drawn")}`,
        h("span", { class: "wb-figure-right" }, `${t("contract")} `, h("b", {}, metres(contract))),
      ),
      h(
        "div",
        {
          class: "wb-bar",
          role: "img",
          "aria-label": t("length_bar", { drawn: metres(length), contract: metres(contract) }),
        },
        h("i", {
          class: "wb-bar-band",
          style: `left:${share(band[0])};width:${share(band[1] - band[0])}`,
        }),
        h("i", { class: "wb-bar-drawn", style: `width:${share(drawn)}` }),
        h("i", { class: "wb-bar-mark", style: `left:${share(mark)}` }),
      ),
      h(
        "p",
        { class: `wb-verdict wb-verdict-${judged}` },
        judged === "none" ? t("nothing_drawn") : t(judged === "within" ? "within" : judged, words),
      ),
    );
  }
}
