/**
 * How much is unread, while a page is looked at. The server's answer is an event that ends at once; EventSource asks
 * again by itself after the time that the answer says. A page in the background asks nothing.
 */

const ADDRESS = "/api/v1/events";

export type Counts = { readonly messages: number; readonly news: number };

/** Counts of an event; nothing of what is none. */
export function countsOf(data: string): Counts | undefined {
  try {
    const read = JSON.parse(data) as Partial<Counts> | null;
    const { messages, news } = read ?? {};
    return Number.isInteger(messages) && Number.isInteger(news)
      ? { messages: messages as number, news: news as number }
      : undefined;
  } catch {
    return undefined;
  }
}

/** The number in the mark. */
export function badge({ messages, news }: Counts): string {
  return messages + news > 99 ? "99+" : String(messages + news);
}

function show(counts: Counts): void {
  const some = counts.messages + counts.news > 0;
  for (const envelope of document.querySelectorAll<HTMLElement>("[data-unread]")) {
    const mark = envelope.querySelector<HTMLElement>(".envelope-count");
    if (mark) {
      mark.textContent = badge(counts);
      mark.hidden = !some;
    }
    const { word, wordNone } = envelope.dataset;
    // The name begins with the number that stands there: who says what they see is understood (WCAG 2.5.3).
    if (word && wordNone)
      envelope.setAttribute(
        "aria-label",
        some
          ? `${badge(counts)} · ${word.replace("{messages}", String(counts.messages)).replace("{news}", String(counts.news))}`
          : wordNone,
      );
    if (envelope instanceof HTMLAnchorElement && wordNone)
      envelope.href = counts.messages ? "/messages?view=unread" : counts.news ? "/news" : "/messages";
  }
}

export function installUnread(): void {
  if (!document.querySelector("[data-unread]")) return;
  let source: EventSource | undefined;
  const listen = (): void => {
    if (document.hidden) {
      source?.close();
      source = undefined;
    } else if (!source) {
      source = new EventSource(ADDRESS);
      source.addEventListener("counts", (event) => {
        const counts = countsOf((event as MessageEvent<string>).data);
        if (counts) show(counts);
      });
    }
  };
  document.addEventListener("visibilitychange", listen);
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    source = undefined;
    listen();
  });
  listen();
}
