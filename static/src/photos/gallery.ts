/** The pictures of a project: looked at, added, described, taken away and brought back. */

import { ApiProblem, api } from "../api/client";
import { ask } from "../panels/dialog";
import { byId, h, replaceChildren } from "../panels/dom";
import { LiveRegion } from "../panels/live";
import { icon } from "../shell/icons";
import { toast } from "../shell/toast";
import { openLightbox } from "./lightbox";
import {
  inOrder,
  type Photo,
  type PhotosData,
  placeNote,
  STAGES,
  type Stage,
  takenText,
  title,
} from "./state";
import { t } from "./texts";
import { Uploads } from "./upload";

export class Gallery {
  private photos: Photo[];
  private gone: Photo[];
  private readonly live = new LiveRegion(byId("live-polite"), byId("live-assertive"));
  private readonly url: string;

  constructor(private readonly data: PhotosData) {
    this.photos = [...data.items];
    this.gone = [...data.removed];
    this.url = `/api/v1/projects/${encodeURIComponent(data.project)}/attachments`;
    const drop = document.getElementById("photo-drop");
    if (drop) {
      const uploads = new Uploads(this.url, data.max_bytes, byId("photo-sending"), {
        attached: (photo, repeated) => this.attached(photo, repeated),
        say: (text) => this.live.say(text),
        alarm: (text) => this.live.alarm(text),
      });
      uploads.wire(drop, byId<HTMLInputElement>("photo-files"));
    }
    this.draw();
    if (data.begin !== null && this.photos.some((photo) => photo.id === data.begin))
      openLightbox(this.photos, data.begin, data);
  }

  private attached(photo: Photo, repeated: boolean): void {
    if (repeated) toast(t("repeated", { name: photo.file_name }));
    this.put(photo);
    this.draw();
  }

  private put(photo: Photo): void {
    this.photos = inOrder([...this.photos.filter((one) => one.id !== photo.id), photo]);
    this.gone = this.gone.filter((one) => one.id !== photo.id);
  }

  private draw(focus?: string): void {
    replaceChildren(byId("photo-grid"), ...this.photos.map((photo) => this.card(photo)));
    byId("photo-empty").hidden = this.photos.length > 0;
    for (const count of [byId("photos-count"), document.querySelector('[href="?tab=photos"] .count')])
      if (count) count.textContent = String(this.photos.length);
    byId("photo-removed").hidden = this.gone.length === 0;
    byId("photo-removed-count").textContent = String(this.gone.length);
    replaceChildren(byId("photo-removed-grid"), ...this.gone.map((photo) => this.goneCard(photo)));
    if (focus) document.querySelector<HTMLElement>(focus)?.focus();
  }

  private image(photo: Photo): HTMLImageElement {
    // The card's words say what it is; the button around it has its own name.
    return h("img", { src: photo.thumbnail, alt: "", loading: "lazy", width: 320, height: 240 });
  }

  private card(photo: Photo): HTMLLIElement {
    const note = placeNote(photo, this.data);
    const pill = { ok: "pill-ok", warn: "pill-warn", none: "" }[note.tone];
    return h(
      "li",
      { class: "photo", "data-photo": photo.id },
      h(
        "button",
        {
          type: "button",
          class: "photo-open",
          "aria-label": t("open", { name: title(photo) }),
          onclick: () => openLightbox(this.photos, photo.id, this.data),
        },
        this.image(photo),
      ),
      h(
        "div",
        { class: "photo-facts" },
        h("p", { class: "photo-title", lang: "th", title: photo.file_name }, title(photo)),
        h(
          "p",
          { class: "photo-pills" },
          photo.stage && h("span", { class: "pill pill-submitted" }, t(photo.stage)),
          h(
            "span",
            { class: `pill ${pill}`, "data-place": note.tone },
            note.tone === "warn" ? icon("warning", 14) : note.tone === "ok" && icon("point", 14),
            note.text,
          ),
        ),
        h("p", { class: "small muted" }, takenText(photo)),
        this.acts(photo),
      ),
    );
  }

  private acts(photo: Photo): HTMLElement {
    const write = this.data.may_write;
    const act = (name: string, word: string, doing: () => Promise<void>): HTMLButtonElement =>
      h(
        "button",
        { type: "button", class: "link", "data-act": name, onclick: () => void this.trying(doing) },
        word,
        h("span", { class: "visually-hidden" }, ` ${title(photo)}`),
      );
    return h(
      "p",
      { class: "photo-acts" },
      photo.lon !== null && h("a", { href: `?tab=map&photo=${photo.id}` }, t("on_map")),
      write && act("edit", t("edit"), () => this.describe(photo)),
      photo.original && h("a", { href: photo.original, download: "" }, t("original")),
      write && act("remove", t("remove"), () => this.remove(photo)),
      this.data.may_place && photo.lon !== null && act("place", t("place"), () => this.place(photo)),
    );
  }

