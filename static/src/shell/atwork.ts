/** What takes longer than a moment says that it is at work: a page on its way, or a part of one that htmx fetches. */

import { h } from "../panels/dom";
import { t } from "./texts";

/** Shorter waits need no words: a bar that flashes is worse than none. */
const AFTER_MS = 600;
/** What was sent as a file leaves the page where it is, and nothing tells: the sign goes by itself. */
const LONGEST_MS = 60_000;

let waiting: number | undefined;
let sign: HTMLElement | null = null;

function begin(event: Event): void {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => {
    // What a script answers itself has been stopped by now.
    if (event.defaultPrevented) return;
    sign ??= h("p", { class: "at-work", role: "status" }, t("at_work"));
    document.body.append(sign);
    waiting = window.setTimeout(end, LONGEST_MS);
  }, AFTER_MS);
}

function end(): void {
  window.clearTimeout(waiting);
  sign?.remove();
}

/** True for a click that leaves this page for another one of the site in this window. */
function leads(event: MouseEvent, link: HTMLAnchorElement): boolean {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return false;
  if (link.origin !== location.origin || link.hasAttribute("download")) return false;
  if (link.target && link.target !== "_self") return false;
  return link.pathname !== location.pathname || link.search !== location.search || !link.hash;
}

export function installAtWork(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
    if (link && !event.defaultPrevented && leads(event, link)) begin(event);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!event.defaultPrevented && (!form.target || form.target === "_self")) begin(event);
  });
  document.addEventListener("htmx:before:request", begin);
  document.addEventListener("htmx:finally:request", end);
  // A page that the browser brings back as it was, or one that stays because a file was sent instead.
  window.addEventListener("pageshow", end);
  window.addEventListener("pagehide", end);
  window.addEventListener("focus", end);
}
