/**
 * The session ends after twelve idle hours. Five minutes before, every open page says so and one key goes on; a page
 * whose session has ended says that the work is kept. All tabs share one clock.
 */

import { remember, remembered } from "./storage";
import { t } from "./texts";

const SEEN = "eplan.seen";
const CHECK_MS = 15_000;

export type Standing = { readonly state: "fine" | "soon" | "over"; readonly minutes: number };

/** Where a session stands, from the time of the last answer. */
export function standing(seenMs: number, nowMs: number, lifeS: number, warnS: number): Standing {
  const leftS = lifeS - (nowMs - seenMs) / 1000;
  if (leftS <= 0) return { state: "over", minutes: 0 };
  return { state: leftS <= warnS ? "soon" : "fine", minutes: Math.max(1, Math.ceil(leftS / 60)) };
}

/** An answer of the server to a signed-in person renews the session; the API client calls this too. */
export function sessionSeen(): void {
  remember(SEEN, String(Date.now()));
}

/** The server said 401 to somebody who was signed in. */
export function sessionEnded(): void {
  document.dispatchEvent(new CustomEvent("eplan:session-ended"));
}

function say(bar: HTMLElement, text: string, over: boolean): void {
  const words = bar.querySelector("[data-session-text]");
  if (words) words.textContent = text;
  for (const link of bar.querySelectorAll<HTMLElement>("[data-sign-in-again]")) link.hidden = !over;
  for (const button of bar.querySelectorAll<HTMLElement>("[data-extend-session]")) button.hidden = over;
  bar.hidden = false;
}

export function installSession(): void {
  const { signedIn, sessionSeconds, sessionWarningSeconds } = document.body.dataset;
  const bar = document.getElementById("session-warning");
  if (signedIn !== "true" || !bar) return;
  sessionSeen();
  const extend = bar.querySelector<HTMLButtonElement>("[data-extend-session]");
  const check = (): void => {
    const seen = Number(remembered(SEEN) ?? Date.now());
    const now = standing(seen, Date.now(), Number(sessionSeconds), Number(sessionWarningSeconds));
    const wasHidden = bar.hidden;
    if (now.state === "fine") bar.hidden = true;
    else if (now.state === "soon") say(bar, t("session_soon", { minutes: now.minutes }), false);
    else say(bar, t("session_over"), true);
    if (wasHidden && now.state === "soon") extend?.focus();
  };
  extend?.addEventListener("click", async () => {
    const answer = await fetch("/api/v1/me", { cache: "no-store", credentials: "same-origin" });
    const me = (await answer.json()) as { signed_in: boolean };
    if (me.signed_in) {
      sessionSeen();
      bar.hidden = true;
    } else say(bar, t("session_over"), true);
  });
  document.addEventListener("eplan:session-ended", () => say(bar, t("session_over"), true));
  setInterval(check, CHECK_MS);
}
