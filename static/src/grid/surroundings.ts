/** What happens round a sheet: the window comes and goes, the network returns, somebody prints, copies or pastes. */

export interface SheetCalls {
  readonly flush: () => void;
  /** Work waits in this browser alone; `unkept`: and would be lost with it. */
  readonly waits: () => boolean;
  readonly unkept: () => boolean;
  /** The page is looked at again with nothing waiting. */
  readonly seen: () => void;
  /** The sheet on paper. */
  readonly printed: () => HTMLElement;
  readonly root: HTMLElement;
}

export function watchWindow(sheet: SheetCalls): void {
  addEventListener("online", sheet.flush);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    if (sheet.waits()) sheet.flush();
    else sheet.seen();
  });
  addEventListener("focus", () => {
    if (sheet.waits()) sheet.flush();
  });
  addEventListener("pagehide", sheet.flush);
  addEventListener("beforeunload", (event) => {
    // Everything is kept in this browser; only one that keeps nothing has to ask.
    if (sheet.unkept()) event.preventDefault();
  });
  addEventListener("beforeprint", () => {
    document.querySelector(".sheet-print")?.remove();
    sheet.root.after(sheet.printed());
  });
  addEventListener("afterprint", () => document.querySelector(".sheet-print")?.remove());
  document.addEventListener("keydown", (event) => {
    // Saving works wherever the focus is; nobody wants the browser to save the page.
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyS" && !event.defaultPrevented) {
      event.preventDefault();
      sheet.flush();
    }
  });
}

/** Copying, cutting and pasting, while the sheet is what they are meant for. */
export function watchClipboard(
  isOurs: () => boolean,
  acts: {
    readonly copy: () => string;
    readonly cut: () => string;
    readonly paste: (text: string) => void;
  },
): void {
  for (const kind of ["copy", "cut"] as const)
    document.addEventListener(kind, (event) => {
      if (!isOurs()) return;
      event.preventDefault();
      event.clipboardData?.setData("text/plain", acts[kind]());
    });
  document.addEventListener("paste", (event) => {
    if (!isOurs()) return;
    event.preventDefault();
    acts.paste(event.clipboardData?.getData("text/plain") ?? "");
  });
}
