/** Menus, the phone's drawer, dialogs opened by a button, the fiscal year of the address. */

const YEAR_COOKIE = "eplan_fiscal_year";
const YEAR_S = 31_536_000;

function closeOnOutside(): void {
  document.addEventListener("pointerdown", (event) => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]"))
      if (!menu.contains(event.target as Node)) menu.open = false;
  });
}

function installDrawer(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-drawer]");
  const drawer = document.getElementById("drawer");
  if (!button || !drawer) return;
  button.addEventListener("click", () => {
    const open = drawer.hidden;
    drawer.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) drawer.querySelector<HTMLElement>("a, button")?.focus();
    else button.focus();
  });
}

function installDialogButtons(): void {
  document.addEventListener("click", (event) => {
    const opener = (event.target as Element).closest<HTMLElement>("[data-open-dialog]");
    const id = opener?.dataset["openDialog"];
    const dialog = id ? document.getElementById(id) : null;
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
  });
}

/** The same address with another fiscal year; the place in a list does not survive the change. */
export function withFiscalYear(address: string, year: string): string {
  const url = new URL(address, "http://localhost");
  url.searchParams.delete("cursor");
  if (year) url.searchParams.set("fiscal_year", year);
  else url.searchParams.delete("fiscal_year");
  return url.pathname + url.search;
}

function rememberYear(year: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the server reads it for the links of the next page
  document.cookie = `${YEAR_COOKIE}=${year}; path=/; max-age=${year ? YEAR_S : 0}; samesite=lax`;
}

function installFiscalYear(): void {
  const form = document.querySelector<HTMLFormElement>("[data-fiscal-year]");
  const select = form?.querySelector("select");
  select?.addEventListener("change", () => {
    rememberYear(select.value);
    // A page that opens at a year of its own has a word for all of them.
    location.assign(withFiscalYear(location.href, select.value || form?.dataset.everyYear || ""));
  });
}

export function installMenus(): void {
  closeOnOutside();
  installDrawer();
  installDialogButtons();
  installFiscalYear();
}
