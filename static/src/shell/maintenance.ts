/**
 * The bar that tells of a maintenance window: asked for once in a while, so that pages that are open hear of it within a
 * minute, with a countdown in the last hour for whoever is signed in.
 */

import { setBarHeight } from "./connection";
import { t } from "./texts";

const ASK_MS = 45_000;
const TICK_MS = 1_000;
const COUNT_FROM_S = 3_600;

interface Notice {
  readonly text: string;
  readonly open: boolean;
  readonly window: { readonly begins_at: string; readonly ends_at: string } | null;
}

/** What is left until a moment, in words; empty when it is far away or over. */
export function countdown(momentMs: number, nowMs: number): string {
  const left = Math.ceil((momentMs - nowMs) / 1000);
  if (left <= 0 || left > COUNT_FROM_S) return "";
  const minutes = Math.floor(left / 60);
  if (minutes >= 5) return t("maintenance_minutes", { minutes });
  return t("maintenance_seconds", { time: `${minutes}:${String(left % 60).padStart(2, "0")}` });
}

export function installMaintenance(): void {
  const bar = document.getElementById("maintenance");
  const words = bar?.querySelector("[data-maintenance-text]");
  const left = bar?.querySelector("[data-maintenance-left]");
  if (!bar || !words || !left) return;
  const signedIn = document.body.dataset["signedIn"] === "true";

  const tick = (): void => {
    const begins = Date.parse(bar.dataset["beginsAt"] ?? "");
    const text = signedIn && !Number.isNaN(begins) ? countdown(begins, Date.now()) : "";
    if (left.textContent !== text) left.textContent = text;
  };
  const show = (notice: Notice): void => {
    if (words.textContent !== notice.text) words.textContent = notice.text;
    bar.dataset["beginsAt"] = notice.window?.begins_at ?? "";
    bar.classList.toggle("maintenance-open", notice.open);
    if (bar.hidden !== (notice.window === null)) {
      bar.hidden = notice.window === null;
      // What waited in this browser while nothing was written is sent now.
      if (bar.hidden) window.dispatchEvent(new Event("online"));
    }
    tick();
    setBarHeight();
  };
  const ask = async (): Promise<void> => {
    if (document.visibilityState === "hidden" || !navigator.onLine) return;
    try {
      const answer = await fetch("/api/v1/maintenance", {
        cache: "no-store",
        credentials: "same-origin",
        headers: { "Accept-Language": document.documentElement.lang },
      });
      if (answer.ok) show((await answer.json()) as Notice);
    } catch {
      // No connection: the bar beside this one says so.
    }
  };
  setInterval(() => void ask(), ASK_MS);
  setInterval(tick, TICK_MS);
  document.addEventListener("visibilitychange", () => void ask());
  tick();
  setBarHeight();
}
