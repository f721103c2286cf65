/** The bar that says there is no connection, and its height for screens that fill the window. */

export function installConnection(): void {
  const bar = document.getElementById("offline");
  if (!bar) return;
  const show = (): void => {
    bar.hidden = navigator.onLine;
    document.documentElement.style.setProperty(
      "--offline-height",
      bar.hidden ? "0px" : `${bar.offsetHeight}px`,
    );
  };
  bar.querySelector("[data-retry-online]")?.addEventListener("click", async () => {
    try {
      await fetch("/healthz", { cache: "no-store" });
      bar.hidden = true;
      document.documentElement.style.setProperty("--offline-height", "0px");
      window.dispatchEvent(new Event("online"));
    } catch {
      show();
    }
  });
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  show();
}
