/** Pages of projects: the map is loaded only where there is one to show. */

import "../styles/projects.css";
import { t } from "./texts";

const target = document.getElementById("project-map");
if (target) {
  import("./map")
    .then(({ showProject }) => showProject(target))
    .catch((error: unknown) => {
      target.textContent = t("failed");
      throw error;
    });
}
