/** Pages of projects: the map and the pictures are loaded only where there are some to show. */

import "../styles/duplicates.css";
import "../styles/projects.css";
import "../styles/photos.css";
import "../styles/money.css";
import { readData } from "../photos/state";
import { installMoneyForms } from "./forms";
import { t } from "./texts";

const photos = readData();
// On a phone the tabs scroll sideways: the one that is open is in view.
document
  .querySelector('.project-tabs [aria-current="page"]')
  ?.scrollIntoView({ inline: "center", block: "nearest" });
installMoneyForms();
const target = document.getElementById("project-map");
if (target) {
  import("./map")
    .then(({ showProject }) => showProject(target, photos))
    .catch((error: unknown) => {
      target.textContent = t("failed");
      throw error;
    });
}
if (photos && document.getElementById("photos"))
  void import("../photos/gallery").then(({ Gallery }) => new Gallery(photos));
