/** The card of a project on the map: name, organisation, money, the way to its page. */

import type { FeatureLike } from "ol/Feature";
import { api } from "../api/client";
import type { GeometryStatus, ProjectItem } from "../api/types";
import { fiscalYear, money, shortOrganisation } from "../format";
import { t as common } from "../i18n";
import { h } from "../panels/dom";
import { statusPill } from "../panels/pills";
import { icon } from "../shell/icons";
import { t } from "./texts";

export interface CardOptions {
  readonly mayDraw: boolean;
  readonly close: () => void;
}

export function featureCard(feature: FeatureLike, options: CardOptions): HTMLElement {
  const code = String(feature.get("code"));
  const name = h("h2", { lang: "th" }, String(feature.get("name") ?? code));
  const organisation = h("p", { class: "wb-card-org", lang: "th" }, "\u00a0");
  const budget = h("dd", {}, money(feature.get("budget") as number));
  const disbursed = h("dd", {}, money(feature.get("disbursed") as number));
  const status = String(feature.get("geometry_status") ?? "NONE") as GeometryStatus;
  const card = h(
    "section",
    { class: "wb-card", "aria-label": String(feature.get("name") ?? code) },
    h(
      "div",
      { class: "wb-card-head" },
      h("span", { class: "wb-code" }, code),
      statusPill(status),
      h(
        "button",
        {
          type: "button",
          class: "btn btn-sm btn-icon btn-quiet",
          "aria-label": common("close"),
          title: common("close"),
          onclick: options.close,
        },
        icon("close", 16),
      ),
    ),
    name,
    organisation,
    h("dl", { class: "wb-money" }, h("dt", {}, t("budget")), budget, h("dt", {}, t("disbursed")), disbursed),
    h(
      "div",
      { class: "wb-card-foot" },
      h("a", { class: "btn btn-sm", href: `/projects/${encodeURIComponent(code)}` }, t("open_project")),
      options.mayDraw &&
        h(
          "a",
          { class: "btn btn-sm", href: `/map?project=${encodeURIComponent(code)}&edit=1` },
          t("draw_here"),
        ),
    ),
  );
  card.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    options.close();
  });
  void complete(code, name, organisation, budget, disbursed);
  return card;
}

/** A tile carries what the map draws; the rest is asked when the card is opened. */
async function complete(
  code: string,
  ...[name, organisation, budget, disbursed]: HTMLElement[]
): Promise<void> {
  try {
    const project = await api.get<ProjectItem>(`/api/v1/projects/${encodeURIComponent(code)}`);
    if (name) name.textContent = project.name;
    if (organisation) {
      organisation.textContent = `${shortOrganisation(project.organisation_name)} · ${fiscalYear(project.fiscal_year_be)}`;
    }
    if (budget) budget.textContent = money(project.budget_baht);
    if (disbursed) disbursed.textContent = money(project.disbursed_baht);
  } catch {
    organisation?.remove(); // what the tile said is shown; the link leads to the page with its own error
  }
}
