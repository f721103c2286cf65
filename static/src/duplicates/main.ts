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
/** On a phone the filters are folded; they stay open while one after the other is chosen. */
let unfolded = false;
function fold(): void {
  const button = document.getElementById("dup-filter-button");
  button?.setAttribute("aria-expanded", String(unfolded));
  document.getElementById("dup-controls")?.classList.toggle("open", unfolded);
}
document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element) || !event.target.closest("#dup-filter-button")) return;
  unfolded = !unfolded;
  fold();
});
document.addEventListener("htmx:afterSettle", fold);

const main = document.getElementById("main");
if (main) new MutationObserver(overview).observe(main, { childList: true, subtree: true });
overview();
