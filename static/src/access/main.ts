/** Access and scenarios: pages of the server; the script draws the map beside the tables and answers clicks on rows. */

import "../styles/paper.css";
import "../styles/access.css";
import { t } from "../shell/texts";
import { toast } from "../shell/toast";
import { AccessMap } from "./map";
import type { MapData } from "./model";

let shown: AccessMap | null = null;

function begin(): void {
  const target = document.getElementById("access-map");
  const data = document.getElementById("access-data");
  if (!target || !data?.textContent || target.dataset["drawn"]) return;
  target.dataset["drawn"] = "true";
  const given = JSON.parse(data.textContent) as Partial<MapData>;
  shown = new AccessMap();
  void shown.start(
    target,
    {
      areas: given.areas ?? [],
      villages: given.villages ?? [],
      points: given.points ?? [],
      works: given.works ?? [],
    },
    (words) => toast(words),
  );
}

document.addEventListener("htmx:after:swap", begin);
document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  if (event.target.closest("[data-copy]")) {
    void navigator.clipboard?.writeText(location.href).then(() => toast(t("copied")));
    return;
  }
  if (event.target.closest("[data-print]")) print();
  if (event.target.closest("a, button:not([data-show]), input, label")) return;
  const row = event.target.closest<HTMLElement>("[data-village], [data-work]");
  const code = row?.dataset["village"] ?? row?.dataset["work"];
  if (code) shown?.show(code);
});
begin();
