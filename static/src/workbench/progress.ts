/** How far the map has loaded, shown only when it takes longer than two seconds. */

import VectorTileLayer from "ol/layer/VectorTile";
import type OlMap from "ol/Map";
import { h } from "../panels/dom";
import { t } from "./texts";

const PATIENCE_MS = 2000;

export class TileProgress {
  private asked = 0;
  private done = 0;
  private failed = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly counter = h("span", {});
  private readonly bar = h("progress", { class: "progress", max: 1, value: 0 });
  private readonly box: HTMLElement;
  private readonly failure = h(
    "p",
    { class: "note note-warn wb-failed", role: "status", hidden: true },
    t("map_failed"),
  );

  constructor(target: HTMLElement, map: OlMap) {
    this.box = h(
      "div",
      { class: "wb-progress", role: "status", hidden: true },
      h("div", { class: "wb-progress-head" }, h("b", {}, t("tiles_loading")), this.counter),
      this.bar,
      h("p", { class: "hint" }, t("tiles_hint")),
    );
    target.append(this.box, this.failure);
    for (const layer of map.getAllLayers()) {
      if (!(layer instanceof VectorTileLayer)) continue;
      const source = layer.getSource();
      source?.on("tileloadstart", () => this.count(1, 0));
      source?.on("tileloadend", () => this.count(0, 1));
      source?.on("tileloaderror", () => {
        this.failed += 1;
        this.count(0, 1);
      });
    }
    map.on("loadend", () => this.finish());
  }

  private count(asked: number, done: number): void {
    this.asked += asked;
    this.done += done;
    this.timer ??= setTimeout(() => {
      this.box.hidden = this.done >= this.asked;
    }, PATIENCE_MS);
    this.counter.textContent = t("tiles_count", { done: this.done, total: this.asked });
    this.bar.value = this.asked === 0 ? 1 : this.done / this.asked;
  }

  private finish(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.failure.hidden = this.failed === 0;
    this.asked = this.done = this.failed = 0;
    this.box.hidden = true;
  }
}
