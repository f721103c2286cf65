/** Rasters: the picture on the map, values by clicking, the profile as a chart. The page is whole without it. */

import "../styles/imports.css";
import "../styles/paper.css";
import "../styles/rasters.css";
import { watchJobs } from "../imports/jobs";
import { prepareUpload } from "../imports/upload";
import { byId } from "../panels/dom";
import type { RasterMap } from "./map";
import type { RasterPage } from "./model";

const upload = document.querySelector<HTMLFormElement>("#upload");
if (upload) prepareUpload(upload);
watchJobs();

const data = JSON.parse(byId("raster-data").textContent ?? "{}") as RasterPage;
let map: RasterMap | null = null;

const target = document.getElementById("map");
if (target) {
  void import("./map").then(async ({ RasterMap: Made }) => {
    map = await Made.create(target, data);
  });
}

const opacity = document.getElementById("opacity") as HTMLInputElement | null;
opacity?.addEventListener("input", () => {
  byId("opacity-text").textContent = `${opacity.value} %`;
  map?.setOpacity(Number(opacity.value));
});
// What is seen is what the address says: a link that is sent on shows the same.
opacity?.addEventListener("change", () => {
  const address = new URL(location.href);
  address.searchParams.set("opacity", opacity.value);
  history.replaceState(null, "", address);
});

const charts = document.querySelectorAll<HTMLElement>("[data-profile]");
if (charts.length > 0) {
  void import("./profile").then(({ showProfile }) => {
    for (const chart of charts) {
      const line = data.profiles[Number(chart.dataset["profile"])];
      if (line) showProfile(chart, line, (point) => map?.mark(point));
    }
  });
}
