/** Pages with an editable sheet. */

import "../styles/grid.css";
import { openSheet } from "./page";

const root = document.getElementById("sheet");
if (root) void openSheet(root);
