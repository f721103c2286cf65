/** Works at one place are pages of the server; the scripts add the maps. */

import "../styles/findings.css";
import "../styles/duplicates.css";
import type { PairShapes } from "./map";
import type { PairPoint } from "./overview";

function data<T>(id: string): T | null {
  const given = document.getElementById(id);
  return given ? (JSON.parse(given.textContent ?? "null") as T) : null;
}

const target = document.getElementById("map");
const shapes = data<PairShapes>("pair-data");
if (target && shapes) void import("./map").then(({ showPair }) => showPair(target, shapes));

/** The list is drawn anew whenever a filter is chosen, its map with it. */
function overview(): void {
  const place = document.getElementById("pairs-map");
  const points = data<readonly PairPoint[]>("pairs-data");
  if (!place || !points || place.dataset["started"]) return;
  place.dataset["started"] = "true";
  void import("./overview").then(({ showPairs }) => showPairs(place, points));
}
const main = document.getElementById("main");
if (main) new MutationObserver(overview).observe(main, { childList: true, subtree: true });
overview();
