/** What every page runs. The page is whole without it: menus, forms and links are plain HTML. */

import "./styles/app.css";
import { installAtWork } from "./shell/atwork";
import { installConnection } from "./shell/connection";
import { installForms } from "./shell/forms";
import { installKeyboard } from "./shell/keyboard";
import { installMaintenance } from "./shell/maintenance";
import { installMenus } from "./shell/menus";
import { installSession } from "./shell/session";
import { watchToasts } from "./shell/toast";
import { installUnread } from "./shell/unread";

installMenus();
installKeyboard();
installForms();
installAtWork();
installConnection();
installMaintenance();
installSession();
watchToasts();
installUnread();

if (document.querySelector("[data-strength]"))
  void import("./shell/strength").then(({ installStrength }) => installStrength());

// Only pages that carry its attributes pay for it.
if (document.querySelector("[hx-get], [hx-post], [hx-put], [hx-delete], [data-hx]"))
  void import("./shell/htmx");