  private goneCard(photo: Photo): HTMLLIElement {
    return h(
      "li",
      { class: "photo photo-gone", "data-photo": photo.id },
      this.image(photo),
      h(
        "div",
        { class: "photo-facts" },
        h("p", { class: "photo-title", lang: "th" }, title(photo)),
        h("p", { class: "small muted" }, t("removed_by", { name: photo.removed_by ?? "" })),
        h(
          "button",
          {
            type: "button",
            class: "btn btn-sm",
            onclick: () => void this.trying(() => this.restore(photo)),
          },
          icon("undo", 16),
          t("restore"),
        ),
      ),
    );
  }

  private async trying(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const first = error instanceof ApiProblem ? error.errors[0] : undefined;
      this.live.alarm(first?.message ?? (error instanceof ApiProblem ? error.detail : t("act_failed")));
      if (!(error instanceof ApiProblem)) throw error;
    }
  }

  private async remove(photo: Photo): Promise<void> {
    const at = this.photos.findIndex((one) => one.id === photo.id);
    const gone = await api.del<Photo>(`${this.url}/${photo.id}`);
    this.photos = this.photos.filter((one) => one.id !== photo.id);
    this.gone = [gone, ...this.gone];
    const next = this.photos[Math.min(at, this.photos.length - 1)];
    this.draw(next ? `[data-photo="${next.id}"] .photo-open` : "#photo-files");
    this.live.say(t("removed", { name: title(photo) }));
    toast(t("removed", { name: title(photo) }), {
      label: t("undo"),
      act: () => void this.trying(() => this.restore(gone)),
    });
  }

  private async restore(photo: Photo): Promise<void> {
    this.put(await api.post<Photo>(`${this.url}/${photo.id}/restore`));
    this.draw(`[data-photo="${photo.id}"] .photo-open`);
    this.live.say(t("restored"));
  }

  private async describe(photo: Photo): Promise<void> {
    const said = await askCaption(photo, this.data.caption_length);
    const again = `[data-photo="${photo.id}"] [data-act="edit"]`;
    if (said) this.put(await api.patch<Photo>(`${this.url}/${photo.id}`, said));
    this.draw(again);
  }

  /** The typed-coordinates way of giving a project its first place. */
  private async place(photo: Photo): Promise<void> {
    if (photo.lon === null || photo.lat === null) return;
    const answer = await ask({
      title: t("place_title"),
      text: t("place_text", { lat: photo.lat.toFixed(6), lon: photo.lon.toFixed(6) }),
      safe: t("leave"),
      act: t("place_act"),
    });
    if (answer === null) return;
    const { lon, lat } = photo;
    await api.put(
      `/api/v1/projects/${encodeURIComponent(this.data.project)}/geometry`,
      {
        type: "Feature",
        geometry: { type: "Point", coordinates: [lon, lat] },
        properties: {
          source: "typed",
          note: t("place_note", { name: photo.file_name }),
          original: { photo: photo.id, file_name: photo.file_name, lon, lat, accuracy_m: photo.accuracy_m },
          original_epsg: 4326,
        },
      },
      { ifMatch: `"g${this.data.geometry_version}"` },
    );
    location.assign(`?tab=map&photo=${photo.id}`);
  }
}

interface Said {
  readonly caption: string | null;
  readonly stage: Stage | null;
}

/** Caption and stage in a dialog; null when they are left. */
function askCaption(photo: Photo, most: number): Promise<Said | null> {
  return new Promise((resolve) => {
    const caption = h("textarea", {
      class: "textarea",
      id: "photo-caption",
      rows: 3,
      maxlength: most,
      lang: "th",
    });
    caption.value = photo.caption ?? "";
    const stage = h(
      "select",
      { class: "select", id: "photo-stage" },
      h("option", { value: "" }, t("no_stage")),
      ...STAGES.map((one) => h("option", { value: one, selected: one === photo.stage }, t(one))),
    );
    const form = h(
      "form",
      { method: "dialog" },
      h("h2", { id: "photo-dialog-title" }, t("edit_title", { name: photo.file_name })),
      h("div", { class: "field" }, h("label", { for: "photo-caption" }, t("caption")), caption),
      h("div", { class: "field" }, h("label", { for: "photo-stage" }, t("stage")), stage),
      h(
        "div",
        { class: "dialog-foot" },
        h("button", { type: "button", class: "btn", onclick: () => dialog.close() }, t("leave")),
        h("button", { class: "btn btn-primary", value: "save" }, t("save")),
      ),
    );
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": "photo-dialog-title" }, form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      const kept = dialog.returnValue === "save";
      resolve(
        kept ? { caption: caption.value.trim() || null, stage: (stage.value || null) as Stage | null } : null,
      );
    });
    document.body.append(dialog);
    dialog.showModal();
    caption.focus();
  });
}
