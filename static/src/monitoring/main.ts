/** Monitoring is a page of the server; scripts send its lists when chosen from, and add the map. */

import "../styles/monitoring.css";
import type { Analysis } from "../allocation/model";

interface Places extends Analysis {
  readonly rows: readonly (Analysis["rows"][number] & { readonly address: string })[];
}

document.addEventListener("change", (event) => {
  if (!(event.target instanceof HTMLSelectElement)) return;
  event.target.closest<HTMLFormElement>("form[data-submit-on-change]")?.requestSubmit();
});

const target = document.getElementById("allocation-map");
const source = document.getElementById("monitoring-data");
if (target && source) {
  const data = JSON.parse(source.textContent ?? "") as Places;
  const addresses = new Map(data.rows.map((row) => [row.code, row.address]));
  void import("../allocation/map").then(({ AllocationMap }) =>
    AllocationMap.create(target, data, (code) => {
      const address = code === null ? undefined : addresses.get(code);
      if (address) location.assign(address);
    }),
  );
}
