/** Sending pictures: dropped or chosen, several at once, one after the other; each has its bar and its own reason. */

import { language } from "../i18n";
import { h, replaceChildren } from "../panels/dom";
import type { Photo } from "./state";
import { t } from "./texts";

export interface UploadEvents {
  readonly attached: (photo: Photo, repeated: boolean) => void;
  readonly say: (text: string) => void;
  readonly alarm: (text: string) => void;
}

interface Refusal {
  readonly detail?: string;
  readonly errors?: readonly { readonly message: string; readonly fix?: string }[];
}

interface Waiting {
  readonly file: File;
  readonly line: HTMLLIElement;
}

/** What the server says of one file, in one sentence. */
export function reasonOf(refusal: Refusal | null): string {
  const first = refusal?.errors?.[0];
  return first ? [first.message, first.fix].filter(Boolean).join(" · ") : (refusal?.detail ?? t("failed"));
}

export class Uploads {
  private readonly waiting: Waiting[] = [];
  private busy = false;
  private done = 0;

  constructor(
    private readonly url: string,
    private readonly most_bytes: number,
    private readonly list: HTMLElement,
    private readonly events: UploadEvents,
  ) {
    addEventListener("beforeunload", (event) => {
      if (this.busy) event.preventDefault();
    });
  }

  /** Take pictures from a field, and from whatever is dropped on `drop`. */
  wire(drop: HTMLElement, input: HTMLInputElement): void {
    for (const name of ["dragenter", "dragover"])
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.add("over");
      });
    for (const name of ["dragleave", "drop"])
      drop.addEventListener(name, () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      this.add(event.dataTransfer?.files ?? []);
    });
    input.addEventListener("change", () => {
      this.add(input.files ?? []);
      input.value = "";
    });
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      const line = h("li", { class: "photo-line" });
      this.list.append(line);
      if (file.size > this.most_bytes) {
        const mb = (file.size / 1048576).toFixed(1);
        this.refuse({ file, line }, t("too_large", { mb, limit: this.most_bytes / 1048576 }), false);
      } else {
        replaceChildren(
          line,
          h("span", { lang: "th" }, file.name),
          h("span", { class: "muted" }, t("waiting")),
        );
        this.waiting.push({ file, line });
      }
    }
    if (!this.busy) void this.work();
  }

  private async work(): Promise<void> {
    this.busy = true;
    this.done = 0;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) await this.send(next);
    this.busy = false;
    if (this.done) this.events.say(t("sent", { n: this.done }));
  }

  private send(one: Waiting): Promise<void> {
    const bar = h("progress", { max: 100, value: 0, "aria-label": one.file.name });
    const told = h("span", { class: "muted" }, t("sending", { percent: 0 }));
    replaceChildren(one.line, h("span", { lang: "th" }, one.file.name), bar, told);
    return new Promise((resolve) => {
      // fetch cannot tell how much of a body is sent.
      const request = new XMLHttpRequest();
      request.open("POST", this.url);
      request.responseType = "json";
      request.setRequestHeader("Accept", "application/json, application/problem+json");
      request.setRequestHeader("Accept-Language", language());
      const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
      request.setRequestHeader("X-CSRFToken", token);
      request.upload.addEventListener("progress", ({ loaded, total }) => {
        bar.value = total ? (100 * loaded) / total : 0;
        told.textContent = bar.value < 100 ? t("sending", { percent: Math.round(bar.value) }) : t("checking");
      });
      request.addEventListener("load", () => {
        if (request.status === 200 || request.status === 201) {
          one.line.remove();
          this.done += request.status === 201 ? 1 : 0;
          this.events.attached(request.response as Photo, request.status === 200);
        } else {
          const passing = request.status >= 500 || request.status === 401;
          this.refuse(one, reasonOf(request.response as Refusal | null), passing);
        }
        resolve();
      });
      request.addEventListener("error", () => {
        this.refuse(one, t("failed"), true);
        resolve();
      });
      const form = new FormData();
      form.append("file", one.file, one.file.name);
      request.send(form);
    });
  }

  private refuse(one: Waiting, reason: string, again: boolean): void {
    const retry = (): void => {
      this.waiting.push(one);
      if (!this.busy) void this.work();
    };
    one.line.className = "photo-line photo-line-bad";
    replaceChildren(
      one.line,
      h("strong", { lang: "th" }, one.file.name),
      h("span", { class: "photo-reason" }, reason),
      again && h("button", { type: "button", class: "btn btn-sm", onclick: retry }, t("retry")),
      h(
        "button",
        {
          type: "button",
          class: "link",
          "aria-label": `${t("dismiss")} ${one.file.name}`,
          onclick: () => one.line.remove(),
        },
        t("dismiss"),
      ),
    );
    this.events.alarm(`${one.file.name}: ${reason}`);
  }
}
