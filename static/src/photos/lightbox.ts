/** One picture as large as the window, with its neighbours a key away. */

import { h, replaceChildren } from "../panels/dom";
import { icon } from "../shell/icons";
import { type Photo, type PhotosData, placeNote, takenText, title } from "./state";
import { t } from "./texts";

/** Open a picture; whoever had the focus gets it back. */
export function openLightbox(photos: readonly Photo[], id: number, data: PhotosData): void {
  let at = Math.max(
    0,
    photos.findIndex((photo) => photo.id === id),
  );
  if (!photos[at]) return;
  const before = document.activeElement;
  const image = h("img", { class: "lightbox-image", alt: "" });
  const facts = h("div", { class: "lightbox-facts", "aria-live": "polite" });
  const go = (to: number): void => {
    at = (to + photos.length) % photos.length;
    show();
  };
  const arrow = (name: "left" | "right", label: string, by: number): HTMLButtonElement =>
    h(
      "button",
      {
        type: "button",
        class: `lightbox-arrow lightbox-${name}`,
        "aria-label": label,
        title: label,
        hidden: photos.length < 2,
        onclick: () => go(at + by),
      },
      icon(name, 24),
    );
  const close = h(
    "button",
    { type: "button", class: "lightbox-close", "aria-label": t("close"), title: t("close") },
    icon("close", 24),
  );
  const dialog = h(
    "dialog",
    { class: "lightbox", "aria-label": t("lightbox") },
    h(
      "div",
      { class: "lightbox-stage" },
      image,
      arrow("left", t("previous"), -1),
      arrow("right", t("next"), 1),
    ),
    facts,
    close,
  );

  function show(): void {
    const photo = photos[at] as Photo;
    const note = placeNote(photo, data);
    image.src = photo.picture;
    image.alt = title(photo);
    // The room is there before the picture is.
    image.width = photo.width_px;
    image.height = photo.height_px;
    replaceChildren(
      facts,
      h("p", { class: "lightbox-title", lang: "th" }, title(photo)),
      h(
        "p",
        {},
        [
          photo.stage && t(photo.stage),
          takenText(photo),
          note.text,
          t("of", { n: at + 1, total: photos.length }),
        ]
          .filter(Boolean)
          .join(" · "),
      ),
      h(
        "p",
        { class: "lightbox-links" },
        photo.lon !== null && h("a", { href: `?tab=map&photo=${photo.id}` }, t("on_map")),
        photo.original && h("a", { href: photo.original, download: "" }, t("original")),
      ),
    );
    // The neighbours are fetched while this one is looked at.
    for (const by of [1, -1]) {
      const neighbour = photos[(at + by + photos.length) % photos.length];
      if (neighbour && neighbour !== photo) new Image().src = neighbour.picture;
    }
  }

  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => go(at - 1),
    ArrowRight: () => go(at + 1),
    Home: () => go(0),
    End: () => go(photos.length - 1),
  };
  dialog.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target === image.parentElement) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before instanceof HTMLElement) before.focus();
  });
  show();
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
}
