/** Pictures of a project as the page gets them, and what is said of their place and time. */

import { decimal, distance, thaiDate, thaiTime } from "../format";
import { t } from "./texts";

export type Stage = "before" | "during" | "after";
export const STAGES: readonly Stage[] = ["before", "during", "after"];

export interface Photo {
  readonly id: number;
  readonly stage: Stage | null;
  readonly caption: string | null;
  readonly file_name: string;
  readonly width_px: number;
  readonly height_px: number;
  readonly taken_at: string | null;
  readonly lon: number | null;
  readonly lat: number | null;
  readonly accuracy_m: number | null;
  readonly distance_m: number | null;
  readonly far: boolean;
  readonly created_at: string;
  readonly created_by: string;
  readonly removed_by: string | null;
  readonly picture: string;
  readonly thumbnail: string;
  readonly original: string | null;
}

export interface PhotosData {
  readonly project: string;
  readonly kind: string;
  readonly may_write: boolean;
  readonly may_place: boolean;
  readonly geometry_version: number;
  readonly has_place: boolean;
  readonly max_bytes: number;
  readonly caption_length: number;
  readonly begin: number | null;
  readonly items: readonly Photo[];
  readonly removed: readonly Photo[];
}

export interface PlaceNote {
  readonly text: string;
  readonly tone: "ok" | "warn" | "none";
}

/** The data that the page carries; null where this person sees no pictures. */
export function readData(): PhotosData | null {
  const text = document.getElementById("photos-data")?.textContent;
  return text ? (JSON.parse(text) as PhotosData) : null;
}

/** How far from the work a picture was taken: "ห่างจากแนวโครงการ 35 ม." */
export function placeNote(photo: Photo, data: Pick<PhotosData, "kind">): PlaceNote {
  if (photo.lon === null || photo.lat === null) return { text: t("no_place"), tone: "none" };
  if (photo.distance_m === null) return { text: t("no_work"), tone: "none" };
  const near = photo.distance_m < 1;
  const metres =
    photo.distance_m < 1000 ? `${decimal(photo.distance_m)} ${t("metre")}` : distance(photo.distance_m);
  const text = near
    ? t("at_work")
    : t(data.kind === "road" ? "from_line" : "from_work", { distance: metres });
  return { text, tone: photo.far ? "warn" : "ok" };
}

/** "ถ่าย 20 พ.ย. 2569 09:15 น." */
export function takenText(photo: Photo): string {
  if (!photo.taken_at) return t("no_time");
  return t("taken", { time: `${thaiDate(photo.taken_at)} ${thaiTime(photo.taken_at)}` });
}

export function title(photo: Photo): string {
  return photo.caption ?? photo.file_name;
}

/** As the server lists them: by the time they were taken, those without one last. */
export function inOrder(photos: readonly Photo[]): Photo[] {
  const time = (photo: Photo): number =>
    photo.taken_at ? Date.parse(photo.taken_at) : Number.POSITIVE_INFINITY;
  return [...photos].sort((a, b) => (time(a) === time(b) ? a.id - b.id : time(a) - time(b)));
}
