/** The photograph that a row came from: small in the table, larger where its project is chosen. */

import { thaiDate, thaiTime } from "../format";
import { h } from "../panels/dom";
import { icon } from "../shell/icons";
import type { Row } from "./state";
import { t } from "./texts";

/** Before the text of the row's name: its picture, and the name of its file. */
export function photoBeside(row: Row): HTMLElement | null {
  const { photo } = row;
  if (!photo) return null;
  return h(
    "span",
    { class: "row-photo" },
    h("img", { src: photo.thumbnail, alt: "", width: 56, height: 42, loading: "lazy" }),
    h("small", { lang: "th", title: photo.file_name }, photo.file_name),
  );
}

/** The picture where a person decides whose it is, with the time when it was taken. */
export function photoLarge(row: Row): HTMLElement | null {
  const { photo } = row;
  if (!photo) return null;
  const time = photo.taken_at
    ? t("photo_taken", { time: `${thaiDate(photo.taken_at)} ${thaiTime(photo.taken_at)}` })
    : "";
  return h(
    "figure",
    { class: "choose-photo" },
    h("img", { src: photo.thumbnail, alt: photo.file_name }),
    h("figcaption", { lang: "th" }, [photo.file_name, time].filter(Boolean).join(" · ")),
  );
}

/** What accepting does: the picture is attached and the project stays where it is. */
export function attachOnly(row: Row): HTMLElement | null {
  return row.attach_only ? h("span", { class: "pill pill-ok" }, icon("camera", 14), t("attach_only")) : null;
}
