/** /map: the explore map for everybody; the list and the drawing tools for those who draw. */

import "../styles/workbench.css";
import { transformExtent } from "ol/proj";
import { createBaseMap } from "../map/base";
import { byId, h } from "../panels/dom";
import { LiveRegion } from "../panels/live";
import { bindPosition, readFilters, readHash } from "./address";
import { CoordinateBar } from "./coordinatebar";
import { Explore } from "./explore";
import { FilterBar } from "./filters";
import { legendPanel } from "./legend";
import { type Bench, readPage } from "./page";
import { bindPanels } from "./panes";
import { TileProgress } from "./progress";

async function start(): Promise<void> {
  const page = readPage();
  const target = byId("wb-map");
  const position = readHash(location.hash);
  const map = await createBaseMap(
    target,
    position ? { center: [position.lon, position.lat], zoom: position.zoom } : {},
  );
  const live = new LiveRegion(byId("live-polite"), byId("live-assertive"));
  const bench: Bench = { page, map, live };
  if (!position && page.home) {
    // biome-ignore lint/suspicious/noFocusedTests: fit() of a view, no test
    map.getView().fit(transformExtent([...page.home], "EPSG:4326", "EPSG:3857"), {
      padding: [24, 24, 24, 24],
      maxZoom: 14,
    });
  }
  const mayDraw = (organisation: string): boolean =>
    page.draws && (page.organisations.length === 0 || page.organisations.includes(organisation));
  const filters = readFilters(location.search);
  const explore = new Explore(map, filters, { mayDraw });
  bindPosition(map);
  bindPanels();
  new CoordinateBar(byId("wb-coordinates"), map, page.proj4);
  new TileProgress(target, map);
  new FilterBar(byId("wb-filters"), bench, explore, filters);
  void legendPanel(byId("wb-layers"), explore, page.draws);
  if (page.draws) {
    const { Workplace } = await import("./workplace");
    await Workplace.open(bench, explore);
  }
  byId("workbench").dataset.ready = "true";
}

start().catch((error: unknown) => {
  byId("wb-map").append(h("p", { class: "note note-bad wb-failed", role: "alert" }, String(error)));
  throw error;
});
