/** The bar that says there is no connection, and the height of the bars above the page for screens that fill the window. */

/** Bars that come and go between the head and the page. */
export function setBarHeight(): void {
  const bars = document.querySelectorAll<HTMLElement>("#offline, #maintenance");
  const height = [...bars].reduce((sum, bar) => sum + (bar.hidden ? 0 : bar.offsetHeight), 0);
  document.documentElement.style.setProperty("--offline-height", `${height}px`);
}

export function installConnection(): void {
  const bar = document.getElementById("offline");
  if (!bar) return;
  const show = (): void => {
    bar.hidden = navigator.onLine;
    setBarHeight();
  };
  bar.querySelector("[data-retry-online]")?.addEventListener("click", async () => {
    try {
      await fetch("/healthz", { cache: "no-store" });
      bar.hidden = true;
      setBarHeight();
      window.dispatchEvent(new Event("online"));
    } catch {
      show();
    }
  });
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  show();
}
